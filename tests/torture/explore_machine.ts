/**
 * Runs state machines that are drawn from a seed, for as long as it is told to: `explore_machine.ts SEED SECONDS`. Prints what
 * was tried as JSON; a case that breaks something is made as small as possible and printed.
 *
 * @module
 */
import fc from "fast-check";
import { type MachineSpec, machineSpec } from "./machine_spec.ts";
import { type MachineCounts, noCounts, StateMachine } from "./state_machine.ts";

/** How much is to be tried. */
export interface ExploreOptions {
  /** The seed. */
  readonly seed: number;
  /** So many cases that crash here and there. */
  readonly cases: number;
  /** So many that crash behind each record. */
  readonly thorough: number;
  /** No longer than so many milliseconds. */
  readonly limitMs?: number;
}

/** Runs cases. One that breaks something is made as small as possible and thrown. */
export async function exploreMachine({ seed, cases, thorough, limitMs }: ExploreOptions): Promise<MachineCounts> {
  const counts = noCounts();
  const explore = async (numRuns: number, run: (machine: StateMachine) => Promise<void>, share: number) => {
    const limit = limitMs === undefined ? {} : { interruptAfterTimeLimit: limitMs * share };
    const property = fc.asyncProperty(machineSpec, (spec) => run(new StateMachine(spec, counts)));
    const details = await fc.check(property, { seed, numRuns, ...limit });
    if (details.failed && details.counterexample !== null) throw new Error(describeFailure(seed, details));
  };
  await explore(cases, (machine) => machine.run(), 0.5);
  await explore(thorough, (machine) => machine.runFromEachRecord(), 0.5);
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
  const limitMs = Number(seconds) * 1000;
  const counts = await exploreMachine({ seed: Number(seed), cases: 1e9, thorough: 1e9, limitMs });
  console.log(JSON.stringify(counts));
}
