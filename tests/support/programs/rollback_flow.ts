import { assertRejects } from "@std/assert";
import { TransactionAborted } from "../../../lib/errors/running_errors.ts";
import { inspectJournal } from "../../../lib/inspect/data/inspect_state.ts";
import type { Planner } from "../../../lib/plan/planner.ts";
import { MemoryStore } from "../memory_store.ts";
import type { Store } from "../../../lib/storage/store.ts";
import { add, calm, join, remove, removeAll, takeLog, upset } from "./flow_steps.ts";
import { runFlow } from "./flow_transaction.ts";

/** Plans six steps of which one cannot be undone, two side by side, and the last fails. */
export function addAll(t: Planner): void {
  t.do(add, "a").with({ undo: remove, name: "first" });
  t.do(add, "b");
  const texts = t.parallel((p) => ["c", "d"].map((text) => p.do(add, text).with({ undo: remove })));
  t.do(join, texts).with({ undo: removeAll });
  t.do(add, "last").with({ undo: remove });
}

/** A transaction that fails at its last step. */
export async function failedStore(build = addAll): Promise<MemoryStore> {
  calm();
  upset("last");
  const store = new MemoryStore();
  await assertRejects(() => runFlow(store, build), TransactionAborted);
  takeLog();
  return store;
}

/** The status of the transaction, and those of its steps. */
export async function statusesOf(store: Store): Promise<readonly string[]> {
  const { status, steps } = await inspectJournal(store, "j");
  return [status, ...steps.filter(({ kind }) => kind === "step").map((step) => `${step.id} ${step.status}`)];
}
