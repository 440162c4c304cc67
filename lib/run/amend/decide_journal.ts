import { checkDecision, type StepDecision } from "../../state/answers.ts";
import { findStep, type State } from "../../state/state.ts";
import { lastDecision } from "../../state/undecide.ts";
import type { Store } from "../../storage/store.ts";
import type { DecisionRequest } from "../options/transaction_options.ts";
import { toDecision } from "../start/decision_request.ts";
import { amendJournal } from "./amend_journal.ts";

/** A decision about a step that needs nothing else to be said. */
export type DecideRequest =
  | DecisionRequest
  | (Omit<DecisionRequest, "decision" | "result"> & { readonly decision: "remove" | "rewind" | "undecide" });

interface TakenDecision {
  readonly state: State;
  readonly step: string;
  /** For `undecide`: the decision that no longer counts. */
  readonly undone?: string | undefined;
}

const VERBS: Readonly<Record<DecideRequest["decision"], string>> = {
  retry: "retry step …",
  done: "mark step … as done",
  skip: "skip step …",
  remove: "remove step …",
  rewind: "rewind to step …",
  undecide: "undo the last decision about step …",
};

/** Records a decision about a step, and runs nothing. `confirm` gets the state before that, and may throw. */
export async function decideJournal(
  store: Store,
  name: string,
  request: DecideRequest,
  confirm: (state: State, step: string) => void = () => {},
): Promise<TakenDecision> {
  let undone: string | undefined;
  const what = VERBS[request.decision].replace("…", request.step);
  const amendment = { ...request, what, mayBeClosed: request.decision === "rewind" };
  const amended = await amendJournal(store, name, amendment, (now, { step, reason, refuse }) => {
    const event = isPlain(request)
      ? { type: "decided", decision: request.decision, step, ...reason } satisfies StepDecision
      : toDecision(name, now, request);
    const refusal = checkDecision(now, event);
    if (refusal !== undefined) throw refuse(refusal);
    const decided = findStep(now, step);
    if (request.decision === "undecide") undone = decided && lastDecision(now, decided)?.decision;
    confirm(now, step);
    return event;
  });
  return { ...amended, undone };
}

function isPlain(request: DecideRequest): request is Exclude<DecideRequest, DecisionRequest> {
  return request.decision === "remove" || request.decision === "rewind" || request.decision === "undecide";
}
