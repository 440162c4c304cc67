import { DecisionRefused } from "../../errors/decision_errors.ts";
import { JournalIncomplete } from "../../errors/opening_errors.ts";
import type { Event, Reason } from "../../journal/event.ts";
import { storeValue } from "../../journal/stored_value.ts";
import type { SignalReceipt } from "../../messages/next_commands.ts";
import { closedError, describeRefusal } from "../../messages/refusal.ts";
import type { WaitNode } from "../../plan/node.ts";
import { checkName } from "../../plan/node_options.ts";
import { checkDecision, checkTransactionAnswer, type Refusal, type StepDecision } from "../../state/answers.ts";
import { beginRun, foldRecords } from "../../state/apply_event.ts";
import { findMissingPart } from "../../state/references.ts";
import { lastDecision } from "../../state/revert.ts";
import { findStep, ImpossibleEvent, State, toStepId } from "../../state/state.ts";
import type { StepState } from "../../state/step_state.ts";
import { walkSteps } from "../../state/walk_steps.ts";
import type { Store } from "../../storage/store.ts";
import { findSameName } from "../../text/suggest_name.ts";
import { encodeValue } from "../../values/encode_value.ts";
import type { Encoded } from "../../values/json.ts";
import type { DecisionRequest } from "../options/transaction_options.ts";
import { resumedEvent, Session } from "../session/session.ts";
import { toDecision, toReason } from "../start/plan_rollback.ts";

/** Something that is added to a journal while nothing runs. */
interface Amendment extends Reason {
  readonly what: string;
  /** What it is of a transaction as a whole, for the message that it is over: `cancel`. Without it, it is a repair. */
  readonly verb?: string | undefined;
  readonly step?: string | undefined;
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

/** What was composed, and the state afterwards. */
type Amended<T> = { readonly state: State; readonly step: string } & T;

/**
 * Adds an event to a journal, and runs nothing. If it is refused, the journal stays as it is, byte for byte. In the state
 * that `compose` gets, the outcome of a step whose process died is unknown. If it composes no event, nothing is added.
 */
export async function amendJournal<T extends { readonly event: Event | undefined }>(
  store: Store,
  name: string,
  amendment: Amendment,
  compose: (state: State, tools: AmendTools) => T,
): Promise<Amended<T>> {
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
    const composed = compose(state, {
      step,
      reason,
      refuse: (why, options) =>
        typeof why === "string" ? refuse(why, options) : refuse(describeRefusal(state, why), { code: why.code }),
    });
    const amended = { state, step, ...composed };
    if (composed.event === undefined) return amended;
    session.add(composed.event);
    // Not earlier: a refusal must not change anything on the disk.
    const recovered = await journal.recover();
    if (isInterrupted) session.addFirst(resumedEvent(state, { recovered }));
    else if (recovered !== undefined) session.add(resumedEvent(state, { recovered }));
    await session.commit({ stepsInFlight: 0 });
    return amended;
  } catch (error) {
    if (error instanceof ImpossibleEvent) throw refuse(error.message, { cause: error });
    throw error;
  } finally {
    await journal.close();
  }
}

export function refuseClosed(journal: string, state: State, verb = "repair"): void {
  const { status } = state;
  if (status !== "finished" && status !== "cancelled" && status !== "undone") return;
  throw closedError(state, journal, status, verb);
}

/** Cancels a transaction: nothing further will run. What has happened stays, and can still be rolled back. */
export async function cancelJournal(store: Store, name: string, { by, why }: Reason): Promise<State> {
  const amendment = { what: `cancel ${JSON.stringify(name)}`, verb: "cancel", by, why };
  const { state } = await amendJournal(store, name, amendment, (now, { reason, refuse }) => {
    const refusal = checkTransactionAnswer(now, "cancel");
    if (refusal !== undefined) throw refuse(refusal);
    return { event: { type: "cancelled", ...reason } };
  });
  return state;
}

