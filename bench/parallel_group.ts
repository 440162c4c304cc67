import type { Benchmark } from "./benchmark.ts";
import { compareWithRaw } from "./compare_with_raw.ts";
import { runTrivialGroup } from "./trivial_transaction.ts";

/** One parallel group of many steps. */
export const parallelGroup: Benchmark = {
  name: "parallel",
  summary: "a parallel group of 1,000 steps, 100 of them at work at a time",
  run: async (settings) => {
    const [steps, limit] = settings.isQuick ? [50, 10] : [1000, 100];
    const name = `parallel group of ${steps.toLocaleString("en")} steps, limit ${limit}`;
    if (!await runTrivialGroup(1, limit, { journal: `${settings.folder}/group.json` })) {
      return [{ name, unavailable: "this version has no parallel groups" }];
    }
    const { samples, note } = await compareWithRaw(
      settings,
      steps,
      (folder) => runTrivialGroup(steps, limit, { journal: `${folder}/j.json`, keep: true }),
    );
    return [{ name, unit: "×", samples, target: { atLeast: 5 }, note }];
  },
};
