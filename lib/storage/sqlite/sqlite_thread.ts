import type { DatabaseSync } from "node:sqlite";
import type { DatabaseTrouble } from "../sql/database.ts";
import { SharedPulse } from "../sql/shared_pulse.ts";
import { openDatabase } from "./open_database.ts";
import { toDatabaseError } from "./sqlite_error.ts";
import { Tables } from "./tables.ts";
import type { Answer, Call, Request, Response, TableMethod } from "./thread_messages.ts";
import { WorkerLocks } from "./worker_lock.ts";

/** What only reads runs after the commit: it sees what is durable. */
const READS: ReadonlySet<TableMethod> = new Set<TableMethod>([
  "find",
  "look",
  "list",
  "search",
  "count",
  "findOverdue",
  "findOwned",
  "findRequested",
  "readRecords",
  "readRequests",
  "listSchedules",
  "hasOpenFiring",
  "findMarks",
  "findDue",
  "dataVersion",
  "countDue",
  "findProcesses",
  "listQueues",
]);

/** After these, what was called together with it still counts. */
const ALONE: ReadonlySet<DatabaseTrouble> = new Set<DatabaseTrouble>(["data", "damaged", "refused"]);

/** The database, in a thread that blocks on the disk, so that the thread of the steps does not. */
class Thread {
  #path = "";
  #database: DatabaseSync | undefined;
  #tables: Tables | undefined;
  #locks: WorkerLocks | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  handle(request: Request): Response | undefined {
    switch (request.kind) {
      case "open":
        return { batch: 0, answers: [this.#guard(() => this.#open(request.path))] };
      case "calls":
        return { batch: request.batch, answers: this.#runAll(request.calls) };
      case "beat":
        this.#beatEvery(request);
        return undefined;
      case "close":
        clearInterval(this.#timer);
        this.#locks?.close();
        return { batch: 0, answers: [this.#guard(() => this.#database?.close())] };
      default:
        return request satisfies never;
    }
  }

  #open(path: string): void {
    this.#path = path;
    this.#database = openDatabase(path);
    this.#locks = new WorkerLocks(path);
    this.#tables = new Tables(this.#database, this.#locks);
  }

  /** All that came together is one commit; reads follow it. */
  #runAll(calls: readonly Call[]): readonly Answer[] {
    const writes = calls.filter(({ method }) => !READS.has(method));
    const written = writes.length === 0 ? [] : this.#write(writes);
    const answers = new Map(writes.map((call, index) => [call, written[index]]));
    const lost: Answer = { trouble: "away", message: "the call was not run" };
    return calls.map((call) => READS.has(call.method) ? this.#guard(() => this.#run(call)) : answers.get(call) ?? lost);
  }

  /** Each call is undone alone if it fails; if the whole transaction is gone, nothing of it has happened. */
  #write(calls: readonly Call[]): readonly Answer[] {
    const database = this.#database;
    try {
      database?.exec("begin immediate");
      const answers: Answer[] = [];
      for (const call of calls) {
        database?.exec("savepoint one");
        const answer = this.#guard(() => this.#run(call));
        // A full disk rolls everything back by itself: what follows would be committed alone.
        if (database?.isTransaction !== true) return calls.map(() => answer);
        if ("trouble" in answer && !ALONE.has(answer.trouble)) {
          database.exec("rollback");
          return calls.map(() => answer);
        }
        database.exec("trouble" in answer ? "rollback to one; release one" : "release one");
        answers.push(answer);
      }
      database?.exec("commit");
      return answers;
    } catch (error) {
      const answer = this.#guard(() => {
        if (database?.isTransaction === true) database.exec("rollback");
        throw error;
      });
      return calls.map(() => answer);
    }
  }

  #run({ method, args }: Call): unknown {
    const call: unknown = this.#tables?.[method];
    if (typeof call !== "function") throw new TypeError(`No such call: ${method}`);
    return call.apply(this.#tables, args);
  }

  #guard(call: () => unknown): Answer {
    try {
      return { value: call() };
    } catch (error) {
      const { trouble, message } = toDatabaseError(error, this.#path);
      return { trouble, message };
    }
  }

  #beatEvery({ worker, leaseMs, beatMs, memory, elapsed }: Request & { readonly kind: "beat" }): void {
    const pulse = new SharedPulse(memory);
    // The message took some time: a beat is never taken for younger than it is.
    const offset = elapsed - performance.now();
    this.#timer = setInterval(() => {
      const sent = { wall: Date.now(), elapsed: performance.now() + offset };
      const [answer] = this.#runAll([{ method: "beat", args: [worker, leaseMs] }]);
      if (answer === undefined || "trouble" in answer) return;
      if (answer.value === true) pulse.note(sent);
      else pulse.die();
    }, beatMs);
  }
}

const thread = new Thread();

/** The types are those of a main thread, which has no such function. */
const answer: unknown = Reflect.get(globalThis, "postMessage");

addEventListener("message", (message: Event) => {
  if (!(message instanceof MessageEvent) || typeof answer !== "function") return;
  // Only the thread of the steps has this one's address.
  const request: Request = message.data;
  const response = thread.handle(request);
  if (response !== undefined) answer.call(globalThis, response);
});
