import { MAX_RETRIES } from "../../journal/event.ts";
import { checkKeys } from "../../plan/node_options.ts";
import type { SharedOptions } from "../../plan/step_options.ts";
import { isOfDatabase } from "../../storage/locator_scheme.ts";
import type { StoreConnection } from "../../storage/store.ts";
import { wholeNumber } from "../../values/shape.ts";
import type { Observer } from "./observer.ts";

/**
 * Options of a transaction as a whole.
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
   * Where the journal is kept.
   *
   * - A path or `file:` URL of a file. If it ends in "/", it is a folder, in which the journal gets the default name.
   * - `sqlite:PATH#NAME` or `postgres://USER@HOST/DATABASE#NAME`: in a database. Without `#NAME`, the transaction's id is its
   *   name.
   * - With `store`, the name in that store.
   *
   * @default `transaction-<yyyymmdd>-<hhmmss>-<8 hex>.json` (UTC) in the current folder; in a database the transaction's id
   */
  readonly journal?: string | URL;

  /**
   * A database that `openStore` of `./sqlite` or `./postgres` has opened. Transactions share its connections, which stay open
   * between them.
   */
  readonly store?: StoreConnection;

  /**
   * Whether the journal is kept when the transaction has finished. Otherwise it is removed then.
   *
   * @default false
   */
  readonly keep?: boolean;

  /**
   * What to do if the journal exists. `"resume"`: continue it. Its plan is used, and must name the same functions in the
   * same order as the new plan. With `keep`, a transaction that has finished is not run again, and its value is returned.
   * Without `keep`, a finished transaction has no journal any more and starts again. Requires `journal`.
   *
   * @default "error"
   */
  readonly ifExists?: "error" | "resume";

  /** Options of all steps. Options of a planner or of a step itself take precedence. */
  readonly defaults?: SharedOptions;

  /**
   * What to do if a step has failed and is not tried again.
   *
   * - `"stop"`: the run ends. It can be resumed later.
   * - `"rollback"`: the `undo` functions of finished steps are called in reverse order. A step without one stays as it is.
   *
   * @default "stop"
   */
  readonly onFailure?: "stop" | "rollback";

  /**
   * How often workers that were started with `--retry-failed` may try the transaction again when it has failed: 1 to 1000. Each
   * pause is twice as long as the one before, from a minute up to six hours. Not together with `onFailure: "rollback"`.
   *
   * @default a failed transaction waits for a person
   */
  readonly retryFailed?: number;

  /**
   * Cancels the transaction when it is aborted. The `context().signal` of running steps is aborted, they are allowed to
   * finish, and no other step starts. The journal stays. A cancelled transaction can be rolled back, but not resumed. The
   * signal applies to this run, not to a later resume. If it is aborted from the beginning, nothing is run, no journal is
   * made, and `run` throws the signal's reason.
   */
  readonly signal?: AbortSignal;

  /** Receives what happens. */
  readonly observer?: Observer;
}

/**
 * Options of a resume.
 *
 * @example
 * ```ts
 * import type { ResumeOptions } from "@x/resumable-tx";
 *
 * const decisions = [{ step: "2", decision: "retry", by: "ana" }] as const;
 * const options: ResumeOptions = { home: "file:///srv/programs/move_user.ts", decisions, keep: true };
 * console.log(options);
 * ```
 */
export interface ResumeOptions extends Pick<TransactionOptions, "observer"> {
  /**
   * The current URL of the home module, if the program was moved. Every other `file:` module is expected at the same place
   * relative to it as before.
   */
  readonly home?: string | URL;

  /** Decisions about steps, taken before anything runs. */
  readonly decisions?: readonly DecisionRequest[];

  /**
   * Whether the journal is kept when the transaction has finished.
   *
   * @default the transaction's own option; a journal that was kept after its transaction had finished is kept
   */
  readonly keep?: boolean;

  /**
   * Whether to run a journal that another user may have written: its owner is another user, or others may write or replace
   * it. A resume runs the functions that the journal names.
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
   * Whether to begin a transaction that was enqueued for later, and to make an attempt without the pause before it.
   *
   * @default false
   */
  readonly now?: boolean;

  /**
   * Whether to take it from a process of this machine that has died before its lease is over. Only PostgreSQL needs it.
   *
   * @default false
   */
  readonly takeOver?: boolean;

  /**
   * Cancels the transaction when it is aborted. The `context().signal` of running steps is aborted, they are allowed to
   * finish, and no other step starts.
   */
  readonly signal?: AbortSignal;
}

/**
 * A decision about a step.
 *
 * @example
 * ```ts
 * import type { DecisionRequest } from "@x/resumable-tx";
 *
 * const result = { value: { id: 7 } };
 * const byHand: DecisionRequest = { step: "createAccount", decision: "done", result, by: "ana", why: "is in the directory" };
 * console.log(byHand);
 * ```
 */
export interface DecisionRequest {
  /** The step's number or name. */
  readonly step: string;
  /** `"retry"`: run it, or run it again. `"done"`: it has happened. `"skip"`: do not run it. */
  readonly decision: "retry" | "done" | "skip";
  /** The step's value, for `"done"`. Required if a later step needs it. */
  readonly result?: { readonly value: unknown };
  /** Who decides. */
  readonly by?: string;
  /** Why. */
  readonly why?: string;
}

