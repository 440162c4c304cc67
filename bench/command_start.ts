import type { Benchmark } from "./benchmark.ts";
import { compareWithEmpty } from "./compare_with_empty.ts";
import { nearlyFinishedJournal } from "./nearly_finished_journal.ts";

const STEPS = 10;
/** It is over quickly, and the scheduler's whims weigh more than elsewhere. */
const ROUNDS_EACH = 4;

/** How long somebody waits who looks at a small journal. */
export const commandStart: Benchmark = {
  name: "start",
  summary: "a process that shows a journal of 10 steps",
  run: async ({ rounds, isQuick, folder }) => {
    const words = ["inspect", nearlyFinishedJournal(folder, STEPS)];
    if (!isQuick) await compareWithEmpty(1, () => words);
    const costs = await compareWithEmpty(isQuick ? rounds : rounds * ROUNDS_EACH, () => words);
    const samples = costs.map(({ ms }) => ms);
    return [{ name: `inspect, ${STEPS} steps, start of the program`, unit: "ms", samples, target: { atMost: 60 } }];
  },
};
