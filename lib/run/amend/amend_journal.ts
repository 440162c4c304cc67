import { DecisionRefused } from "../../errors/decision_errors.ts";
import { JournalIncomplete } from "../../errors/opening_errors.ts";
import type { Event, Reason } from "../../journal/event.ts";
import type { Request } from "../../journal/request.ts";
import { closedError, describeRefusal } from "../../messages/refusal.ts";
import { checkDecision, type Refusal, type StepDecision } from "../../state/answers.ts";
import { beginRun, foldRecords } from "../../state/apply_event.ts";
import { lastDecision } from "../../state/revert.ts";
import { findStep, ImpossibleEvent, isClosed, State, toStepId } from "../../state/state.ts";
import type { OpenJournal } from "../../storage/open_journal.ts";
import type { Store } from "../../storage/store.ts";
import type { DecisionRequest } from "../options/transaction_options.ts";
import { releaseOf } from "../session/release.ts";
import { resumedEvent, Session } from "../session/session.ts";
import { toDecision, toReason } from "../start/plan_rollback.ts";
import { answerRequest } from "./answer_request.ts";

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
  /** They are answered even if they are not in the journal's inbox. */
  readonly requests?: readonly Request[] | undefined;
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
 * Adds an event to a journal, and runs nothing. If it is refused, the journal stays as it is, byte for byte, unless requests
 * of other processes are left to be answered: these come first. In the state that `compose` gets, the outcome of a step whose
 * process died is unknown. If it composes no event, nothing is added.
 */
export async function amendJournal<T extends { readonly event: Event | undefined }>(
  store: Store,
  name: string,
  amendment: Amendment,
  compose: (state: State, tools: AmendTools) => T,
): Promise<Amended<T>> {
  const { what, verb, by, why, mayBeClosed, keepsValues = false, requests = [] } = amendment;
  let { step = "" } = amendment;
  const refuse = (why: string, options?: ErrorOptions & { readonly code?: string }) =>
    new DecisionRefused(name, step, `Cannot ${what}: ${why}`, options);
  const reason = toReason({ by, why }, refuse);
  const state = new State({ keepsValues });
  const journal = await store.open(name, foldRecords(name, state));
  const wasWaiting = state.status === "waiting";
  try {
    if (!state.isReady) throw new JournalIncomplete(name);
    const session = new AmendSession(journal, state);
    await session.answer([...await journal.inbox.read(state.id), ...requests]);
    if (mayBeClosed !== true) refuseClosed(name, state, verb);
    session.interrupt();
    step = toStepId(state, step);
    const composed = compose(state, {
      step,
      reason,
      refuse: (why, options) =>
        typeof why === "string" ? refuse(why, options) : refuse(describeRefusal(state, why), { code: why.code }),
    });
    if (composed.event !== undefined) await session.write(composed.event);
    return { state, step, ...composed };
  } catch (error) {
    if (error instanceof ImpossibleEvent) throw refuse(error.message, { cause: error });
    throw error;
  } finally {
    await journal.close({
      release: () => releaseOf(state, { ending: "amended", wasOver: journal.isOver, wasWaiting }),
    });
  }
}

/** Writes to a journal that was opened for that. The first record after a crash says which steps it interrupted. */
class AmendSession {
  readonly #journal: OpenJournal;
  readonly #session: Session;
  #isInterrupted: boolean;
  #hasWritten = false;

  constructor(journal: OpenJournal, state: State) {
    this.#journal = journal;
    this.#session = new Session({ journal, state, observer: undefined });
    this.#isInterrupted = state.running.size > 0;
  }

  get hasWritten(): boolean {
    return this.#hasWritten;
  }

  interrupt(): void {
    if (this.#isInterrupted) beginRun(this.#session.state);
  }

  /** Answers requests that nobody has answered. A crash may have kept one of which the journal has the answer. */
  async answer(requests: readonly Request[]): Promise<void> {
    const { state } = this.#session;
    for (const request of requests) {
      if (state.answered.has(request.id)) continue;
      this.interrupt();
      this.#session.add(answerRequest(state, request));
    }
    await this.#commit();
    if (requests.length > 0) await this.#journal.inbox.forget(requests);
  }

  async write(event: Event): Promise<void> {
    this.#session.add(event);
    await this.#commit();
  }

  async #commit(): Promise<void> {
    const session = this.#session;
    if (!session.hasAdded) return;
    if (!this.#hasWritten) {
      // Not earlier: a refusal must not change anything on the disk.
      const recovered = await this.#journal.recover();
      if (this.#isInterrupted) session.addFirst(resumedEvent(session.state, { recovered }));
      else if (recovered !== undefined) session.add(resumedEvent(session.state, { recovered }));
    }
    this.#hasWritten = true;
    this.#isInterrupted = false;
    await session.commit({ stepsInFlight: 0 });
  }
}

/**
 * Answers the requests to a journal that is about to be moved, and lets no other in. What is there already, recorded and not
 * answered, becomes a part of the journal. Returns whether something was recorded.
 */
export async function settleRequests(journal: OpenJournal, state: State): Promise<boolean> {
  const session = new AmendSession(journal, state);
  do {
    await session.answer(await journal.inbox.read(state.id));
  } while (!await journal.inbox.close(state.id));
  return session.hasWritten;
}

/** Appends one event as the last record, and gives the journal up with it. */
export async function endWith(journal: OpenJournal, state: State, event: Event): Promise<void> {
  const session = new Session({ journal, state, observer: undefined });
  await journal.recover();
  session.add(event);
  await session.commitEnd();
}

export function refuseClosed(journal: string, state: State, verb = "repair"): void {
  const { status } = state;
  if (isClosed(status)) throw closedError(state, journal, status, verb);
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
