import { assert, assertEquals } from "@std/assert";
import { JournalExists } from "../../../lib/errors/planning_errors.ts";
import { JournalError } from "../../../lib/errors/journal_error.ts";
import type { Event } from "../../../lib/journal/event.ts";
import type { OpenJournal } from "../../../lib/storage/open_journal.ts";
import { SeededRandom } from "../../support/seeded_random.ts";
import { fullOrBrief, testSetting } from "../../support/test_setting.ts";
import { type SimulatedProcess, SimulatedWorld } from "./simulated_world.ts";

const HISTORIES = testSetting("RESUMABLE_TX_HISTORIES", fullOrBrief(60, 10));
const STEPS = 4;
const NAMES = ["a", "b", "c"];
/** So long the processes are disturbed. */
const CHAOS_ACTIONS = 250;
const MOST_ACTIONS = 20_000;

/** What the processes of a history have done and were told. */
interface Log {
  /** Steps that were called, as often as they were. */
  readonly effects: string[];
  /** Steps whose end was acknowledged. */
  readonly ended: Set<string>;
  readonly acknowledged: { readonly name: string; readonly text: string }[];
  readonly faults: string[];
}

function say(text: string): Event {
  return { type: "signalled", signal: text };
}

function textOf(events: readonly Event[]): string {
  const [event] = events;
  return event?.type === "signalled" ? event.signal : "";
}

/** Runs what is left of a transaction, as a run does: it records that a step begins, calls it, and records that it has ended. */
async function runRest(world: SimulatedWorld, name: string, { open, texts }: Opened, log: Log): Promise<void> {
  const append = async (text: string, isLast = false) => {
    await open.append([say(text)], isLast ? { release: () => ({ status: "finished" }) } : {});
    log.acknowledged.push({ name, text });
  };
  for (let step = 1; step <= STEPS; step += 1) {
    if (texts.includes(`ended ${step}`) || texts.includes(`skipped ${step}`)) continue;
    if (texts.includes(`started ${step}`)) {
      await append(`skipped ${step}`);
      continue;
    }
    await append(`started ${step}`);
    if (open.lost.aborted) throw open.lost.reason;
    const row = world.tables.find(name);
    if (typeof row !== "object" || row.epoch !== open.epoch) {
      log.faults.push(`step ${step} of ${name} is called by no owner`);
    }
    if (log.ended.has(`${name} ${step}`)) log.faults.push(`step ${step} of ${name} is called again`);
    log.effects.push(`${name} ${step}`);
    await append(`ended ${step}`);
    log.ended.add(`${name} ${step}`);
  }
  await append("finished", true);
}

interface Opened {
  readonly open: OpenJournal;
  /** What its records say. */
  readonly texts: readonly string[];
}

async function openOrCreate({ store }: SimulatedProcess, name: string): Promise<Opened | undefined> {
  const journal = store.journalOf(name);
  try {
    return { open: await store.create(journal, [say("created")]), texts: [] };
  } catch (error) {
    if (!(error instanceof JournalExists)) throw error;
  }
  const texts: string[] = [];
  const open = await store.open(journal, ({ events }) => texts.push(textOf(events)));
  try {
    if (!texts.includes("finished")) await open.recover({ runs: true });
  } catch (error) {
    await open.close().catch(() => {});
    throw error;
  }
  if (!texts.includes("finished")) return { open, texts };
  await open.close();
  return undefined;
}

/** A process that runs one transaction after the other, until all have finished. */
async function work(
  world: SimulatedWorld,
  process: SimulatedProcess,
  names: readonly string[],
  log: Log,
): Promise<void> {
  for (let turn = 0; !isOver(world); turn += 1) {
    const name = names[turn % names.length] ?? "";
    let opened: Opened | undefined;
    try {
      opened = await openOrCreate(process, name);
      if (opened !== undefined) await runRest(world, name, opened, log);
    } catch (error) {
      // Another process has it, or it was lost, or the database was away: another turn.
      if (!(error instanceof JournalError)) throw error;
    }
    await opened?.open.close().catch(() => {});
    await process.clock.delay(4000);
  }
}

function isOver(world: SimulatedWorld): boolean {
  return NAMES.every((name) => {
    const row = world.tables.find(name);
    return typeof row === "object" && row.status === "finished" && row.owner === undefined;
  });
}

async function runHistory(seed: number): Promise<void> {
  const source = new SeededRandom(seed);
  const random = () => source.below(1_000_000) / 1_000_000;
  using world = new SimulatedWorld(random);
  const log: Log = { effects: [], ended: new Set(), acknowledged: [], faults: [] };
  const failures: unknown[] = [];
  const begin = () => {
    const names = NAMES.toSorted(() => random() - 0.5);
    const process = world.start();
    work(world, process, names, log).catch((error) => failures.push(error));
  };
  for (let count = 0; count < 3; count += 1) begin();
  for (let action = 0; action < CHAOS_ACTIONS; action += 1) {
    const process = world.living[Math.floor(random() * world.living.length)];
    if (process !== undefined && random() < 0.01) {
      process.isDead = true;
      begin();
    } else if (process !== undefined && random() < 0.02) process.isStopped = !process.isStopped;
    else if (random() < 0.03) world.now += Math.floor(random() * 40_000);
    await world.proceed();
  }
  world.lossRate = 0;
  for (const process of world.living) process.isStopped = false;
  let actions = 0;
  while (!isOver(world) && failures.length === 0 && (actions += 1) < MOST_ACTIONS) await world.proceed();
  const told = `seed ${seed}`;
  assertEquals([told, failures, log.faults, world.faults], [told, [], [], []]);
  assert(
    isOver(world),
    `${told}: not over after ${MOST_ACTIONS} actions: ${JSON.stringify(NAMES.map((name) => world.tables.find(name)))}`,
  );
  checkTables(world, log, told);
}

function checkTables(world: SimulatedWorld, log: Log, told: string): void {
  for (const name of NAMES) {
    const row = world.tables.find(name);
    const id = typeof row === "object" ? row.id : "";
    const records = world.tables.readRecords(id, 0, { maxRows: 1000, maxBytes: 1e9 });
    assertEquals([told, records.map(({ seq }) => seq)], [told, records.map((_, index) => index)]);
    const epochs = records.map(({ epoch }) => epoch);
    assertEquals([told, epochs], [told, epochs.toSorted((a, b) => a - b)]);
    const texts = records.map(({ data }) => textOf(JSON.parse(data).events));
    for (const { text } of log.acknowledged.filter((told) => told.name === name)) {
      assertEquals([told, texts.filter((stored) => stored === text).length], [told, 1]);
    }
    assertEquals([told, texts.at(-1), new Set(texts).size], [told, "finished", texts.length]);
  }
  assertEquals([told, new Set(log.effects).size], [told, log.effects.length]);
}

Deno.test("no record is lost and no step repeated, whatever is delayed, lost, stopped or killed", async () => {
  const first = testSetting("TEST_SEED", Math.floor(Math.random() * 1_000_000));
  for (let seed = first; seed < first + HISTORIES; seed += 1) await runHistory(seed);
});
