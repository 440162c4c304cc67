/**
 * A program that runs one transaction after another at full speed until its input ends: `live_program.ts FOLDER STEPS`. The
 * journals are `0.json`, `1.json`, …, and stay.
 *
 * @module
 */
import { Transaction } from "@x/resumable-tx";

/** A step that takes no time and leaves something to read. */
export function hurry(text: string): string {
  return text.repeat(text.length % 7);
}

if (import.meta.main) {
  const [folder = "", steps = "0"] = Deno.args;
  let isOver = false;
  Deno.stdin.read(new Uint8Array(1)).then(() => isOver = true);
  for (let index = 0; !isOver; index += 1) {
    await Transaction.run(import.meta, (t) => {
      for (let step = 0; step < Number(steps); step += 1) t.do(hurry, "x".repeat((step * 37) % 150));
    }, { journal: `${folder}/${index}.json`, keep: true });
    // Lets the input be read.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}
