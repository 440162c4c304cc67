import type { SharedOptions } from "../../plan/step_options.ts";
import { checkOptions, checkSignal } from "./check_options.ts";
import type { Observer } from "./observer.ts";

/**
 * What the author may say about a transaction as a whole.
 *
 * @example
 * ```ts
 * import { Transaction } from "@x/resumable-tx";
 *
 * const stop = new AbortController();
 * const t = new Transaction(import.meta, {
 *   journal: "/var/lib/move-user/ana.json",
 *   keep: true,
 *   ifExists: "resume",
 *   defaults: { interrupted: "retry" },
 *   onFailure: "rollback",
 *   signal: stop.signal,
 * });
 * ```
 */
export interface TransactionOptions {
  /**
   * Where the journal is kept: a path or a `file:` URL. One that ends in "/" is a folder, in which the journal gets the
   * default name.
   *
   * @default `transaction-<yyyymmdd>-<hhmmss>-<8 hex>.json` (UTC) in the current folder
   */
  readonly journal?: string | URL;

  /**
   * Whether the journal stays when the transaction has finished. One of a transaction that has not finished always does.
   *
   * @default false
   */
  readonly keep?: boolean;

  /**
   * What happens when there is a journal of that name. `"resume"`: go on with it; the plan in the journal wins, and must
   * name the same functions in the same order as the one made now. With `keep`, a transaction that has finished is not
   * run again, and its value is returned; without, its journal is gone and it starts anew. Needs `journal`.
   *
   * @default "error"
   */
  readonly ifExists?: "error" | "resume";

  /** Options of all steps; a planner's and a step's own go before them. */
  readonly defaults?: SharedOptions;

  /**
   * What happens when a step has failed for good.
   *
   * - `"stop"`: the run ends, and what has happened stays, to be finished later.
   * - `"rollback"`: the `undo` functions of the steps that are finished are called, in reverse order. A step without one
   *   stays as it is.
   *
   * @default "stop"
   */
  readonly onFailure?: "stop" | "rollback";

  /**
   * Cancels the transaction when it is aborted: the running steps are told (`context().signal`) and let come to their end,
   * none is started, and the journal stays and says what has happened. What is cancelled can be rolled back, and not
   * resumed. Holds for this run; a later resume does not know of it. With one that is aborted already nothing is begun,
   * there is no journal, and `run` throws the signal's reason.
   */
  readonly signal?: AbortSignal;

  /** Is told what happens. */
  readonly observer?: Observer;
}

/**
 * Options of going on with a journal.
 *
 * @example
 * ```ts
 * import type { ResumeOptions } from "@x/resumable-tx";
 *
 * const options: ResumeOptions = {
 *   home: "file:///srv/programs/move_user.ts",
 *   decisions: [{ step: "2", decision: "retry", by: "ana" }],
 *   keep: true,
 * };
 * console.log(options);
 * ```
 */
export interface ResumeOptions {
  /**
   * The URL of the home module as it is now, when the program was moved. Every other `file:` module is looked for where it
   * lay relative to the home module.
   */
  readonly home?: string | URL;

  /** What to do about steps, before anything runs. */
  readonly decisions?: readonly DecisionRequest[];

  /**
   * Whether the journal stays when the transaction has finished.
   *
   * @default what the transaction's own option says; the journal of one that has finished before and was kept stays
   */
  readonly keep?: boolean;

  /**
   * Whether to run a journal that somebody else may have written: another user's file, or one that others may write or
   * replace. Resuming it runs what it names.
   *
   * @default false
   */
  readonly trust?: boolean;

  /**
   * Whether to run remote modules whose source has changed since the plan was made.
   *
   * @default false
   */
  readonly acceptChanges?: boolean;

  /**
   * Whether to try a step again at once whose pause between two attempts is not over yet.
   *
   * @default false
   */
  readonly now?: boolean;

  /**
   * Cancels the transaction when it is aborted: the running steps are told (`context().signal`) and let come to their
   * end, and nothing further will ever run.
   */
  readonly signal?: AbortSignal;

  /** Is told what happens. */
  readonly observer?: Observer;
}

/**
 * What an administrator says about a step.
 *
 * @example
 * ```ts
 * import type { DecisionRequest } from "@x/resumable-tx";
 *
 * const byHand: DecisionRequest = {
 *   step: "createAccount",
 *   decision: "done",
 *   result: { value: { id: 7 } },
 *   by: "ana",
 *   why: "found the account in the directory",
 * };
 * console.log(byHand);
 * ```
 */
export interface DecisionRequest {
  /** The step: its number or its name. */
  readonly step: string;
  /** `"retry"`: run it (again). `"done"`: it has happened. `"skip"`: leave it out. */
  readonly decision: "retry" | "done" | "skip";
  /** The step's value, for `"done"`. Without it, no later step may need the value. */
  readonly result?: { readonly value: unknown };
  /** Who says so. */
  readonly by?: string;
  /** Why. */
  readonly why?: string;
}

const KEYS = ["journal", "keep", "ifExists", "defaults", "onFailure", "signal", "observer"];

/**
 * Checks what the type checker cannot see in plain JavaScript.
 *
 * @throws {TypeError} An option is unknown, or two do not go together.
 */
export function checkTransactionOptions(options: TransactionOptions): void {
  checkOptions("a transaction", options, KEYS);
  const { ifExists, journal, onFailure, signal } = options;
  if (ifExists !== undefined && ifExists !== "error" && ifExists !== "resume") {
    throw new TypeError(`Unknown value ${JSON.stringify(ifExists)} of "ifExists": use "error" or "resume"`);
  }
  if (onFailure !== undefined && onFailure !== "stop" && onFailure !== "rollback") {
    throw new TypeError(`Unknown value ${JSON.stringify(onFailure)} of "onFailure": use "stop" or "rollback"`);
  }
  checkSignal("a transaction", signal);
  if (journal === "") {
    throw new TypeError('Cannot keep a journal at "": leave the option "journal" out for the default');
  }
  if (ifExists === "resume" && (journal === undefined || String(journal).endsWith("/"))) {
    throw new TypeError('Cannot use ifExists: "resume" without the option "journal": it must name a file');
  }
}
