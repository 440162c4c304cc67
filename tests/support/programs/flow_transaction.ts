import { TransactionPaused } from "../../../lib/errors/running_errors.ts";
import type { JournalRecord } from "../../../lib/journal/encode_record.ts";
import type { Event } from "../../../lib/journal/event.ts";
import type { Planner } from "../../../lib/plan/planner.ts";
import type { TransactionOptions } from "../../../lib/run/options/transaction_options.ts";
import { resumeJournal } from "../../../lib/run/start/continue_journal.ts";
import { MemoryStore } from "../memory_store.ts";
import type { Store } from "../../../lib/storage/store.ts";
import { runSample } from "./sample_transaction.ts";

const STEPS_URL = import.meta.resolve("./flow_steps.ts");

/** Plans and runs a transaction with steps of `flow_steps.ts`. */
export function runFlow(
  store: Store,
  build: (t: Planner) => unknown,
  options: TransactionOptions = {},
): Promise<unknown> {
  return runSample(store, "j", build, options, STEPS_URL);
}

/** The events of each record. */
export async function recordsOf(store: Store, journal = "j"): Promise<readonly (readonly Event[])[]> {
  const records: JournalRecord[] = [];
  await store.read(journal, (record) => void records.push(record));
  return records.map(({ events }) => events);
}

/** A store with a journal of these records, whose owner has died. */
export async function storeOf(records: readonly (readonly Event[])[]): Promise<MemoryStore> {
  const store = new MemoryStore();
  const [first = [], ...rest] = records;
  const journal = await store.create("j", first);
  for (const events of rest) await journal.append(events);
  store.crash("j");
  return store;
}

/** Resumes until the end, and gives each question the same answer. */
export async function resumeToEnd(store: Store, answer: "retry" | "done" | "skip"): Promise<unknown> {
  try {
    return await resumeJournal(store, "j", { keep: true });
  } catch (error) {
    if (!(error instanceof TransactionPaused) || error.waitsFor !== "decision") throw error;
    return await resumeAnswering(store, error.step, answer);
  }
}

async function resumeAnswering(store: Store, step: string, decision: "retry" | "done" | "skip"): Promise<unknown> {
  try {
    return await resumeJournal(store, "j", { keep: true, decisions: [{ step, decision }] });
  } catch (error) {
    if (!(error instanceof TransactionPaused) || error.waitsFor !== "decision") throw error;
    return await resumeAnswering(store, error.step, decision);
  }
}
