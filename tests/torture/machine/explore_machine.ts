/**
 * Runs state machines that are drawn from a seed, for as long as it is told to: `explore_machine.ts SEED SECONDS`. Prints what
 * was tried as JSON; a case that breaks something is made as small as possible and printed.
 *
 * @module
 */
import fc from "fast-check";
import { type MachineCounts, noCounts } from "./machine_counts.ts";
import { type MachineSpec, machineSpec } from "./machine_spec.ts";
import { StateMachine } from "./state_machine.ts";

/** How much is to be tried. */
export interface ExploreOptions {
  /** The seed. */
  readonly seed: number;
  /** How many cases crash here and there. */
  readonly cases: number;
  /** How many crash after each record. */
  readonly thorough: number;
}

/** So long it is tried to make what has failed smaller. */
const MAX_SHRINKING_MS = 20_000;

/** Runs cases. One that breaks something is made as small as possible and thrown. */
export async function exploreMachine(
  { seed, cases, thorough }: ExploreOptions,
  counts = noCounts(),
): Promise<MachineCounts> {
  let giveUpAt = Infinity;
  const explore = async (numRuns: number, run: (machine: StateMachine) => Promise<void>) => {
    const property = fc.asyncProperty(machineSpec, async (spec) => {
      if (performance.now() > giveUpAt) return;
      try {
        await run(new StateMachine(spec, counts));
      } catch (error) {
        giveUpAt = Math.min(giveUpAt, performance.now() + MAX_SHRINKING_MS);
        throw error;
      }
    });
    const details = await fc.check(property, { seed, numRuns });
    if (details.failed) throw new Error(describeFailure(seed, details));
  };
  await explore(cases, (machine) => machine.run());
  await explore(thorough, (machine) => machine.runFromEachRecord());
  return counts;
}

function describeFailure(
  seed: number,
  { counterexample, errorInstance, numShrinks }: fc.RunDetails<[MachineSpec]>,
): string {
  const what = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  return `seed ${seed}, made smaller ${numShrinks} times: ${what}\n${JSON.stringify(counterexample)}`;
}

if (import.meta.main) {
  const [seed = "1", seconds = "10"] = Deno.args;
  const end = performance.now() + Number(seconds) * 1000;
  const counts = noCounts();
  // A case that was left half-way would continue beside the next one: the time is checked between them.
  for (let next = Number(seed); performance.now() < end; next += 1) {
    await exploreMachine({ seed: next, cases: 30, thorough: 3 }, counts);
  }
  console.log(JSON.stringify(counts));
}
