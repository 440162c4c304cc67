import { JournalNotFound } from "../errors/opening_errors.ts";
import { JournalExists } from "../errors/planning_errors.ts";
import type { Store } from "../storage/store.ts";
import { outlinePlan } from "./plan_outline.ts";
import { resumeJournal } from "./resume_journal.ts";
import { type StartOptions, startTransaction } from "./start_transaction.ts";

/** Others may make and remove the journal at the same time; so often in a row nobody does. */
const MAX_ATTEMPTS = 20;

/**
 * Starts a transaction, or goes on with the one whose journal is there already if its author said so
 * (`ifExists: "resume"`).
 */
export async function startOrResume(store: Store, start: StartOptions): Promise<unknown> {
  for (let attempt = 1;; attempt += 1) {
    try {
      return await startTransaction(store, start);
    } catch (error) {
      if (!(error instanceof JournalExists) || start.options.ifExists !== "resume") throw error;
    }
    try {
      return await resume(store, start);
    } catch (error) {
      if (!(error instanceof JournalNotFound) || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

function resume(store: Store, { home, plan, names, known, journal, options }: StartOptions): Promise<unknown> {
  const { keep = false, observer, signal } = options;
  const outline = outlinePlan(home.url, plan, names);
  const request = {
    keep,
    ...(signal === undefined ? {} : { signal }),
    ...(observer === undefined ? {} : { observer }),
  };
  return resumeJournal(store, journal, request, { outline, known });
}
