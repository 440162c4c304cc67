import { DecisionRefused } from "../../errors/decision_errors.ts";
import type { Decided, Reason } from "../../journal/event.ts";
import { closedError, describeRefusal } from "../../messages/refusal.ts";
import type { Refusal } from "../../state/answers.ts";
import { ImpossibleEvent, type State } from "../../state/state.ts";
import type { Store } from "../../storage/store.ts";
import { toReason } from "../start/decision_request.ts";
import { amendJournal, type AmendOptions } from "./amend_journal.ts";

/** What somebody wants to decide, and who that is. */
interface RepairRequest {
  /** The step that it is about, by number or name; empty if it is about none. */
  readonly step: string;
  /** What it is, for messages: `edit step 2`. */
  readonly what: string;
  /** Who decides. */
  readonly by?: string | undefined;
  /** Why. */
  readonly why?: string | undefined;
}

/** What a decision is composed with. */
interface RepairTools {
  /** Who, and why, as it is stored. */
  readonly reason: Reason;
  /** Makes the error that says why not. */
  readonly refuse: (why: string | Refusal, options?: ErrorOptions) => DecisionRefused;
}

/**
 * Writes a decision into a journal, and runs nothing.
 *
 * @param compose Makes the event, nothing if there is nothing to say after all, or throws.
 * @returns What is true afterwards.
 * @throws {DecisionRefused} It cannot be taken. The journal is as it was.
 * @throws {JournalLocked} A process runs it.
 */
export async function repairJournal(
  store: Store,
  name: string,
  request: RepairRequest,
  compose: (state: State, tools: RepairTools) => Decided | undefined,
  options: AmendOptions = {},
): Promise<State> {
  let step = request.step;
  const refuse = (why: string, cause?: ErrorOptions & { readonly code?: string }) =>
    new DecisionRefused(name, step, `Cannot ${request.what}: ${why}`, cause);
  const reason = toReason(request, refuse);
  try {
    return await amendJournal(store, name, (state) => {
      step = state.names.get(step) ?? step;
      const tools: RepairTools = {
        reason,
        refuse: (why, cause) =>
          typeof why === "string" ? refuse(why, cause) : refuse(describeRefusal(state, why), { code: why.code }),
      };
      const event = compose(state, tools);
      return event === undefined ? [] : [event];
    }, options);
  } catch (error) {
    if (error instanceof ImpossibleEvent) throw refuse(error.message, { cause: error });
    throw error;
  }
}

/** Refuses what has no meaning any more when a transaction is over. */
export function refuseClosed(journal: string, state: State): void {
  const { status } = state;
  if (status !== "finished" && status !== "cancelled" && status !== "undone") return;
  throw closedError(state, journal, status, "repair");
}
