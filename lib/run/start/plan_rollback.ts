import { DecisionRefused } from "../../errors/decision_errors.ts";
import type { DecidedAs } from "../../journal/event.ts";
import { describeRewound, nameSteps, stepsLeft } from "../../messages/describe_step.ts";
import { describeUnknownStep } from "../../state/describe_unknown_step.ts";
import { leftSteps, rewoundEffects, stepsToUndo } from "../../state/rollback.ts";
import { type State, toStepId } from "../../state/state.ts";
import type { RollbackOptions } from "../options/rollback_options.ts";
import { toReason } from "./decision_request.ts";

/** Makes the decision to undo; nothing if the rollback has begun already. */
export function planRollback(
  journal: string,
  state: State,
  options: Pick<RollbackOptions, "to" | "strict" | "by" | "why">,
): DecidedAs<"rollback"> | undefined {
  const to = options.to === undefined ? undefined : toStepId(state, options.to);
  const refuse = (why: string) =>
    new DecisionRefused(journal, to ?? "", `Cannot roll back ${JSON.stringify(journal)}: ${why}`);
  if (to !== undefined && !state.byId.has(to)) {
    const what = `Cannot roll back ${JSON.stringify(journal)} to step ${to}: `;
    throw new DecisionRefused(journal, to, what + describeUnknownStep(state, to));
  }
  const { rollback } = state;
  if (rollback !== undefined && to !== undefined && to !== rollback.to) {
    throw refuse(`it is already being rolled back${rollback.to === undefined ? "" : ` to step ${rollback.to}`}`);
  }
  const end = rollback === undefined ? to : rollback.to;
  const left = leftSteps(state, end);
  const rewound = rewoundEffects(state, end);
  if (options.strict === true && left.length + rewound.length > 0) {
    const reasons = [
      ...(left.length === 0 ? [] : [lackUndo(left)]),
      ...(rewound.length === 0 ? [] : [describeRewound(rewound)]),
    ];
    throw refuse(`${reasons.join("; ")}. Without --strict (strict: true), what these steps did stays`);
  }
  if (rollback !== undefined) return undefined;
  if (stepsToUndo(state, to).length === 0) throw refuse(whyNothing(state, to));
  return { type: "decided", decision: "rollback", ...(to === undefined ? {} : { to }), ...toReason(options, refuse) };
}

/** Says why there is nothing to undo, as the end of a sentence. */
function whyNothing(state: State, to: string | undefined): string {
  const left = leftSteps(state, to);
  const rewound = rewoundEffects(state, to);
  const isUndone = [...state.byId.values()].some(({ status }) => status === "undone");
  const place = to === undefined ? "" : ` after step ${to}`;
  const stays = left.length === 0 ? [] : [lackUndo(left)];
  const whole = to === undefined || stepsToUndo(state, undefined).length === 0
    ? []
    : [`what has happened up to step ${to} can be undone: omit --to (the option to)`];
  const first = isUndone
    ? `everything${place} that can be undone is already undone`
    : stepsLeft(state).length === 0 && rewound.length === 0
    ? "nothing has happened"
    : `nothing${place} has happened that can be undone`;
  return [first, ...stays, ...(rewound.length === 0 ? [] : [describeRewound(rewound)]), ...whole].join("; ");
}

function lackUndo(left: readonly string[]): string {
  return `${nameSteps(left).toLowerCase()} ${left.length === 1 ? "has" : "have"} no undo function`;
}
