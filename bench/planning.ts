import type { Benchmark } from "./benchmark.ts";
import { planTrivialTransaction } from "./trivial_transaction.ts";

/** What `do` costs. */
export const planning: Benchmark = {
  name: "planning",
  summary: "10,000 calls of do, and nothing of what follows",
  run: ({ rounds, isQuick }) => {
    const steps = isQuick ? 500 : 10_000;
    const samples: number[] = [];
    planTrivialTransaction(steps);
    for (let round = 0; round < rounds; round += 1) {
      const begin = performance.now();
      planTrivialTransaction(steps);
      samples.push((performance.now() - begin) / steps * 1000);
    }
    const name = `planning ${steps.toLocaleString("en")} steps`;
    return Promise.resolve([{ name, unit: "µs/step", samples }]);
  },
};
