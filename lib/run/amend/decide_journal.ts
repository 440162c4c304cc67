import { checkDecision, type StepDecision } from "../../state/answers.ts";
import { findStep, type State } from "../../state/state.ts";
import { lastDecision } from "../../state/undecide.ts";
import type { Store } from "../../storage/store.ts";
import type { DecisionRequest } from "../options/transaction_options.ts";
import { toDecision } from "../start/decision_request.ts";
import { refuseClosed, repairJournal } from "./repair_journal.ts";

/** A decision about a step that needs no more than to be said. */
export type DecideRequest =
  | DecisionRequest
  | (Omit<DecisionRequest, "decision" | "result"> & { readonly decision: "remove" | "rewind" | "undecide" });

/** What has been decided. */
interface TakenDecision {
  /** What is true now. */
  readonly state: State;
  /** The step's id. */
  readonly step: string;
  /** What was taken back, if that was it. */
  readonly undone?: string;
}

/** What each is called in a message. */
const VERBS: Readonly<Record<DecideRequest["decision"], string>> = {
  retry: "have step … run again",
  done: "say that step … is done",
  skip: "leave out step …",
  remove: "remove step …",
  rewind: "rewind to step …",
  undecide: "take back what was decided about step …",
};

/**
 * Decides about a step: writes that into the journal, and runs nothing.
 *
 * @param confirm Looks at what is true before it is written; may throw.
 * @throws {DecisionRefused} It cannot be decided. The journal is as it was.
 * @throws {TransactionClosed} Nothing is left to decide about.
 * @throws {JournalLocked} A process runs it.
 */
export async function decideJournal(
  store: Store,
  name: string,
  request: DecideRequest,
  confirm: (state: State, step: string) => void = () => {},
): Promise<TakenDecision> {
  let step = request.step;
  let undone: string | undefined;
  const { by, why } = request;
  const what = VERBS[request.decision].replace("…", request.step);
  const state = await repairJournal(store, name, { step, what, by, why }, (now, { reason, refuse }) => {
    if (request.decision !== "rewind") refuseClosed(name, now);
    step = now.names.get(step) ?? step;
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
  return { state, step, ...(undone === undefined ? {} : { undone }) };
}

function isPlain(request: DecideRequest): request is Exclude<DecideRequest, DecisionRequest> {
  return request.decision === "remove" || request.decision === "rewind" || request.decision === "undecide";
}
