import type { Store } from "../../storage/store.ts";
import type { ResumeOptions } from "../options/transaction_options.ts";
import { continueJournal, type ContinueRequest } from "./continue_journal.ts";

/** What to do about steps, where the program is now, and who is told. */
export interface ResumeRequest extends Omit<ResumeOptions, "observer">, Omit<ContinueRequest, "rollback"> {}

/**
 * Runs what is left of a transaction.
 *
 * @returns What the transaction returns.
 */
export async function resumeJournal(store: Store, name: string, request: ResumeRequest): Promise<unknown> {
  return (await continueJournal(store, name, request)).value;
}
