import { DecisionRefused } from "../../errors/decision_errors.ts";
import { JournalIncomplete } from "../../errors/opening_errors.ts";
import type { Event, EventOf } from "../../journal/event.ts";
import { refusedError } from "../../messages/refusal.ts";
import { checkTransactionAnswer } from "../../state/answers.ts";
import { beginRun, foldRecords } from "../../state/apply_event.ts";
import { emptyState, type State } from "../../state/state.ts";
import type { Store } from "../../storage/store.ts";
import { VERSION } from "../../version.ts";
import { describeRunner, Session } from "../session/session.ts";
import { toReason } from "../start/decision_request.ts";

/** How a journal is added to. */
export interface AmendOptions {
  /**
   * Whether the state has the value of every step, and not only of those that are referred to.
   *
   * @default false
   */
  readonly keepsValues?: boolean;
}

/**
 * Adds to a journal what somebody says, and runs nothing. The journal stays as it is, byte for byte, if it cannot be said.
 *
 * @param compose Says which events to add, or throws. Of a step whose process died it sees that nobody knows its end.
 * @returns What is true afterwards.
 * @throws {JournalLocked} A process runs it.
 * @throws {ImpossibleEvent} What was composed contradicts what has happened.
 */
export async function amendJournal(
  store: Store,
  name: string,
  compose: (state: State) => readonly Event[],
  { keepsValues = false }: AmendOptions = {},
): Promise<State> {
  const state = emptyState({ keepsValues });
  const journal = await store.open(name, foldRecords(name, state));
  try {
    if (!state.isReady) throw new JournalIncomplete(name);
    const session = new Session({ journal, state, observer: undefined });
    // What a crash has left is made good, and said, by whoever comes first.
    const isInterrupted = state.running.size > 0;
    if (isInterrupted) beginRun(state);
    const events = compose(state);
    if (events.length === 0) return state;
    for (const event of events) session.add(event);
    // Not before: until here nothing was changed on the disk.
    const recovered = await journal.recover();
    const resumed: EventOf<"resumed"> = {
      type: "resumed",
      run: state.runs.length + 1,
      library: VERSION,
      ...describeRunner(),
      ...(recovered === undefined ? {} : { recovered }),
    };
    if (isInterrupted) session.addFirst(resumed);
    else if (recovered !== undefined) session.add(resumed);
    await session.commit({ stepsInFlight: 0 });
  } finally {
    await journal.close();
  }
  return state;
}

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
  return await amendJournal(store, name, (state) => {
    const refusal = checkTransactionAnswer(state, "cancel");
    if (refusal !== undefined) throw refusedError(state, refusal, { journal: name, what: "cancel" });
    return [{ type: "cancelled", ...said }];
  });
}
