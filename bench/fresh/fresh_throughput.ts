import type { Benchmark, BenchSettings, Target } from "../benchmark.ts";
import { timeRawAppends } from "../raw_appends.ts";
import { measureSystems, toRatioRow, toRows } from "./measure_systems.ts";
import { runWork, type Work, type WorkEnd } from "./run_work.ts";
import { BARE, type System } from "./system.ts";

/** As many as a line of the bare program has. */
const BYTES_PER_APPEND = 105;
const MOST_MEGABYTES = 80 * 1024 * 1024 / 1e6;

/** A fresh process that runs many steps in a row. */
export const freshSequential: Benchmark = {
  name: "fresh-sequential",
  summary: "a fresh process: 1,000 steps of one transaction, one after the other",
  run: async (settings) => {
    const steps = settings.isQuick ? 20 : 1000;
    const results = await measureRatios(settings, { kind: "run", transactions: 1, steps });
    const title = `fresh, ${steps.toLocaleString("en")} steps in a row`;
    return toRows(results, { title, unit: "×", pick: ({ ratio }) => ratio, target: { atLeast: 1 } });
  },
};

/** A fresh process that runs many transactions at once. */
export const freshConcurrent: Benchmark = {
  name: "fresh-concurrent",
  summary: "a fresh process: 200 transactions of 10 steps at once, its processor time and memory",
  run: async (settings) => {
    const transactions = settings.isQuick ? 5 : 200;
    const results = await measureRatios(settings, { kind: "run", transactions, steps: 10, isCosted: true });
    const title = `fresh, ${transactions} × 10 at once`;
    const ofCpu = { title: `${title}, CPU`, pick: ({ cpuSeconds }: WorkEnd) => cpuSeconds };
    const memory: Target = { atMost: MOST_MEGABYTES };
    return [
      ...toRows(results, { title, unit: "×", pick: ({ ratio }) => ratio, target: { atLeast: 1.3 } }),
      ...toRows(results, { ...ofCpu, unit: "s" }),
      ...toRatioRow(results, BARE, { ...ofCpu, target: { atMost: 1.8 } }),
      ...toRows(results, {
        title: `${title}, memory`,
        unit: "MB",
        pick: ({ megabytes }) => megabytes,
        target: memory,
      }),
    ];
  },
};

/**
 * Compares each run with the raw loop of as many appends right before and right after it. The loop between two runs serves
 * both.
 */
async function measureRatios(
  settings: BenchSettings,
  work: Work,
): Promise<ReturnType<typeof measureSystems<WorkEnd & { readonly ratio: number }>>> {
  const appends = work.transactions * work.steps;
  const timeRaw = () => timeRawAppends(`${settings.folder}/raw`, { appends, bytes: appends * BYTES_PER_APPEND });
  timeRaw();
  let before = timeRaw();
  return await measureSystems(settings, async (system: System) => {
    const end = await runWork(settings, system, [work]);
    const after = timeRaw();
    const ratio = (before + after) / 2 / end.ownMs;
    before = after;
    return { ...end, ratio };
  });
}
