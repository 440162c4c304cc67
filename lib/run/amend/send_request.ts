import { DecisionRefused } from "../../errors/decision_errors.ts";
import { JournalIncomplete, JournalLocked, JournalNotFound, JournalTooNew } from "../../errors/opening_errors.ts";
import type { Reason } from "../../journal/event.ts";
import type { Request, RequestContent } from "../../journal/request.ts";
import { storeValue } from "../../journal/stored_value.ts";
import type { SignalReceipt } from "../../messages/next_commands.ts";
import { refusedError } from "../../messages/refusal.ts";
import { checkName } from "../../plan/node_options.ts";
import type { State } from "../../state/state.ts";
import { readState } from "../../storage/read_state.ts";
import type { Store } from "../../storage/store.ts";
import { encodeValue } from "../../values/encode_value.ts";
import { withoutUndefined } from "../../values/json.ts";
import { type Clock, SYSTEM_CLOCK } from "../session/clock.ts";
import { toReason } from "../start/plan_rollback.ts";
import { acceptRequest, checkRequest, describeTaker } from "./answer_request.ts";
import { amendJournal } from "./amend_journal.ts";

/** How long a sender waits for a running transaction: first until the request is recorded, then until it is answered. */
export const PATIENCE_MS = 5000;
const PAUSE_MS = 20;
/** Finding out who owns a journal reads it. After each time, it is done half as often. */
const OPEN_AFTER_MS = 250;

const VERBS: Readonly<Record<RequestContent["request"], string>> = {
  signal: "send a signal to",
  cancel: "cancel",
  stop: "stop",
};

export interface SendOptions {
  readonly clock?: Clock | undefined;
  /** Called when a process runs the transaction, and the request is durable. */
  readonly recorded?: ((request: Request) => void) | undefined;
}

/**
 * The outcome of a request. `recorded`: it is durable and not answered yet; the run answers it, or the next one.
 * `idle`: no process runs the transaction, so there was nothing to stop.
 */
export interface RequestEnd {
  readonly kind: "applied" | "recorded" | "idle";
  /** Afterwards, as far as it is known; before, if the request is only recorded or the journal is gone. */
  readonly state: State;
  /** The state in which it was sent to the process that runs the transaction; absent if no process did. */
  readonly before?: State;
}

/** Sends a signal, and runs nothing. The journal keeps it until a wait takes it. Of one name, the oldest is taken first. */
export async function signalJournal(
  store: Store,
  name: string,
  { signal: given, value, by }: { readonly signal: string; readonly value: unknown; readonly by?: string | undefined },
  options: SendOptions = {},
): Promise<RequestEnd & { readonly receipt: SignalReceipt }> {
  const what = whatOf("signal", name);
  let signal: string;
  try {
    signal = checkName("a signal", given);
  } catch {
    throw new DecisionRefused(name, "", `Cannot ${what}: no wait can have the name ${JSON.stringify(given)}`);
  }
  const encoded = storeValue(encodeValue(value, { root: `Cannot ${what}: the signal's value` }));
  const end = await requestJournal(store, name, { request: "signal", signal, ...encoded, by }, options);
  return { ...end, receipt: describeTaker(end.before ?? end.state, signal, { isKept: end.before === undefined }) };
}

/** Cancels a transaction: nothing further will run. What has happened stays, and can still be rolled back. */
export function cancelJournal(
  store: Store,
  name: string,
  reason: Reason,
  options?: SendOptions,
): Promise<RequestEnd> {
  return requestJournal(store, name, { request: "cancel", by: reason.by, why: reason.why }, options);
}

/** Ends the run before its next step. A resume continues. */
export function stopJournal(store: Store, name: string, reason: Reason, options?: SendOptions): Promise<RequestEnd> {
  return requestJournal(store, name, { request: "stop", by: reason.by, why: reason.why }, options);
}

function whatOf(request: RequestContent["request"], name: string): string {
  return `${VERBS[request]} ${JSON.stringify(name)}`;
}

/** Writes the event into the journal if no process runs the transaction; otherwise asks that process to. */
async function requestJournal(
  store: Store,
  name: string,
  asked: RequestContent,
  options: SendOptions = {},
): Promise<RequestEnd> {
  const what = whatOf(asked.request, name);
  const reason = toReason(asked, (why) => new DecisionRefused(name, "", `Cannot ${what}: ${why}`));
  const content: RequestContent = withoutUndefined({ ...asked, ...reason });
  try {
    const amendment = { what, verb: VERBS[content.request] };
    const { state, event } = await amendJournal(store, name, amendment, (now, { refuse }) => {
      const refusal = checkRequest(now, content);
      if (refusal !== undefined) throw refuse(refusal);
      return { event: content.request === "stop" ? undefined : acceptRequest(now, content) };
    });
    return { kind: event === undefined ? "idle" : "applied", state };
  } catch (error) {
    if (!(error instanceof JournalLocked)) throw error;
  }
  return await new Sender(store, name, content, options).send();
}

