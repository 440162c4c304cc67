/**
 * The program of this library.
 *
 * @module
 */
import { Transaction } from "@x/resumable-tx";
import { readTask, runAtOnce, work } from "./task.ts";

const task = readTask();

/** Does what every step does. */
export function step(index: number): string {
  return work(task, index);
}

async function runOne(journal: string): Promise<void> {
  await Transaction.run(import.meta, (t) => {
    for (let index = 1; index <= task.steps; index += 1) t.do(step, index);
  }, { journal, keep: true, defaults: { interrupted: "retry" } });
}

if (import.meta.main) {
  await runAtOnce(task, (index) => runOne(`${task.folder}/${index}.json`));
  Deno.exit();
}
