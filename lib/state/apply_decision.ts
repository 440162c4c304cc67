import type { Decided, DecidedEdit } from "../journal/decided.ts";
import type { StepNode } from "../plan/node.ts";
import { checkStepValue, noteReferences } from "./add_nodes.ts";
import { ImpossibleEvent } from "./impossible_event.ts";
import { findStep, type State, type StepState } from "./state.ts";

/** Who decided, when it was the step's own probe. */
export const PROBE = "probe";

/** Makes an administrator's decision true. */
export function applyDecision(state: State, event: Decided, at: string): void {
  if (!("step" in event)) throw unknownDecision(event);
  const step = findStep(state, event.step);
  if (step === undefined) throw new ImpossibleEvent(`there is no step ${event.step} in the plan`);
  if (!isOpen(step, event)) {
    throw new ImpossibleEvent(`step ${event.step} was decided about while it was ${step.status}`);
  }
  switch (event.decision) {
    case "retry":
      step.isApproved = true;
      step.failedTries = 0;
      // A person may say that it is worth another three attempts; a probe only says that it did not happen.
      if (event.by !== PROBE) step.interruptions = 0;
      break;
    case "skip":
      step.status = "skipped";
      break;
    case "done":
      step.status = "finished";
      finishByDecision(step, event);
      break;
    case "edit":
      if (step.node.kind !== "step") throw new ImpossibleEvent(`step ${event.step} has no arguments`);
      noteReferences(state, { value: event.args, meta: event.argsMeta });
      step.node = withArguments(step.node, event);
      break;
    case "remove":
    case "rewind":
    case "undecide":
      throw unknownDecision(event);
    default:
      event satisfies never;
  }
  // Whatever was decided, nobody waits any more for the next attempt that was announced; other arguments change no time.
  if (event.decision !== "edit") step.retryAt = undefined;
  noteDecision(step, event, at);
  if (state.waiting?.step !== event.step) return;
  state.waiting = undefined;
  if (state.status === "waiting") state.status = "started";
}

/** What has happened stays so; but a value that was lost may be given. */
function isOpen(step: StepState, event: Decided): boolean {
  if (step.status === "finished") {
    return event.decision === "done" && event.given === true && step.dropped !== undefined;
  }
  if (step.status === "skipped") return event.decision === "done";
  return step.status !== "undone";
}

function withArguments(node: StepNode, { args, argsMeta }: DecidedEdit): StepNode {
  const { argsMeta: _old, ...rest } = node;
  return { ...rest, args, ...(argsMeta === undefined ? {} : { argsMeta }) };
}

function unknownDecision(event: Decided): ImpossibleEvent {
  return new ImpossibleEvent(`the decision "${event.decision}"`, { isNew: true });
}

function finishByDecision(step: StepState, event: Extract<Decided, { decision: "done" }>): void {
  if (event.given !== true) {
    step.dropped = { reason: "the step was said to be done, without a result" };
    return;
  }
  checkStepValue(event.step, { value: event.value, meta: event.valueMeta });
  step.dropped = undefined;
  step.value = {
    ...(event.value === undefined ? {} : { value: event.value }),
    ...(event.valueMeta === undefined ? {} : { meta: event.valueMeta }),
  };
}

function noteDecision(step: StepState, event: Decided, at: string): void {
  const { decision, by, why } = event;
  const noted = { decision, at, ...(by === undefined ? {} : { by }), ...(why === undefined ? {} : { why }) };
  step.decisions = [...step.decisions ?? [], noted];
}
