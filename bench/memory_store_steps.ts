import { steps as stepsOf } from "../lib/plan/steps.ts";
import { MemoryStore } from "../tests/support/memory_store.ts";
import { runSample } from "../tests/support/programs/sample_transaction.ts";
import type { Benchmark } from "./benchmark.ts";

const { nothing } = stepsOf<typeof import("./trivial_transaction.ts")>(import.meta.resolve("./trivial_transaction.ts"));

/** A transaction without a disk: what is left is the library's own work. */
export const memoryStoreSteps: Benchmark = {
  name: "memory",
  summary: "10,000 steps with the store in memory, planning included",
  run: async ({ rounds, isQuick }) => {
    const steps = isQuick ? 500 : 10_000;
    const samples: number[] = [];
    await timeRun(steps);
    for (let round = 0; round < rounds; round += 1) samples.push(await timeRun(steps) / steps * 1000);
    const name = `${steps.toLocaleString("en")} steps in memory, planning included`;
    return [{ name, unit: "µs/step", samples, target: { atMost: 15 } }];
  },
};

async function timeRun(steps: number): Promise<number> {
  const begin = performance.now();
  await runSample(new MemoryStore(), "j", (t) => {
    for (let step = 0; step < steps; step += 1) t.do(nothing);
  });
  return performance.now() - begin;
}
