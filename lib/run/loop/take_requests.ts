import type { Reason } from "../../journal/event.ts";
import type { Request } from "../../journal/request.ts";
import type { NextActions } from "../../state/next_actions.ts";
import type { State } from "../../state/state.ts";
import type { Inbox } from "../../storage/open_journal.ts";
import { once } from "../../values/shape.ts";
import type * as Answers from "../amend/answer_request.ts";
import type { Session } from "../session/session.ts";

/** Most runs get no request. */
const loadAnswers = once(() => import("../amend/answer_request.ts"));

/**
 * The requests of other processes to a transaction while it runs. A signal is recorded as soon as it has arrived. `cancel` and
 * `stop` end the run: they are recorded when no step is running any more, and until then no other step begins. No request is
 * forgotten before the event that answers it is durable.
 */
export class RunRequests {
  readonly #session: Session;
  readonly #inbox: Inbox;
  readonly #cancelling = new AbortController();
  /** Requests that end the run. */
  #held: Request[] = [];
  #hasArrived = false;
  #wake: () => void = () => {};
  /** The request by which the run was stopped, once that is recorded. */
  stopped: Reason | undefined;

  constructor(session: Session, inbox: Inbox) {
    this.#session = session;
    this.#inbox = inbox;
  }

  /** Aborted when another process cancels the transaction. */
  get cancelled(): AbortSignal {
    return this.#cancelling.signal;
  }

  /** The run is to end before the next step. */
  get isStopping(): boolean {
    return this.#held.length > 0 || this.stopped !== undefined;
  }

  get hasArrived(): boolean {
    return this.#hasArrived;
  }

  /** Lets requests in, and calls `wake` when one has arrived. */
  listen(wake: () => void): void {
    this.#wake = wake;
    this.#inbox.listen(() => {
      this.#hasArrived = true;
      this.#wake();
    });
  }

  /** The run only waits now. */
  hurry(): void {
    this.#inbox.hurry();
  }

  /** Between steps. */
  glance(): void {
    this.#inbox.glance?.();
  }

  /** Takes what has arrived. @param stepsInFlight How many steps are running. */
  async take(stepsInFlight: number): Promise<void> {
    const answers = await loadAnswers();
    this.#hasArrived = false;
    const { state } = this.#session;
    const held = new Set(this.#held.map(({ id }) => id));
    const arrived = (await this.#inbox.read(state.id)).filter(({ id }) => !held.has(id));
    this.#held.push(...arrived.filter((request) => endsRun(state, request, answers)));
    await this.#answer(arrived.filter((request) => !this.#held.includes(request)), stepsInFlight);
    const cancel = this.#held.find(({ request }) => request === "cancel");
    if (cancel !== undefined) this.#cancelling.abort(new DOMException(reasonOf(cancel), "AbortError"));
  }

  /**
   * Answers what ends the run, and lets nothing in any more. Called when no step is running, right before the run concludes.
   * Returns `false` if something came in that may let the run continue.
   */
  async finish(next: NextActions): Promise<boolean> {
    const { state } = this.#session;
    for (;;) {
      const held = this.#held.splice(0);
      // Nothing is left that could be stopped or cancelled.
      await this.#answer(held, 0, next.isEnd);
      if (await this.#inbox.close(state.id)) return true;
      await this.take(0);
      if (state.status !== "cancelled") return false;
    }
  }

  async #answer(requests: readonly Request[], stepsInFlight: number, isEnd = false): Promise<void> {
    if (requests.length === 0) return;
    const { answerRequest } = await loadAnswers();
    const { state } = this.#session;
    for (const request of requests) {
      // A process has died between recording and forgetting it.
      if (state.answered.has(request.id)) continue;
      const event = isEnd
        ? answerRequest(state, request, {
          code: "closed",
          status: state.rollback === undefined ? "finished" : "undone",
        })
        : answerRequest(state, request);
      this.#session.add(event);
      if (event.type === "stopped") this.stopped = event;
    }
    await this.#session.commit({ stepsInFlight });
    await this.#inbox.forget(requests);
  }
}

function endsRun(state: State, request: Request, { checkRequest }: Pick<typeof Answers, "checkRequest">): boolean {
  return request.request !== "signal" && !state.answered.has(request.id) && checkRequest(state, request) === undefined;
}

function reasonOf({ by, ...request }: Request): string {
  const why = "why" in request && request.why !== undefined ? `: ${request.why}` : "";
  return `requested${by === undefined ? "" : ` by ${by}`}${why}`;
}
