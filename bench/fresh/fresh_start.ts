import type { Benchmark } from "../benchmark.ts";
import { measureSystems, toRatioRow, toRows } from "./measure_systems.ts";
import { runWork, type WorkEnd } from "./run_work.ts";
import { OPENWORKFLOW, type System } from "./system.ts";

const AHEAD = { atMost: 1 };

/** How long it takes until a fresh process has something durable. */
export const freshFirst: Benchmark = {
  name: "fresh-first",
  summary: "a fresh process: from its start to the first durable step",
  run: async (settings) => {
    const results = await measureSystems(
      settings,
      (system) => runWork(settings, system, [{ kind: "first", transactions: 1, steps: 2 }]),
    );
    const row = { title: "fresh, start to first step", pick: ({ firstStepMs }: WorkEnd) => firstStepMs };
    return [
      ...toRows(results, { ...row, unit: "ms" }),
      ...toRatioRow(results, OPENWORKFLOW, { ...row, target: AHEAD }),
    ];
  },
};

/** How long it takes until a fresh process has completed what another one left. */
export const freshResume: Benchmark = {
  name: "fresh-resume",
  summary: "a fresh process: resumes 999 of 1,000 finished steps, from its start to its end",
  run: async (settings) => {
    const steps = settings.isQuick ? 20 : 1000;
    const results = await measureSystems(settings, (system) => {
      const size = { transactions: 1, steps: Math.min(steps, mostSteps(system)) };
      return runWork(settings, system, [{ ...size, kind: "die" }, { ...size, kind: "resume" }]);
    }, ({ hasLease }) => hasLease !== true);
    const row = {
      title: `fresh, resume, ${(steps - 1).toLocaleString("en")} of ${steps.toLocaleString("en")} done`,
      pick: ({ ms }: WorkEnd) => ms,
    };
    return [
      ...toRows(results, { ...row, unit: "ms" }),
      ...toRatioRow(results, OPENWORKFLOW, { ...row, target: AHEAD }),
    ];
  },
};

/** The last step is attempted twice. */
function mostSteps({ maxAttempts = Infinity }: System): number {
  return maxAttempts - 1;
}
