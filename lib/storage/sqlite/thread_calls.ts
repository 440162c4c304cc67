import { DatabaseError } from "../sql/database.ts";
import type { Answer, Call, Request, Response, TableMethod } from "./thread_messages.ts";
import type { Tables } from "./tables.ts";

/** With two, the thread never waits for this one; more would only make the batches smaller. */
const MAX_IN_FLIGHT = 2;

interface Waiting {
  readonly call: Call;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Calls to the thread that has the database. What is called while the thread works is one message, and one commit. */
export class ThreadCalls {
  readonly #thread: Worker;
  readonly #inFlight = new Map<number, readonly Waiting[]>();
  #waiting: Waiting[] = [];
  #lastBatch = 0;
  #isScheduled = false;
  /** Of the opening, or of the closing. */
  #answered = Promise.withResolvers<void>();
  #failure: DatabaseError | undefined;

  constructor(thread: Worker) {
    this.#thread = thread;
    thread.addEventListener("message", ({ data }: MessageEvent<Response>) => this.#receive(data));
    thread.addEventListener("error", (event) => {
      event.preventDefault();
      this.#fail(new DatabaseError("away", `the thread of the database has died: ${event.message}`));
    });
  }

  async open(path: string): Promise<void> {
    this.send({ kind: "open", path });
    await this.#answered.promise;
  }

  /** Waits for what was called before. */
  async close(): Promise<void> {
    if (this.#failure === undefined) {
      this.#answered = Promise.withResolvers();
      this.#flush();
      this.send({ kind: "close" });
      await this.#answered.promise.catch(() => {});
    }
    this.#fail(new DatabaseError("refused", "it was closed"));
    this.#thread.terminate();
  }

  send(request: Request): void {
    this.#thread.postMessage(request);
  }

  call<M extends TableMethod>(method: M, ...args: Parameters<Tables[M]>): Promise<ReturnType<Tables[M]>> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      // The thread returns what the method has returned.
      const settle = (value: unknown) => resolve(value as ReturnType<Tables[M]>);
      this.#waiting.push({ call: { method, args }, resolve: settle, reject });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#isScheduled || this.#waiting.length === 0 || this.#inFlight.size >= MAX_IN_FLIGHT) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#waiting.length === 0 || this.#failure !== undefined) return;
    const batch = this.#lastBatch += 1;
    this.send({ kind: "calls", batch, calls: this.#waiting.map(({ call }) => call) });
    this.#inFlight.set(batch, this.#waiting);
    this.#waiting = [];
  }

  #receive({ batch, answers }: Response): void {
    if (batch === 0) {
      const [answer] = answers;
      if (answer === undefined || !("trouble" in answer)) this.#answered.resolve();
      else this.#answered.reject(toError(answer));
      return;
    }
    const calls = this.#inFlight.get(batch) ?? [];
    this.#inFlight.delete(batch);
    for (const [index, { resolve, reject }] of calls.entries()) {
      const answer = answers[index];
      if (answer === undefined || "trouble" in answer) reject(toError(answer));
      else resolve(answer.value);
    }
    this.#schedule();
  }

  /** What was not acknowledged may have been done or not. */
  #fail(error: DatabaseError): void {
    this.#failure ??= error;
    this.#answered.reject(error);
    for (const { reject } of [...this.#inFlight.values(), this.#waiting].flat()) reject(error);
    this.#inFlight.clear();
    this.#waiting = [];
  }
}

function toError(answer: Answer | undefined): DatabaseError {
  if (answer === undefined || !("trouble" in answer)) return new DatabaseError("away", "the thread gave no answer");
  return new DatabaseError(answer.trouble, answer.message);
}
