import type { Benchmark } from "./benchmark.ts";
import { measureCommand } from "./measure_command.ts";

/** The command `resume` with one step left to run. */
export const resumeJournals: Benchmark = {
  name: "resume",
  summary: "a process that resumes journals of up to 1,000,000 steps, all of them finished but one",
  run: (settings) =>
    measureCommand(settings, {
      name: "resume",
      prepare: (journal) => ["resume", copyDurably(journal)],
      targets: { 10_000: { atMost: 150 }, 1_000_000: { atMost: 10_000 } },
      memoryTarget: { atMost: 500 },
    }),
};

/** Resume removes what it has finished. A copy that is not on the disk yet would have to be put there by its first sync. */
export function copyDurably(journal: string): string {
  const copy = `${journal}.copy`;
  Deno.copyFileSync(journal, copy);
  using file = Deno.openSync(copy, { write: true });
  file.syncSync();
  return copy;
}
