import type { Benchmark } from "./benchmark.ts";
import { compareWithRaw } from "./compare_with_raw.ts";
import { runTrivialTransaction } from "./trivial_transaction.ts";

const STEPS = 10;

/** Many small transactions at once, each with a journal of its own. */
export const concurrentTransactions: Benchmark = {
  name: "concurrent",
  summary: "200 transactions of 10 steps at once, their journals kept",
  run: async (settings) => {
    const transactions = settings.isQuick ? 10 : 200;
    const { samples, note } = await compareWithRaw(settings, transactions * STEPS, (folder) => {
      const runs = Array.from(
        { length: transactions },
        (_, index) => runTrivialTransaction(STEPS, { journal: `${folder}/${index}.json`, keep: true }),
      );
      return Promise.all(runs);
    });
    const name = `${transactions} transactions of ${STEPS} steps at once`;
    return [{ name, unit: "×", samples, target: { atLeast: 1.2 }, note }];
  },
};
