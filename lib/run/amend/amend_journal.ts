import { DecisionRefused } from "../../errors/decision_errors.ts";
import { JournalIncomplete } from "../../errors/opening_errors.ts";
import type { Event, EventOf, Reason } from "../../journal/event.ts";
import { closedError, describeRefusal } from "../../messages/refusal.ts";
import { checkTransactionAnswer, type Refusal } from "../../state/answers.ts";
import { beginRun, foldRecords } from "../../state/apply_event.ts";
import { ImpossibleEvent, State, toStepId } from "../../state/state.ts";
import type { Store } from "../../storage/store.ts";
import { withoutUndefined } from "../../values/json.ts";
import { VERSION } from "../../version.ts";
import { describeRunner, Session } from "../session/session.ts";
import { toReason } from "../start/decision_request.ts";

/** Something that is added to a journal while nothing runs. */
interface Amendment {
  readonly what: string;
  /** What it is of a transaction as a whole, for the message that it is over: `cancel`. Without it, it is a repair. */
  readonly verb?: string | undefined;
  readonly step?: string | undefined;
  readonly by?: string | undefined;
  readonly why?: string | undefined;
  /** It makes sense also when the transaction is over. */
  readonly mayBeClosed?: boolean | undefined;
  /** The state has the value of every step, and not only of those that are referred to. */
  readonly keepsValues?: boolean | undefined;
}

interface AmendTools {
  /** The id of the step. */
  readonly step: string;
  /** Who, and why, as it is stored. */
  readonly reason: Reason;
  readonly refuse: (why: string | Refusal, options?: ErrorOptions) => DecisionRefused;
}

interface Amended extends Pick<AmendTools, "step"> {
  /** The state afterwards. */
  readonly state: State;
}

/**
 * Adds an event to a journal, and runs nothing. If it is refused, the journal stays as it is, byte for byte. In the state
 * that `compose` gets, the outcome of a step whose process died is unknown. It may return nothing: then nothing is added.
 */
export async function amendJournal(
  store: Store,
  name: string,
  amendment: Amendment,
  compose: (state: State, tools: AmendTools) => Event | undefined,
): Promise<Amended> {
  const { what, verb, by, why, mayBeClosed, keepsValues = false } = amendment;
  let { step = "" } = amendment;
  const refuse = (why: string, options?: ErrorOptions & { readonly code?: string }) =>
    new DecisionRefused(name, step, `Cannot ${what}: ${why}`, options);
  const reason = toReason({ by, why }, refuse);
  const state = new State({ keepsValues });
  const journal = await store.open(name, foldRecords(name, state));
  try {
    if (!state.isReady) throw new JournalIncomplete(name);
    if (mayBeClosed !== true) refuseClosed(name, state, verb);
    const session = new Session({ journal, state, observer: undefined });
    // The first write after a crash records which steps it interrupted.
    const isInterrupted = state.running.size > 0;
    if (isInterrupted) beginRun(state);
    step = toStepId(state, step);
    const event = compose(state, {
      step,
      reason,
      refuse: (why, options) =>
        typeof why === "string" ? refuse(why, options) : refuse(describeRefusal(state, why), { code: why.code }),
    });
    if (event === undefined) return { state, step };
    session.add(event);
    // Not earlier: a refusal must not change anything on the disk.
    const recovered = await journal.recover();
    const resumed: EventOf<"resumed"> = withoutUndefined({
      type: "resumed",
      run: state.runs.length + 1,
      library: VERSION,
      ...describeRunner(),
      recovered,
    });
    if (isInterrupted) session.addFirst(resumed);
    else if (recovered !== undefined) session.add(resumed);
    await session.commit({ stepsInFlight: 0 });
  } catch (error) {
    if (error instanceof ImpossibleEvent) throw refuse(error.message, { cause: error });
    throw error;
  } finally {
    await journal.close();
  }
  return { state, step };
}

export function refuseClosed(journal: string, state: State, verb = "repair"): void {
  const { status } = state;
  if (status !== "finished" && status !== "cancelled" && status !== "undone") return;
  throw closedError(state, journal, status, verb);
}

/** Cancels a transaction: nothing further will run. What has happened stays, and can still be rolled back. */
export async function cancelJournal(
  store: Store,
  name: string,
  { by, why }: Pick<Amendment, "by" | "why">,
): Promise<State> {
  const amendment = { what: `cancel ${JSON.stringify(name)}`, verb: "cancel", by, why };
  const { state } = await amendJournal(store, name, amendment, (now, { reason, refuse }) => {
    const refusal = checkTransactionAnswer(now, "cancel");
    if (refusal !== undefined) throw refuse(refusal);
    return { type: "cancelled", ...reason };
  });
  return state;
}
