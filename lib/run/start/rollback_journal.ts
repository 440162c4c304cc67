import { findRollbackEnd, type RollbackEnd } from "../../state/rollback.ts";
import type { Store } from "../../storage/store.ts";
import type { RollbackOptions } from "../options/rollback_options.ts";
import { continueJournal, type ContinueRequest } from "./continue_journal.ts";

/** What to undo, where the program is now, and who is told. */
interface RollbackRequest
  extends Omit<RollbackOptions, "observer">, Pick<ContinueRequest, "observer" | "clock" | "host"> {}

/**
 * Undoes what a transaction has done: the last step first, each by its undo function.
 *
 * @returns What stays as it is.
 */
export async function rollbackJournal(store: Store, name: string, request: RollbackRequest): Promise<RollbackEnd> {
  const { to, strict, by, why, ...others } = request;
  const { state } = await continueJournal(store, name, { ...others, rollback: { to, strict, by, why } });
  return findRollbackEnd(state);
}
