import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path/from-file-url";
import type { Event } from "../../../lib/journal/event.ts";
import { answerPending } from "../../../lib/run/amend/send_request.ts";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import { denoCommand, type ProcessEnd, toProcessEnd } from "../../support/run_deno.ts";
import { SeededRandom } from "../../support/seeded_random.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { KILLED } from "../kill/kill_process.ts";
import type { TortureReport } from "../torture_report.ts";
import type { Told } from "./request_program.ts";

const PROGRAM = fromFileUrl(import.meta.resolve("./request_program.ts"));
const HOOKS = fromFileUrl(import.meta.resolve("../kill/kill_hooks.ts"));
const ROUNDS = 4;
const SENDERS = 3;
const SIGNALS = 3;
/** About as many calls as a run makes, and a sender. */
const RUN_CALLS = 90;
const SEND_CALLS = 40;

/** What has happened in a number of lives. */
export interface LivesReport {
  /** How many processes were killed. */
  kills: number;
  /** How many signals were said to be recorded or applied. */
  acknowledged: number;
  /** How many of those were applied, and how many refused. */
  applied: number;
  refused: number;
}

/**
 * Transactions whose runs are killed, and that are run again, while processes that are killed as well send them signals. Each
 * signal that was acknowledged must be in the journal once, or refused there; no other more than once.
 */
export async function tryRequestLives(seed: number, lives: number): Promise<LivesReport> {
  const report: LivesReport = { kills: 0, acknowledged: 0, applied: 0, refused: 0 };
  for (let life = 0; life < lives; life += 1) {
    await using folder = await makeTempFolder();
    const chance = new SeededRandom(seed * 1_000_003 + life);
    await tryLife(`${folder.path}/j.json`, chance, report, `seed ${seed}, life ${life}`);
    assertEquals(Array.from(Deno.readDirSync(folder.path), ({ name }) => name).filter((name) => !isLeft(name)), [
      "j.json",
    ]);
  }
  return report;
}

/** The same, as a part of the torture. */
export async function breakRequests(
  { seed, report, lives }: { readonly seed: number; readonly report: TortureReport; readonly lives: number },
): Promise<void> {
  try {
    const { kills, acknowledged } = await tryRequestLives(seed, lives);
    report.count("requests: kills of runs and senders", kills);
    report.count("requests: acknowledged", acknowledged);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    report.breach(message.includes(": lost") ? "acknowledged records lost" : "other promises broken", message);
  }
}

/** A sender that was killed may leave its file beside the journal, and recovery keeps what it has cut off. */
function isLeft(name: string): boolean {
  return name.startsWith(".resumable_tx_") || name.includes(".torn-");
}

async function tryLife(journal: string, chance: SeededRandom, report: LivesReport, name: string): Promise<void> {
  const runs = new Runs(journal, chance, report);
  const running = runs.keepRunning();
  while (!await isThere(journal)) await new Promise((resolve) => setTimeout(resolve, 5));
  const senders = Array.from({ length: SENDERS }, (_, index) => {
    const args = ["send", journal, String.fromCharCode(97 + index), String(SIGNALS)];
    return toEnd(start(args, pickKill(chance, SEND_CALLS)), report);
  });
  const ends = await Promise.all(senders);
  runs.end();
  const runEnds = await running;
  for (const { code, stderr } of [...ends, ...runEnds]) {
    assertEquals([0, KILLED].includes(code), true, `${name}: ${stderr}`);
  }
  const told = ends.flatMap(({ stdout }) =>
    stdout.split("\n").filter((line) => line.endsWith("}")).map((line): Told => JSON.parse(line))
  );
  await check(journal, told, report, name);
}

/** The process that runs the transaction: another one when it has been killed, until there are no more senders. */
class Runs {
  readonly #journal: string;
  readonly #chance: SeededRandom;
  readonly #report: LivesReport;
  #child: Deno.ChildProcess | undefined;
  #isOver = false;

  constructor(journal: string, chance: SeededRandom, report: LivesReport) {
    this.#journal = journal;
    this.#chance = chance;
    this.#report = report;
  }

  async keepRunning(): Promise<readonly ProcessEnd[]> {
    const ends: ProcessEnd[] = [];
    while (!this.#isOver && ends.at(-1)?.code !== 0) {
      this.#child = start(["run", this.#journal, String(ROUNDS)], pickKill(this.#chance, RUN_CALLS));
      ends.push(await toEnd(this.#child, this.#report));
    }
    return ends;
  }

  end(): void {
    this.#isOver = true;
    try {
      this.#child?.kill("SIGKILL");
    } catch (error) {
      // It has ended.
      if (!(error instanceof TypeError)) throw error;
    }
  }
}

async function check(journal: string, told: readonly Told[], report: LivesReport, name: string): Promise<void> {
  const store = new FileStore();
  await answerPending(store, journal);
  assertEquals(await store.pending(journal), [], name);
  const events: Event[] = [];
  await store.read(journal, (record) => void events.push(...record.events));
  const applied = events.flatMap((event) => event.type === "signalled" ? [String(event.value)] : []);
  const refused = new Set(events.flatMap((event) => event.type === "refused" ? [event.id] : []));
  assertEquals(applied.length, new Set(applied).size, `${name}: applied twice`);
  const acknowledged = new Map(told.filter(({ said }) => said !== "missed").map((entry) => [entry.value, entry]));
  for (const { value, id = "" } of acknowledged.values()) {
    assertEquals([value, applied.includes(value) !== refused.has(id)], [value, true], `${name}: lost`);
  }
  for (const { value, said } of told) {
    if (said === "applied") assertEquals(applied.includes(value), true, `${name}: ${value} was not applied`);
    if (said === "refused") assertEquals(applied.includes(value), false, `${name}: ${value} was applied`);
  }
  report.acknowledged += acknowledged.size;
  report.applied += applied.length;
  report.refused += refused.size;
}

/** Half of the processes die at a call that is chosen by chance, before it or after it. */
function pickKill(chance: SeededRandom, calls: number): string {
  if (chance.below(2) === 0) return "";
  return `${chance.below(2) === 0 ? "before" : "after"} ${1 + chance.below(calls)} 0`;
}

function start(args: readonly string[], kill: string): Deno.ChildProcess {
  const flags = kill === "" ? ["-A"] : ["-A", "--preload", HOOKS];
  return denoCommand(PROGRAM, args, { flags, env: { KILL_AT: kill } }).spawn();
}

async function toEnd(child: Deno.ChildProcess, report: LivesReport): Promise<ProcessEnd> {
  const end = toProcessEnd(await child.output());
  if (end.code === KILLED) report.kills += 1;
  return end;
}

async function isThere(path: string): Promise<boolean> {
  return (await new FileStore().kindOf(path)) !== undefined;
}
