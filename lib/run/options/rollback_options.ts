import { checkOptions, checkSignal, type ResumeOptions, unknownKey } from "./transaction_options.ts";

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
export interface RollbackOptions extends Pick<ResumeOptions, "home" | "trust" | "acceptChanges" | "now" | "observer"> {
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

const RESUME = ["home", "decisions", "keep", "trust", "acceptChanges", "now", "signal", "observer"];
const DECISION = ["step", "decision", "result", "by", "why"];
const ROLLBACK = ["to", "strict", "by", "why", "home", "trust", "acceptChanges", "now", "observer"];

/**
 * Checks the options of a resume, with its decisions.
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
  // Not { result: 7 }: the value may be undefined, which is not the same as no value.
  if (typeof result === "object" && result !== null && "value" in result) return;
  throw new TypeError('The "result" of a decision is an object with a "value"');
}
