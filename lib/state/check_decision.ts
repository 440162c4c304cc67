import type { Decided } from "../journal/decided.ts";
import { findPlaceholders } from "../values/find_placeholders.ts";
import { encodedArguments } from "./encoded_arguments.ts";
import { encodedResult } from "./encoded_result.ts";
import { findStep, type State, type StepState } from "./state.ts";

/** A decision that is about one step. */
export type StepDecision = Extract<Decided, { readonly step: string }>;

/**
 * Tells why a decision cannot be taken.
 *
 * @param state What is true now. A step that was `started` counts as `unknown`: whoever decides owns the journal.
 * @param decision The decision.
 * @returns Why not, as the end of a sentence; nothing if it can.
 */
export function checkDecision(state: State, decision: StepDecision): string | undefined {
  const step = findStep(state, decision.step);
  if (step === undefined) {
    return `the plan has no such step: it has steps ${
      idRange(state)
    }, and those with a name of their own go by it, too`;
  }
  if (step.status === "finished" && step.dropped !== undefined && decision.decision === "done") {
    return decision.given === true ? undefined : "it is finished, and what is missing is its result: add --result";
  }
  if (step.status === "finished") return "it is finished, and nothing that has happened can be decided otherwise";
  if (step.status === "skipped" && decision.decision !== "done") return "it was left out already";
  if (step.status === "undone") return "it is undone";
  const leavesNoValue = decision.decision === "skip" || (decision.decision === "done" && decision.given !== true);
  const user = leavesNoValue ? firstUser(state, decision.step) : undefined;
  if (user === undefined) return undefined;
  const remedy = `Use --done ${decision.step} --result JSON`;
  return `${user} needs its value. ${remedy}`;
}

/** Names whatever still needs the value of a step. */
function firstUser(state: State, id: string): string | undefined {
  if (!state.referenced.has(id)) return undefined;
  for (let position = state.cursor; position < state.steps.length; position += 1) {
    const step = state.steps[position];
    if (step !== undefined && isPending(step) && refersTo(encodedArguments(step), id)) return `step ${step.node.id}`;
  }
  return refersTo(encodedResult(state), id) ? "the transaction's own value" : undefined;
}

function isPending(step: StepState): boolean {
  return step.status !== "finished" && step.status !== "skipped" && step.status !== "undone";
}

function refersTo(encoded: Parameters<typeof findPlaceholders>[0], id: string): boolean {
  return findPlaceholders(encoded).some((placeholder) => placeholder.kind === "ref" && placeholder.step === id);
}

function idRange(state: State): string {
  const first = state.steps[0]?.node.id;
  const last = state.steps.at(-1)?.node.id;
  return first === undefined ? "none" : `${first} to ${last}`;
}
