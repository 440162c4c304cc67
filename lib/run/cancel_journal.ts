import { DecisionRefused } from "../errors/decision_errors.ts";
import { TransactionClosed } from "../errors/running_errors.ts";
import type { State } from "../state/state.ts";
import type { Store } from "../storage/store.ts";
import { amendJournal } from "./amend_journal.ts";
import { toReason } from "./to_reason.ts";

/**
 * Gives a transaction up: nothing further will run. What has happened stays, and can still be rolled back.
 *
 * @returns What is true now.
 * @throws {TransactionClosed} It has finished, or was cancelled or undone before.
 * @throws {DecisionRefused} It is being rolled back.
 */
export async function cancelJournal(
  store: Store,
  name: string,
  reason: { readonly by?: string | undefined; readonly why?: string | undefined },
): Promise<State> {
  const refuse = (why: string) => new DecisionRefused(name, "", `Cannot cancel ${JSON.stringify(name)}: ${why}`);
  const said = toReason(reason, refuse);
  return await amendJournal(store, name, ({ status, rollback }) => {
    if (status === "finished" || status === "cancelled" || status === "undone") {
      throw new TransactionClosed(name, status, "cancel");
    }
    if (rollback !== undefined) throw refuse("it is being rolled back");
    return [{ type: "cancelled", ...said }];
  });
}