/** Sends one request to the process that runs a transaction, and waits for the answer. */
class Sender {
  readonly #store: Store;
  readonly #name: string;
  readonly #content: RequestContent;
  readonly #clock: Clock;
  readonly #recorded: SendOptions["recorded"];
  #openAt = -Infinity;
  #openAfterMs = OPEN_AFTER_MS;

  constructor(store: Store, name: string, content: RequestContent, { clock, recorded }: SendOptions) {
    this.#store = store;
    this.#name = name;
    this.#content = content;
    this.#clock = clock ?? SYSTEM_CLOCK;
    this.#recorded = recorded;
  }

  async send(): Promise<RequestEnd> {
    const before = await this.#read();
    this.#refuse(before);
    const at = new Date(this.#clock.now()).toISOString();
    const request: Request = { ...this.#content, id: crypto.randomUUID(), transaction: before.id, at };
    if (!await this.#record(request)) return await this.#readAnswer(request, before);
    this.#recorded?.(request);
    this.#openAt = this.#clock.elapsed() + this.#openAfterMs;
    const isAnswered = await this.#retry(async () => {
      if (!await this.#isPending(request)) return true;
      // The run has ended before it saw the request.
      return await this.#answer([]) === "answered";
    });
    return isAnswered ? await this.#readAnswer(request, before) : { kind: "recorded", state: before, before };
  }

  /** Returns whether it was sent. Otherwise the run has ended meanwhile, and the journal has the answer. */
  async #record(request: Request): Promise<boolean> {
    let isSent = false;
    let locked: unknown;
    const isOver = await this.#retry(async () => {
      isSent = await this.#store.send(this.#name, request);
      if (isSent) return true;
      const answer = await this.#answer([request]);
      if (answer instanceof JournalLocked) locked = answer;
      return answer === "answered";
    });
    if (!isOver) throw locked ?? new JournalLocked(this.#name);
    return isSent;
  }

  async #isPending({ id }: Request): Promise<boolean> {
    try {
      return (await this.#store.pending(this.#name)).some((other) => "id" in other && other.id === id);
    } catch (error) {
      // It was removed at the end of the run.
      if (error instanceof JournalNotFound) return false;
      throw error;
    }
  }

  /** Tries again until there is a result, or patience is at its end. */
  async #retry(attempt: () => Promise<boolean>): Promise<boolean> {
    const end = this.#clock.elapsed() + PATIENCE_MS;
    for (;;) {
      if (await attempt()) return true;
      if (this.#clock.elapsed() >= end) return false;
      await this.#clock.delay(PAUSE_MS, NEVER);
    }
  }

  /** Answers what was sent, as the owner of the journal; from time to time only. */
  async #answer(requests: readonly Request[]): Promise<"answered" | "not now" | JournalLocked> {
    if (this.#clock.elapsed() < this.#openAt) return "not now";
    this.#openAt = this.#clock.elapsed() + this.#openAfterMs;
    this.#openAfterMs *= 2;
    try {
      await answerPending(this.#store, this.#name, requests);
      return "answered";
    } catch (error) {
      if (error instanceof JournalLocked) return error;
      // What was sent was answered before the journal was removed at the end of its run.
      if (error instanceof JournalNotFound && requests.length === 0) return "answered";
      throw error;
    }
  }

  /** What the journal says about the request. One that is gone was removed at the end of a run that refused nothing. */
  async #readAnswer({ id }: Request, before: State): Promise<RequestEnd> {
    try {
      const state = await this.#read();
      const refusal = state.answered.get(id);
      const what = whatOf(this.#content.request, this.#name);
      if (refusal !== undefined) throw new DecisionRefused(this.#name, "", `Cannot ${what}: ${refusal}`);
      return { kind: state.answered.has(id) ? "applied" : "recorded", state, before };
    } catch (error) {
      if (!(error instanceof JournalNotFound)) throw error;
      return { kind: "applied", state: before, before };
    }
  }

  async #read(): Promise<State> {
    const { state, read } = await readState(this.#store, this.#name, { keepsValues: false });
    if (read.unknown !== undefined) throw new JournalTooNew(this.#name, read.unknown, state.library || undefined);
    if (!state.isReady) {
      throw read.isHeld
        ? new JournalLocked(this.#name, read.holder ?? state.runs[0])
        : new JournalIncomplete(this.#name);
    }
    return state;
  }

  #refuse(state: State): void {
    const refusal = checkRequest(state, this.#content);
    if (refusal === undefined) return;
    const { request } = this.#content;
    if (typeof refusal === "object") throw refusedError(state, refusal, { journal: this.#name, what: VERBS[request] });
    throw new DecisionRefused(this.#name, "", `Cannot ${whatOf(request, this.#name)}: ${refusal}`);
  }
}

const NEVER = new AbortController().signal;

/** Answers the requests of other processes that a run has left, and these. Runs nothing. */
export async function answerPending(store: Store, name: string, requests: readonly Request[] = []): Promise<void> {
  const amendment = { what: "answer requests", mayBeClosed: true, requests };
  await amendJournal(store, name, amendment, () => ({ event: undefined }));
}
