import { SeededRandom } from "../support/seeded_random.ts";
import { makeTempFolder } from "../support/temp_folder.ts";
import { KillChecks } from "./kill/kill_checks.ts";
import { KILLED, runAndKill } from "./kill/kill_process.ts";
import { type KillSpec, plainSpec } from "./kill/kill_spec.ts";
import { readLog } from "./kill/kill_steps.ts";
import type { TortureReport } from "./torture_report.ts";

/** How many races there are. */
export interface RacingOptions {
  /** What the state at the start of each race follows from. Who wins does not. */
  readonly seed: number;
  /** Where to count. */
  readonly report: TortureReport;
  /** How many races. */
  readonly races: number;
}

const RESUMERS = 3;
const LOCKED = 75;
const NEVER = { kind: "never" } as const;

/** Starts three processes that resume the same journal at once: one does it, and the others are refused. */
export async function raceResumers({ seed, report, races }: RacingOptions): Promise<void> {
  const chance = new SeededRandom(seed);
  for (let race = 0; race < races; race += 1) {
    await using folder = await makeTempFolder();
    const gate = `${folder.path}/gate`;
    const spec: KillSpec = { ...plainSpec(folder.path, 3, { policy: "retry" }), gate };
    const name = `seed ${seed}, race ${race}`;
    const checks = new KillChecks(spec, report, name);
    await interrupt(spec, gate, chance);
    const before = (await checks.look()).state?.runs.length ?? 0;
    const codes = await race3(spec, gate, name, report);
    const { state, effects } = await checks.look();
    checks.checkEnd(effects);
    if (codes.toSorted().join() !== `0,${LOCKED},${LOCKED}` || state?.runs.length !== before + 1) {
      const detail = `${name}: exit codes ${codes.join()}, ${state?.runs.length} runs after ${before}`;
      report.breach("other promises broken", detail);
    }
    report.count("races of three resumers");
  }
}

/** Kills the first process of a transaction somewhere in its steps. */
async function interrupt(spec: KillSpec, gate: string, chance: SeededRandom): Promise<void> {
  await Deno.writeTextFile(gate, "");
  const hook = `${chance.below(2) === 0 ? "before" : "after"} ${6 + chance.below(7)} 0`;
  const end = await runAndKill("program", ["start", JSON.stringify(spec)], { kind: "inside", hook });
  if (end.code !== KILLED) throw new Error(`The program was not killed: ${end.code} ${end.stderr}`);
  await Deno.remove(gate);
}

/** The winner waits in its step until the others have ended; none of them may change a byte. */
async function race3(spec: KillSpec, gate: string, name: string, report: TortureReport): Promise<readonly number[]> {
  const effects = readLog(spec.log).length;
  const codes: number[] = [];
  const resumers = Array.from({ length: RESUMERS }, async () => {
    const { code } = await runAndKill("cli", ["resume", spec.journal], NEVER);
    codes.push(code);
  });
  await until(() => readLog(spec.log).length > effects || codes.length === RESUMERS);
  const journal = await Deno.readFile(spec.journal);
  // If more than one continued, none of them would end.
  await until(() => codes.length >= RESUMERS - 1 || readLog(spec.log).length > effects + 1);
  const later = await Deno.readFile(spec.journal);
  if (later.length !== journal.length || later.some((byte, index) => byte !== journal[index])) {
    report.breach("other promises broken", `${name}: who was refused has changed the journal`);
  }
  await Deno.writeTextFile(gate, "");
  await Promise.all(resumers);
  return codes;
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 2));
}
