import type { Benchmark } from "./benchmark.ts";
import { compareWithRaw } from "./compare_with_raw.ts";
import { runTrivialTransaction } from "./trivial_transaction.ts";

const STEPS = 10;

/** Many small transactions at once in one SQLite database: their records share commits. */
export const sqliteTransactions: Benchmark = {
  name: "sqlite",
  summary: "200 transactions of 10 steps at once in one SQLite database, their journals kept",
  run: async (settings) => {
    const transactions = settings.isQuick ? 10 : 200;
    const { samples, note } = await compareWithRaw(settings, transactions * STEPS, (folder) => {
      const runs = Array.from(
        { length: transactions },
        (_, index) => runTrivialTransaction(STEPS, { journal: `sqlite:${folder}/tx.db#${index}`, keep: true }),
      );
      return Promise.all(runs);
    });
    const name = `${transactions} transactions of ${STEPS} steps at once, SQLite`;
    return [{ name, unit: "×", samples, target: { atLeast: 4 }, note }];
  },
};
