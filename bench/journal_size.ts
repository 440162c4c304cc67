import type { Benchmark } from "./benchmark.ts";
import { runTrivialTransaction } from "./trivial_transaction.ts";

/** How long a journal gets. */
export const journalSize: Benchmark = {
  name: "size",
  summary: "bytes of a finished journal of 10,000 steps, plan included",
  run: async ({ isQuick, folder }) => {
    const steps = isQuick ? 200 : 10_000;
    const journal = `${folder}/size.json`;
    await runTrivialTransaction(steps, { journal, keep: true });
    const samples = [Deno.statSync(journal).size / steps];
    Deno.removeSync(journal);
    const name = `journal of ${steps.toLocaleString("en")} steps`;
    return [{ name, unit: "bytes/step", samples, target: { atMost: 300 } }];
  },
};
