import { DecisionRefused } from "../../errors/decision_errors.ts";
import type { Reason } from "../../journal/event.ts";
import { storeValue } from "../../journal/stored_value.ts";
import type { StepDecision } from "../../state/answers.ts";
import { type State, toStepId } from "../../state/state.ts";
import { encodeValue } from "../../values/encode_value.ts";
import type { DecisionRequest } from "../options/transaction_options.ts";

const DECISIONS: ReadonlySet<string> = new Set(["retry", "done", "skip"]);

export function toDecision(journal: string, state: State, request: DecisionRequest): StepDecision {
  const step = toStepId(state, request.step);
  const refuse = (why: string) => new DecisionRefused(journal, step, `Cannot decide about step ${step}: ${why}`);
  if (state.status === "finished") throw refuse("the transaction has finished");
  if (!DECISIONS.has(request.decision)) throw refuse(`"${request.decision}" is none of ${[...DECISIONS].join(", ")}`);
  const reason = toReason(request, refuse);
  if (request.decision !== "done") return { type: "decided", decision: request.decision, step, ...reason };
  if (request.result === undefined) return { type: "decided", decision: "done", step, ...reason };
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

export function toReason(
  { by, why }: { readonly by?: string | undefined; readonly why?: string | undefined },
  refuse: (why: string) => Error,
): Reason {
  if ((by?.length ?? 0) > MAX_BY) throw refuse(`the name of who decides has at most ${MAX_BY} characters`);
  if ((why?.length ?? 0) > MAX_WHY) throw refuse(`the reason has at most ${MAX_WHY} characters`);
  // Half of a character would make the journal unreadable for strict readers of JSON.
  return {
    ...(by === undefined ? {} : { by: by.toWellFormed() }),
    ...(why === undefined ? {} : { why: why.toWellFormed() }),
  };
}
