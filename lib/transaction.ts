import type { Inspection } from "./inspect/data/inspection.ts";
import { refuseWhileLoading } from "./modules/import_namespace.ts";
import type { Home } from "./plan/function_place.ts";
import type { GroupOptions, NameOption } from "./plan/node_options.ts";
import { PlanBuilder } from "./plan/plan_builder.ts";
import type { NotAsync } from "./plan/plan_scopes.ts";
import type { Planner, Step } from "./plan/planner.ts";
import type { Args, Ref, Value } from "./plan/ref.ts";
import type { SharedOptions } from "./plan/step_options.ts";
// Found out when the library is loaded: later nobody can tell.
import "./process/ignored_hangup.ts";
import { checkTransactionOptions, type ResumeOptions } from "./run/options/transaction_options.ts";
import type { EnqueueOptions, QueuedTransaction } from "./run/start/enqueue_transaction.ts";
import type { RollbackOptions, TransactionOptions } from "./run/options/transaction_options.ts";
import { enqueuePlan, namePlan, openStore, requestAt, type RequestOptions, resumeAt } from "./run/start/on_demand.ts";
import { rollbackAt, signalAt, startAt, waitAt } from "./run/start/on_demand.ts";
import type { WaitOptions } from "./run/start/wait_for_end.ts";

/**
 * A list of steps that runs once. Each step is recorded in a journal before and after it runs. If a step fails or the process
 * dies, the journal remains, and the rest can be run from it later, elsewhere, and without the program that planned it. Most
 * programs call {@linkcode Transaction.run}. Make an instance if several parts of a program add to one plan.
 *
 * @example
 * ```ts
 * import { Transaction } from "@x/resumable-tx";
 *
 * export const createFolder = (path: string) => Deno.mkdir(path);
 * const t = new Transaction(import.meta);
 * t.do(createFolder, "/srv/ana");
 * t.do(createFolder, "/srv/ana/mail");
 * // await t.run("done");
 * ```
 */
export class Transaction implements Planner {
  readonly #home: Home;
  readonly #options: TransactionOptions;
  readonly #builder = new PlanBuilder();
  readonly #planner: Planner;

  /**
   * Creates an empty plan. Nothing is written or run before `run`.
   *
   * @param home `import.meta` of the module that plans. Its functions, and those it imports, can be steps.
   * @param options Options of the transaction as a whole.
   * @throws {TypeError} An option is unknown, or two exclude each other.
   */
  constructor(home: Home, options: TransactionOptions = {}) {
    checkTransactionOptions(options);
    if (!URL.canParse(home.url)) throw new TypeError("Cannot plan without a home module: pass import.meta");
    this.#home = home;
    this.#options = options;
    this.#planner = this.#builder.planner(options.defaults ?? {});
  }

  /** Adds a step to the end of the plan. See {@linkcode Planner.do}. */
  do<A extends readonly unknown[], R>(fn: (...args: A) => R, ...args: Args<A>): Step<A, R> {
    return this.#planner.do(fn, ...args);
  }

  /** Returns a planner for the same plan whose steps share some options. See {@linkcode Planner.with}. */
  with(options: SharedOptions): Planner {
    return this.#planner.with(options);
  }

  /** Adds steps that may run side by side. See {@linkcode Planner.parallel}. */
  parallel<V>(build: ((p: Planner) => V) & NotAsync<V>, options?: GroupOptions): V {
    return this.#planner.parallel(build, options);
  }

  /** Adds steps that run one after the other, as one part of a group. See {@linkcode Planner.sequence}. */
  sequence<V>(build: ((s: Planner) => V) & NotAsync<V>, options?: NameOption): V {
    return this.#planner.sequence(build, options);
  }

  /** Adds a pause. See {@linkcode Planner.sleep}. */
  sleep(time: number | Date, options?: NameOption): void {
    this.#planner.sleep(time, options);
  }

  /** Adds a wait for a signal. See {@linkcode Planner.waitFor}. */
  waitFor<T = unknown>(signal: string, options?: NameOption): Ref<T> {
    return this.#planner.waitFor<T>(signal, options);
  }

