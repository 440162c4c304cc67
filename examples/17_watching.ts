/**
 * A program that observes its transaction: each event after it is durable, and the progress that steps report.
 *
 * ```sh
 * deno run -A examples/17_watching.ts      # prints each event, and how far the copy is
 * ```
 *
 * On a terminal, `resume` shows the progress. It is not recorded in the journal, so a crash loses it.
 *
 * @module
 */
import { context, type Observer, Transaction } from "jsr:@x/resumable-tx";

export function copy(files: readonly string[]): number {
  const { progress } = context();
  for (const [index, file] of files.entries()) {
    progress(`copies ${file}`);
    progress((index + 1) / files.length);
  }
  return files.length;
}

const observer: Observer = {
  event: ({ type, step }) => console.log(step === undefined ? type : `${type} ${step}`),
  progress: ({ step, fraction, text }) => console.log(`  step ${step}: ${text ?? `${(fraction ?? 0) * 100} %`}`),
};

if (import.meta.main) {
  await Transaction.run(import.meta, (t) => void t.do(copy, ["a.txt", "b.txt"]), { observer });
}
