import type { Benchmark, BenchSettings, Target } from "../benchmark.ts";
import { timeRawAppends } from "../raw_appends.ts";
import { measureSystems, toRatioRow, toRows } from "./measure_systems.ts";
import { runWork, type Work, type WorkEnd } from "./run_work.ts";
import { BARE, DBOS, OURS, OURS_IN, type System } from "./system.ts";

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
    const pick = ({ ratio }: WorkEnd & Ratio) => ratio;
    const targets = { [OURS]: { atLeast: 1 } };
    return [
      ...toRows(results, { title, unit: "×", pick, targets }),
      ...toRatioRow(results, DBOS, { title, pick, own: OURS_IN.postgres, target: { atLeast: 3 } }),
    ];
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
    const pick = ({ ratio }: WorkEnd & Ratio) => ratio;
    const targets = { [OURS]: { atLeast: 1.3 }, [OURS_IN.sqlite]: { atLeast: 3 }, [OURS_IN.postgres]: { atLeast: 3 } };
    return [
      ...toRows(results, { title, unit: "×", pick, targets }),
      ...toRatioRow(results, DBOS, { title, pick, own: OURS_IN.postgres, target: { atLeast: 15 } }),
      ...toRows(results, { ...ofCpu, unit: "s" }),
      ...toRatioRow(results, BARE, { ...ofCpu, target: { atMost: 1.8 } }),
      ...toRows(results, {
        title: `${title}, memory`,
        unit: "MB",
        pick: ({ megabytes }) => megabytes,
        targets: { [OURS]: memory },
      }),
    ];
  },
};

/** Several fresh processes that share one server. */
export const freshProcesses: Benchmark = {
  name: "fresh-processes",
  summary: "1, 2 and 4 fresh processes with one PostgreSQL server: 400 transactions of 10 steps at once in all",
  run: async (settings) => {
    const [all, steps] = [settings.isQuick ? 8 : 400, 10];
    const { ready } = await settings.systems();
    const system = ready.find(({ name }) => name === OURS_IN.postgres);
    if (system === undefined) return [];
    const counts = [1, 2, 4];
    const rates = counts.map(() => Array<number>());
    for (let round = 0; round < settings.rounds; round += 1) {
      for (const [index, count] of counts.entries()) {
        const work: Work = { kind: "run", transactions: all / count, steps };
        const ends = await Promise.all(Array.from({ length: count }, () => runWork(settings, system, [work])));
        const ms = Math.max(...ends.map(({ to }) => to)) - Math.min(...ends.map(({ from }) => from));
        rates[index]?.push(all * steps / ms);
      }
    }
    return counts.slice(1).map((count, index) => ({
      name: `fresh, ${count} processes against one, ${OURS_IN.postgres}`,
      unit: "×" as const,
      samples: (rates[index + 1] ?? []).map((rate, round) => rate / (rates[0]?.[round] ?? NaN)),
      ...(count === 2 ? { target: { atLeast: 1 } } : {}),
    }));
  },
};

/** How fast it was, in appends of the raw loop. */
interface Ratio {
  readonly ratio: number;
}

/**
 * Compares each run with the raw loop of as many appends right before and right after it. The loop between two runs serves
 * both.
 */
async function measureRatios(
  settings: BenchSettings,
  work: Work,
): Promise<ReturnType<typeof measureSystems<WorkEnd & Ratio>>> {
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