  /**
   * Seals the plan and runs it. Can be called once.
   * Before anything is written or run, every function is named, every module is loaded and every export is checked. If the
   * process crashes before the plan is complete, no step has run. If it crashes later, the rest can be run from the journal.
   *
   * @param value What to return. Refs in it are replaced by the values of their steps.
   * @returns The value.
   * @throws {TypeError} Another process could not find a function, or `value` cannot be stored.
   * @throws {ModuleUnavailable} A module or an export is missing or not permitted.
   * @throws {TransactionAborted} A step failed. The message says which, why, and what to type next.
   * @throws {TransactionPaused} It waits for a signal or a time, or a person must say how a step ended.
   * @throws {JournalExists} {@linkcode JournalLocked} The journal exists, or another process runs it.
   * @throws {JournalUnwritable} The journal's disk failed or is full.
   *
   * @example
   * ```ts
   * import { Transaction } from "@x/resumable-tx";
   *
   * export const add = (a: number, b: number) => a + b;
   * if (import.meta.main) {
   *   const t = new Transaction(import.meta);
   *   console.log(await t.run({ sum: t.do(add, 1, 2) })); // { sum: 3 }
   * }
   * ```
   */
  async run<V>(value?: V): Promise<Value<V>> {
    refuseWhileLoading();
    const plan = await namePlan(this.#home, this.#builder.seal(value));
    // The value comes from the journal, and its type from the plan.
    return await startAt({ ...plan, home: this.#home, options: this.#options }) as Value<V>;
  }

  /**
   * Plans and runs a transaction.
   *
   * @param home `import.meta` of the module that plans.
   * @param build Adds the steps and returns the transaction's value. Must not be async. If it throws, nothing has happened.
   * @param options Options of the transaction as a whole.
   * @returns What `build` returned, with refs replaced by the values of their steps.
   * @throws {TransactionAborted} A step failed. For other errors see {@linkcode Transaction.prototype.run}.
   *
   * @example
   * ```ts
   * import { Transaction } from "@x/resumable-tx";
   *
   * export const add = (a: number, b: number) => a + b;
   * if (import.meta.main) {
   *   console.log(await Transaction.run(import.meta, (t) => t.do(add, t.do(add, 1, 2), 3))); // 6
   * }
   * ```
   */
  static async run<V = void>(
    home: Home,
    build: ((t: Planner) => V) & NotAsync<V>,
    options: TransactionOptions = {},
  ): Promise<Value<V>> {
    refuseWhileLoading();
    const transaction = new Transaction(home, options);
    return await transaction.run(build(transaction));
  }

  /**
   * Records a transaction that any process may run later, and runs nothing. Its journal is kept until `prune`. Whatever
   * crashes, it is recorded as a whole, or nothing of it can be run. It is checked like that of `run`.
   *
   * @param options Where to record it, its queue, and when it is due. For `build` see {@linkcode Transaction.run}.
   * @returns Its id, where its journal is, and `wait`.
   * @throws {RangeError} The priority or the due time is none. For other errors see {@linkcode Transaction.prototype.run}.
   *
   * @example
   * ```ts
   * import { Transaction } from "@x/resumable-tx";
   *
   * export const add = (a: number, b: number) => a + b;
   * const options = { journal: "/var/spool/sums/", dueAt: "2026-12-24T18:00:00Z" };
   * export const enqueue = () => Transaction.enqueue(import.meta, (t) => t.do(add, 1, 2), options);
   * ```
   */
  static async enqueue<V = void>(
    home: Home,
    build: ((t: Planner) => V) & NotAsync<V>,
    options: EnqueueOptions = {},
  ): Promise<QueuedTransaction<Value<V>>> {
    refuseWhileLoading();
    return await enqueuePlan(home, options, (shared) => {
      const transaction = new Transaction(home, shared);
      return transaction.#builder.seal(build(transaction));
    }) as QueuedTransaction<Value<V>>;
  }

  /**
   * Waits until some process has finished a transaction. Runs nothing, owns nothing and writes nothing. Waits for sleeps,
   * signals, and a process that died; with `ifStuck: "wait"` also while only a person can continue it.
   *
   * @param journal The journal's path or locator; with `store`, its name or id in it.
   * @returns The transaction's value.
   * @throws {TransactionAborted} {@linkcode TransactionPaused} A step failed, or a person must say how one ended.
   * @throws {TransactionCancelled} {@linkcode TransactionUndone} It was cancelled or rolled back.
   * @throws {JournalGone} Its journal was removed, and the value with it. In a database, this happens whenever a transaction
   * finishes that is neither enqueued nor has the option `keep`.
   */
  static async wait(journal: string | URL, options: WaitOptions = {}): Promise<unknown> {
    return await waitAt(journal, options);
  }

  /**
   * Runs the rest of a transaction from its journal.
   *
   * A finished step never runs again. A failed step runs again. If a step was interrupted, its outcome is unknown, and its
   * option `interrupted` says what happens. Until a step runs or a decision is recorded, the journal does not change.
   *
   * @param journal The journal's path or `file:` URL.
   * @param options Decisions about steps, and where the program is now.
   * @returns The transaction's value.
   * @throws {TransactionAborted} A step failed.
   * @throws {TransactionPaused} A person must say how a step ended. The message says how to answer.
   * @throws {TypeError} {@linkcode DecisionRefused} An option is wrong, or a decision cannot be accepted. Nothing runs.
   * @throws {JournalNotFound} {@linkcode JournalLocked} {@linkcode JournalDamaged} {@linkcode JournalIncomplete}
   * {@linkcode JournalTooNew} {@linkcode JournalRefused} The journal cannot be used.
   * @throws {ModuleUnavailable} A module or an export is missing or not permitted.
   *
   * @example
   * ```ts
   * import { Transaction } from "@x/resumable-tx";
   *
   * export const retry = (journal: string, step: string) =>
   *   Transaction.resume(journal, { decisions: [{ step, decision: "retry" }] });
   * ```
   */
  static async resume(journal: string | URL, options: ResumeOptions = {}): Promise<unknown> {
    return await resumeAt(journal, options);
  }

  /**
   * Reads a journal. Imports no step module and takes no lock: the transaction may be running.
   *
   * @param journal The journal's path or `file:` URL.
   * @returns Its contents as plain data.
   * @throws {JournalNotFound} {@linkcode JournalDamaged} {@linkcode JournalTooNew} The journal cannot be read.
   *
   * @example
   * ```ts
   * import { Transaction } from "@x/resumable-tx";
   *
   * export const statusOf = async (journal: string) => (await Transaction.inspect(journal)).status;
   * ```
   */
  static async inspect(journal: string | URL): Promise<Inspection> {
    const { inspectJournal } = await import("./inspect/data/inspect_state.ts");
    await using place = await openStore(journal);
    return await inspectJournal(place.store, place.name);
  }

  /**
   * Undoes what a transaction has done: calls the `undo` functions of its steps, the last step first. Each call is recorded
   * before and after it runs. An undo that fails or is interrupted ends the rollback, and `rollback` or `resume` continues it.
   * Steps without an undo function stay as they are.
   *
   * @param journal The journal's path or `file:` URL.
   * @param options How far, and who says so.
   * @returns The ids of the steps that ran and are not undone: they have no undo function, or ran before a rewind.
   * @throws {TransactionAborted} An undo failed.
   * @throws {TransactionPaused} A person must say how a step, or its undo, ended.
   * @throws {DecisionRefused} There is nothing to undo, `to` is no step, or with `strict` a step cannot be undone.
   * @throws {JournalNotFound} The journal cannot be used. For other errors see {@linkcode Transaction.resume}.
   */
  static async rollback(journal: string | URL, options: RollbackOptions = {}): Promise<readonly string[]> {
    return await rollbackAt(journal, options);
  }

  /**
   * Sends a signal to a transaction that waits for it or will wait for it (`waitFor`). The journal keeps it until a wait takes
   * it; each wait takes one, the oldest first. If a process runs the transaction, it gets the signal. Otherwise nothing runs.
   *
   * @param journal The journal's path or `file:` URL.
   * @param signal The signal's name.
   * @param value Its value, which becomes the value of the wait.
   * @param options `by`: who sends it.
   * @returns Whether a step waits for that signal. A plan that a step returns later may add one.
   * @throws {TypeError} {@linkcode RangeError} The value cannot be stored.
   * @throws {DecisionRefused} No wait can have that name, the value lacks a part that is needed, or a rollback has begun.
   * @throws {TransactionClosed} The transaction is finished, cancelled or undone.
   * @throws {JournalNotFound} {@linkcode JournalDamaged} {@linkcode JournalLocked} The journal cannot be used, or the process
   * that runs the transaction takes no requests for 5 seconds.
   */
  static async signal(
    journal: string | URL,
    signal: string,
    value?: unknown,
    options: { readonly by?: string } = {},
  ): Promise<boolean> {
    return await signalAt(journal, { signal, value }, options);
  }

  /**
   * Cancels a transaction: no further step will run. What has happened stays, and can still be rolled back. If another process
   * runs it, the running steps are told to end (`context().signal`).
   *
   * @returns `applied`, or `recorded` if a step is still running after 5 seconds: the run is cancelled when that has ended.
   * @throws {TransactionClosed} For this and other errors see {@linkcode Transaction.signal}.
   */
  static async cancel(journal: string | URL, options: RequestOptions = {}): Promise<"applied" | "recorded"> {
    const kind = await requestAt("cancel", journal, options);
    return kind === "idle" ? "applied" : kind;
  }

  /**
   * Ends the run of a transaction in another process before its next step. `resume` continues it later.
   *
   * @returns As `cancel`, or `idle`: no process runs the transaction. Errors: as for {@linkcode Transaction.signal}.
   */
  static async stop(journal: string | URL, options: RequestOptions = {}): Promise<"applied" | "recorded" | "idle"> {
    return await requestAt("stop", journal, options);
  }
}