const KEYS = ["journal", "store", "keep", "ifExists", "defaults", "onFailure", "retryFailed", "signal", "observer"];

/** Checks what the type checker cannot see in plain JavaScript. */
export function checkTransactionOptions(options: TransactionOptions): void {
  checkOptions("a transaction", options, KEYS);
  const { ifExists, journal, onFailure, signal, store } = options;
  if (store !== undefined && typeof store?.locator !== "string") {
    throw new TypeError("The option store is a store that openStore of ./sqlite or ./postgres has opened");
  }
  checkChoice("ifExists", ifExists, "error", "resume");
  checkChoice("onFailure", onFailure, "stop", "rollback");
  checkRetryFailed(options);
  checkSignal("a transaction", signal);
  if (journal === "") {
    throw new TypeError('Cannot keep a journal at "": omit the option "journal" to use the default');
  }
  if (ifExists === "resume" && !isNamed(journal)) {
    throw new TypeError(
      'Cannot use ifExists: "resume" without the option "journal", which must name a file or transaction',
    );
  }
}

export function checkRetryFailed(
  { retryFailed, onFailure }: Pick<TransactionOptions, "retryFailed" | "onFailure">,
): void {
  if (retryFailed === undefined) return;
  if (wholeNumber(1, MAX_RETRIES)(retryFailed) !== undefined) {
    throw new RangeError(`The option retryFailed is a whole number from 1 to ${MAX_RETRIES}`);
  }
  if (onFailure !== "rollback") return;
  throw new TypeError('Cannot use retryFailed with onFailure: "rollback", which leaves nothing to try again');
}

/** Whether a second run would find the journal again. */
function isNamed(journal: string | URL | undefined): boolean {
  if (journal === undefined) return false;
  return isOfDatabase(journal) ? String(journal).includes("#") : !String(journal).endsWith("/");
}

/** Refuses an option of a transaction, a resume and so on that would be ignored silently, because it is misspelt. */
export function checkOptions(what: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== "object" || options === null) throw new TypeError(`The options of ${what} are an object`);
  checkKeys(what, options, known);
}

export function checkChoice(option: string, value: unknown, one: string, other: string): void {
  if (value === undefined || value === one || value === other) return;
  throw new TypeError(`Unknown value ${JSON.stringify(value)} of "${option}": use "${one}" or "${other}"`);
}

export function checkSignal(what: string, signal: unknown): void {
  if (signal === undefined || signal instanceof AbortSignal) return;
  throw new TypeError(`The option "signal" of ${what} is an AbortSignal`);
}

/**
 * Options of a rollback.
 *
 * @example
 * ```ts
 * import type { RollbackOptions } from "@x/resumable-tx";
 *
 * const options: RollbackOptions = { to: "createAccount", strict: true, by: "ana", why: "the order was a mistake" };
 * console.log(options);
 * ```
 */
export interface RollbackOptions
  extends Pick<ResumeOptions, "home" | "trust" | "acceptChanges" | "now" | "takeOver" | "observer"> {
  /**
   * The number or name of a step. This step, and all steps before it, are not undone.
   *
   * @default all steps are undone
   */
  readonly to?: string;

  /**
   * Whether to refuse, before anything is undone, if a step that has happened has no undo function, or happened before a
   * rewind. A rollback that has begun is then not continued.
   *
   * @default false
   */
  readonly strict?: boolean;

  /** Who decides. Ignored if the rollback has begun before: then it is already recorded. */
  readonly by?: string;
  /** Why. Ignored if the rollback has begun before. */
  readonly why?: string;
}

const RESUME = ["home", "decisions", "keep", "trust", "acceptChanges", "now", "takeOver", "signal", "observer"];
const DECISION = ["step", "decision", "result", "by", "why"];
const ROLLBACK = ["to", "strict", "by", "why", "home", "trust", "acceptChanges", "now", "takeOver", "observer"];

export function checkResumeOptions(options: ResumeOptions): void {
  checkOptions("a resume", options, RESUME);
  checkSignal("a resume", options.signal);
  const decisions: unknown = options.decisions ?? [];
  if (!Array.isArray(decisions)) throw new TypeError('The option "decisions" of a resume is a list');
  for (const decision of decisions) checkDecision(decision);
}

export function checkRollbackOptions(options: RollbackOptions): void {
  checkOptions("a rollback", options, ROLLBACK);
}

function checkDecision(decision: unknown): void {
  if (typeof decision !== "object" || decision === null) throw new TypeError("A decision is an object with a step");
  checkKeys("a decision", decision, DECISION, "member");
  const { step, result }: { readonly step?: unknown; readonly result?: unknown } = decision;
  if (typeof step !== "string") throw new TypeError('The "step" of a decision is text: its number or its name');
  if (result === undefined) return;
  // Not { result: 7 }: the value may be undefined, which is not the same as no value.
  if (typeof result === "object" && result !== null && "value" in result) return;
  throw new TypeError('The "result" of a decision is an object with a "value"');
}
