import type { Benchmark } from "./benchmark.ts";
import { compareWithRaw } from "./compare_with_raw.ts";
import { runTrivialTransaction } from "./trivial_transaction.ts";

/** One transaction with many steps, one after the other. */
export const sequentialSteps: Benchmark = {
  name: "sequential",
  summary: "10,000 steps of one transaction, one after the other",
  run: async (settings) => {
    const steps = settings.isQuick ? 200 : 10_000;
    const { samples, note } = await compareWithRaw(
      settings,
      steps,
      (folder) => runTrivialTransaction(steps, { journal: `${folder}/j.json`, keep: true }),
    );
    const name = `${steps.toLocaleString("en")} steps in a row`;
    return [{ name, unit: "×", samples, target: { atLeast: 1 }, note }];
  },
};
