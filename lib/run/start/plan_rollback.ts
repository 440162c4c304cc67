import { DecisionRefused } from "../../errors/decision_errors.ts";
import type { DecidedAs, Reason } from "../../journal/event.ts";
import { storeValue } from "../../journal/stored_value.ts";
import { describeRewound, nameSteps, stepsLeft } from "../../messages/describe_step.ts";
import type { StepDecision } from "../../state/answers.ts";
import { describeUnknownStep } from "../../state/describe_unknown_step.ts";
import { leftSteps, rewoundEffects, stepsToUndo } from "../../state/rollback.ts";
import { type State, toStepId } from "../../state/state.ts";
import { encodeValue } from "../../values/encode_value.ts";
import { withoutUndefined } from "../../values/json.ts";
import type { DecisionRequest, RollbackOptions } from "../options/transaction_options.ts";

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
    throw refuse(`${whatStays(left, rewound).join("; ")}. Without --strict (strict: true), what these steps did stays`);
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
  const whole = to === undefined || stepsToUndo(state, undefined).length === 0
    ? []
    : [`what has happened up to step ${to} can be undone: omit --to (the option to)`];
  const first = isUndone
    ? `everything${place} that can be undone is already undone`
    : stepsLeft(state).length === 0 && rewound.length === 0
    ? "nothing has happened"
    : `nothing${place} has happened that can be undone`;
  return [first, ...whatStays(left, rewound), ...whole].join("; ");
}

function whatStays(left: readonly string[], rewound: readonly string[]): readonly string[] {
  const lack = `${nameSteps(left).toLowerCase()} ${left.length === 1 ? "has" : "have"} no undo function`;
  return [...(left.length === 0 ? [] : [lack]), ...describeRewound(rewound)];
}

const DECISIONS: ReadonlySet<string> = new Set(["retry", "done", "skip"]);

export function toDecision(journal: string, state: State, request: DecisionRequest): StepDecision {
  const step = toStepId(state, request.step);
  const refuse = (why: string) => new DecisionRefused(journal, step, `Cannot decide about step ${step}: ${why}`);
  if (state.status === "finished") throw refuse("the transaction has finished");
  if (!DECISIONS.has(request.decision)) throw refuse(`"${request.decision}" is none of ${[...DECISIONS].join(", ")}`);
  const reason = toReason(request, refuse);
  if (request.decision !== "done" || request.result === undefined) {
    return { type: "decided", decision: request.decision, step, ...reason };
  }
  try {
    const result = encodeValue(request.result.value, { root: "the result" });
    return { type: "decided", decision: "done", step, given: true, ...storeValue(result), ...reason };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new DecisionRefused(journal, step, `Cannot take the result of step ${step}: ${detail}`);
  }
}

const MAX_BY = 200;
const MAX_WHY = 10_000;

export function toReason({ by, why }: Reason, refuse: (why: string) => Error): Reason {
  if ((by?.length ?? 0) > MAX_BY) throw refuse(`the name of who decides has at most ${MAX_BY} characters`);
  if ((why?.length ?? 0) > MAX_WHY) throw refuse(`the reason has at most ${MAX_WHY} characters`);
  // Half of a character would make the journal unreadable for strict readers of JSON.
  return withoutUndefined({ by: by?.toWellFormed(), why: why?.toWellFormed() });
}
