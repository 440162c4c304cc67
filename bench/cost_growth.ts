import { steps as stepsOf } from "../lib/plan/steps.ts";
import { MemoryStore } from "../tests/support/memory_store.ts";
import type { Observer } from "../mod.ts";
import { runSample } from "../tests/support/programs/sample_transaction.ts";
import type { Benchmark, Measurement } from "./benchmark.ts";
import { runTrivialTransaction } from "./trivial_transaction.ts";

const TARGET = { atMost: 1.2 };
const { nothing } = stepsOf<typeof import("./trivial_transaction.ts")>(import.meta.resolve("./trivial_transaction.ts"));

/** How many steps are run, and how many of them are timed at each end. */
interface GrowthSizes {
  readonly steps: number;
  readonly part: number;
}

/** Whether a step costs more when there were many before it. */
export const costGrowth: Benchmark = {
  name: "growth",
  summary: "steps 99,001 to 100,000 against steps 1 to 1,000 of the same run",
  run: async ({ rounds, isQuick, folder }) => {
    const sizes = isQuick ? { steps: 1000, part: 50 } : { steps: 100_000, part: 1000 };
    // Without a disk a thousand steps take a few milliseconds, and one collection of garbage would be half of that.
    const longer = { ...sizes, part: 10 * sizes.part };
    const inFile = (observer: Observer, steps: number) =>
      runTrivialTransaction(steps, { journal: `${folder}/growth.json`, observer });
    const inMemory = (observer: Observer, steps: number) => runInMemory(observer, steps);
    return [
      { ...await measure(inFile, sizes, rounds), name: `${describe(sizes)}, file` },
      { ...await measure(inMemory, longer, rounds), name: `${describe(longer)}, memory` },
    ];
  },
};

async function measure(
  run: (observer: Observer, steps: number) => Promise<unknown>,
  sizes: GrowthSizes,
  rounds: number,
): Promise<Omit<Measurement, "name">> {
  const samples: number[] = [];
  // What is compiled on the way would make the first steps look dear.
  await run({}, 5 * sizes.part);
  for (let round = 0; round < rounds; round += 1) {
    const starts: number[] = [];
    const event = ({ type }: { readonly type: string }) => void (type === "started" && starts.push(performance.now()));
    await run({ event }, sizes.steps);
    const first = (starts[sizes.part] ?? NaN) - (starts[0] ?? NaN);
    samples.push(((starts.at(-1) ?? NaN) - (starts.at(-1 - sizes.part) ?? NaN)) / first);
  }
  return { unit: "×", samples, target: TARGET };
}

async function runInMemory(observer: Observer, steps: number): Promise<void> {
  await runSample(new MemoryStore(), "j", (t) => {
    for (let step = 0; step < steps; step += 1) t.do(nothing);
  }, { observer });
}

function describe({ steps, part }: GrowthSizes): string {
  return `last ${part.toLocaleString("en")} of ${steps.toLocaleString("en")} steps against the first`;
}
