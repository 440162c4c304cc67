/**
 * The program of this library.
 *
 * @module
 */
import { basename } from "@std/path/basename";
import { type StoreConnection, Transaction } from "@x/resumable-tx";
import { readTask, runAtOnce, type Task, work } from "./task.ts";

/** What the entry point of a database has. */
interface Entry {
  readonly openStore: (locator: string) => Promise<StoreConnection>;
}

const task = readTask();

/** Does what every step does. */
export function step(index: number): string {
  return work(task, index);
}

async function runOne(place: { readonly journal: string; readonly store?: StoreConnection }): Promise<void> {
  await Transaction.run(import.meta, (t) => {
    for (let index = 1; index <= task.steps; index += 1) t.do(step, index);
  }, { ...place, keep: true, defaults: { interrupted: "retry" } });
}

async function runInDatabase(locator: string, { folder, places: { entry = "" } }: Task): Promise<void> {
  const { openStore }: Entry = await import(entry);
  await using store = await openStore(locator.replace("FOLDER", folder));
  await runAtOnce(task, (index) => runOne({ store, journal: `${basename(folder)}-${index}` }));
}

if (import.meta.main) {
  const { folder, places: { locator } } = task;
  if (locator === undefined) await runAtOnce(task, (index) => runOne({ journal: `${folder}/${index}.json` }));
  else await runInDatabase(locator, task);
  Deno.exit();
}