/** Sends a signal, and runs nothing. The journal keeps it until a wait takes it. Of one name, the oldest is taken first. */
export async function signalJournal(
  store: Store,
  name: string,
  { signal: given, value, by }: { readonly signal: string; readonly value: unknown; readonly by?: string | undefined },
): Promise<SignalReceipt> {
  const what = `send a signal to ${JSON.stringify(name)}`;
  let signal: string;
  try {
    signal = checkName("a signal", given);
  } catch {
    throw new DecisionRefused(name, "", `Cannot ${what}: no wait can have the name ${JSON.stringify(given)}`);
  }
  const encoded = encodeValue(value, { root: `Cannot ${what}: the signal's value` });
  const amendment = { what, verb: "send a signal to", by };
  const { state } = await amendJournal(store, name, amendment, (now, { reason, refuse }) => {
    const refusal = checkTransactionAnswer(now, "signal");
    if (refusal !== undefined) throw refuse(refusal);
    signal = findSameName(signal, waitsOf(now).map((node) => node.signal)) ?? signal;
    const missing = findMissing(now, signal, encoded);
    if (missing !== undefined) throw refuse(`its value is incomplete: ${missing}`);
    return { event: { type: "signalled", signal, ...storeValue(encoded), ...reason } };
  });
  const waits = waitsOf(state, isOpenWait);
  return {
    awaited: [...new Set(waits.map((node) => node.signal))],
    ahead: (state.signals.get(signal)?.length ?? 1) - 1,
    taker: waits.find((node) => node.signal === signal)?.id,
  };
}

/**
 * What the wait that takes the signal will lack. Signals that were sent before are taken by earlier waits. If no wait is
 * left, a rewind may open any wait of that name again.
 */
function findMissing(state: State, signal: string, value: Encoded): string | undefined {
  const isOfName = (node: WaitNode) => node.signal === signal;
  const taker = waitsOf(state, isOpenWait).filter(isOfName)[state.signals.get(signal)?.length ?? 0];
  if (taker !== undefined) return findMissingPart(state, taker.id, value);
  const planned = waitsOf(state, ({ marks }) => marks?.isRemoved !== true).filter(isOfName);
  const missing = planned.map(({ id }) => findMissingPart(state, id, value, { isPastMeant: true }));
  return missing.find((text) => text !== undefined);
}

function waitsOf(state: State, isMeant: (step: StepState) => boolean = () => true): readonly WaitNode[] {
  return [...walkSteps(state.root)].filter(isMeant).map(({ node }) => node).filter((node) => node.kind === "wait");
}

function isOpenWait({ status }: StepState): boolean {
  return status === "pending" || status === "waiting";
}

/** A decision about a step that needs nothing else to be said. */
export type DecideRequest =
  | DecisionRequest
  | (Omit<DecisionRequest, "decision" | "result"> & { readonly decision: "remove" | "rewind" | "undecide" });

const VERBS: Readonly<Record<DecideRequest["decision"], string>> = {
  retry: "retry step …",
  done: "mark step … as done",
  skip: "skip step …",
  remove: "remove step …",
  rewind: "rewind to step …",
  undecide: "undo the last decision about step …",
};

/**
 * Records a decision about a step, and runs nothing. `confirm` gets the state before that, and may throw. With `undecide`,
 * `undone` is the decision that no longer counts.
 */
export async function decideJournal(
  store: Store,
  name: string,
  request: DecideRequest,
  confirm: (state: State, step: string) => void = () => {},
): Promise<Amended<{ readonly undone: string | undefined }>> {
  const what = VERBS[request.decision].replace("…", request.step);
  const amendment = { ...request, what, mayBeClosed: request.decision === "rewind" };
  return await amendJournal(store, name, amendment, (now, { step, reason, refuse }) => {
    const { decision } = request;
    const event: StepDecision = decision === "remove" || decision === "rewind" || decision === "undecide"
      ? { type: "decided", decision, step, ...reason }
      : toDecision(name, now, { ...request, decision });
    const refusal = checkDecision(now, event);
    if (refusal !== undefined) throw refuse(refusal);
    const decided = findStep(now, step);
    const undone = decision === "undecide" && decided !== undefined ? lastDecision(now, decided)?.decision : undefined;
    confirm(now, step);
    return { event, undone };
  });
}
