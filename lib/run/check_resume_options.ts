import { checkOptions, checkSignal, unknownKey } from "./check_options.ts";
import type { RollbackOptions } from "./rollback_options.ts";
import type { ResumeOptions } from "./transaction_options.ts";

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
