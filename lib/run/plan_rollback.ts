import { DecisionRefused } from "../errors/decision_errors.ts";
import type { DecidedRollback } from "../journal/decided.ts";
import { happenedSteps, hasUndo, leftSteps } from "../state/rollback.ts";
import type { State } from "../state/state.ts";
import type { RollbackOptions } from "./rollback_options.ts";
import { toReason } from "./to_reason.ts";

/** The decision to undo; nothing if it was taken before, and the rest is left to do. */
export function planRollback(
  journal: string,
  state: State,
  options: Pick<RollbackOptions, "to" | "strict" | "by" | "why">,
): DecidedRollback | undefined {
  const to = options.to === undefined ? undefined : state.names.get(options.to) ?? options.to;
  const refuse = (why: string) =>
    new DecisionRefused(journal, to ?? "", `Cannot roll back ${JSON.stringify(journal)}: ${why}`);
  if (to !== undefined && !state.byId.has(to)) throw refuse(`the plan has no step ${to}`);
  const { rollback } = state;
  if (rollback !== undefined) {
    if (to === undefined || to === rollback.to) return undefined;
    throw refuse(`it is being rolled back${rollback.to === undefined ? "" : ` to step ${rollback.to}`} already`);
  }
  const left = leftSteps(state, to);
  if (options.strict === true && left.length > 0) {
    throw refuse(
      `steps ${left.join(", ")} have no undo function. Without --strict (strict: true) they stay as they are`,
    );
  }
  if (happenedSteps(state, to).every((step) => !hasUndo(step))) {
    throw refuse(
      left.length === 0 ? "nothing has happened" : "none of the steps that have happened has an undo function",
    );
  }
  return { type: "decided", decision: "rollback", ...(to === undefined ? {} : { to }), ...toReason(options, refuse) };
}
