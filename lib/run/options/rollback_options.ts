import { checkOptions, checkSignal, unknownKey } from "./check_options.ts";
import type { Observer } from "./observer.ts";
import type { ResumeOptions } from "./transaction_options.ts";

/**
 * Options of taking back what a transaction has done.
 *
 * @example
 * ```ts
 * import type { RollbackOptions } from "@x/resumable-tx";
 *
 * const options: RollbackOptions = { to: "createAccount", strict: true, by: "ana", why: "the order was a mistake" };
 * console.log(options);
 * ```
 */
export interface RollbackOptions {
  /**
   * The step, by number or name, that stays as it is, with all before it.
   *
   * @default all steps are undone
   */
  readonly to?: string;

  /**
   * Whether to refuse, before anything is undone, if a step that has happened has no undo function, or had
   * happened before a rewind. A rollback that has begun is not gone on with then.
   *
   * @default false
   */
  readonly strict?: boolean;

  /** Who says so. Of a rollback that has begun this was written down then. */
  readonly by?: string;
  /** Why. Of a rollback that has begun this was written down then. */
  readonly why?: string;

  /** The URL of the home module as it is now, when the program was moved. See `ResumeOptions.home`. */
  readonly home?: string | URL;

  /**
   * Whether to run a journal that somebody else may have written. See `ResumeOptions.trust`.
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
   * Whether to try at once what waits for the pause between two attempts.
   *
   * @default false
   */
  readonly now?: boolean;

  /** Is told what happens. */
  readonly observer?: Observer;
}

const RESUME = ["home", "decisions", "keep", "trust", "acceptChanges", "now", "signal", "observer"];
const DECISION = ["step", "decision", "result", "by", "why"];
const ROLLBACK = ["to", "strict", "by", "why", "home", "trust", "acceptChanges", "now", "observer"];

/**
 * Checks the options of going on with a journal, its decisions included.
 *
 * @throws {TypeError} One is unknown, or not what it should be.
 */
export function checkResumeOptions(options: ResumeOptions): void {
  checkOptions("a resume", options, RESUME);
  checkSignal("a resume", options.signal);
  const decisions: unknown = options.decisions ?? [];
  if (!Array.isArray(decisions)) throw new TypeError('The option "decisions" of a resume is a list');
  for (const decision of decisions) checkDecision(decision);
}

/**
 * Checks the options of a rollback.
 *
 * @throws {TypeError} One is unknown.
 */
export function checkRollbackOptions(options: RollbackOptions): void {
  checkOptions("a rollback", options, ROLLBACK);
}

function checkDecision(decision: unknown): void {
  if (typeof decision !== "object" || decision === null) throw new TypeError("A decision is an object with a step");
  for (const key of Object.keys(decision)) {
    if (!DECISION.includes(key)) throw unknownKey("member", key, "a decision", DECISION);
  }
  const { step, result }: { readonly step?: unknown; readonly result?: unknown } = decision;
  if (typeof step !== "string") throw new TypeError('The "step" of a decision is text: its number or its name');
  if (result === undefined) return;
  // Not { result: 7 }: the value may be undefined, and that is not the same as none.
  if (typeof result === "object" && result !== null && "value" in result) return;
  throw new TypeError('The "result" of a decision is an object with a "value"');
}
