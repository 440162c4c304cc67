import { referencesOf } from "../../state/references.ts";
import type { State } from "../../state/state.ts";
import type { StepState } from "../../state/step_state.ts";
import { encodedArguments, walkSteps } from "../../state/walk_steps.ts";
import type { Encoded } from "../../values/json.ts";
import { inspectState } from "./inspect_state.ts";
import type { InspectedAttempt, InspectedStep } from "./inspected_step.ts";
import type { Inspection } from "./inspection.ts";
import type { ReadState } from "./read_state.ts";

/** So many of what is in a step, and of those that refer to it, are told. */
const MAX_LISTED = 1000;

/** Everything about one step, as plain data. */
export interface StepReport {
  /** The transaction, without its other steps. */
  readonly transaction: Omit<Inspection, "steps">;
  /** The step. */
  readonly step: InspectedStep;
  /** What its function finds as `context().idempotencyKey` when it is next called; absent where there is no function. */
  readonly idempotencyKey?: string;
  /** Its attempts, in order: those to undo it behind the others. */
  readonly attempts: readonly InspectedAttempt[];
  /** What is in it, if it is a group or has returned a plan. */
  readonly children: readonly InspectedStep[];
  /** The steps whose values its arguments need. */
  readonly refersTo: readonly InspectedStep[];
  /** The steps whose arguments need its value. */
  readonly referredBy: readonly InspectedStep[];
  /** The transaction's own value needs its value. */
  readonly isResult: boolean;
}

/** How a step is told of. */
interface ReportStepOptions {
  /** The step's number or name. */
  readonly step: string;
  /** Takes out of a value what is not to be shown. */
  readonly redact: (encoded: Encoded) => Encoded;
}

/** Tells everything about one step; nothing if there is no such step. */
export function reportStep(source: ReadState, { step: word, redact }: ReportStepOptions): StepReport | undefined {
  const { state, story, read } = source;
  const id = state.names.get(word) ?? word;
  const step = state.byId.get(id);
  if (step === undefined) return undefined;
  const children = step.children === undefined ? [] : [...walkSteps(step.children)].slice(0, MAX_LISTED);
  const refersTo = find(state, referencesOf(encodedArguments(step)));
  const referredBy = findUsers(state, id);
  const attempts = story.attemptsOf(state, id, read.isHeld);
  const isResult = referencesOf(state.value).includes(id);
  const key = step.node.kind === "step" ? `${state.id}/${id}/${step.generation ?? 0}` : undefined;
  const inspection = inspectState(source, {
    choose: () => new Set([step, ...children, ...refersTo, ...referredBy]),
    redact,
  });
  const inspected = new Map(inspection.steps.map((one) => [one.id, one]));
  const pick = (steps: readonly StepState[]) => steps.flatMap(({ node }) => inspected.get(node.id) ?? []);
  const [own] = pick([step]);
  if (own === undefined) return undefined;
  const { steps: _steps, ...transaction } = inspection;
  return {
    transaction,
    step: own,
    ...(key === undefined ? {} : { idempotencyKey: key }),
    attempts,
    children: pick(children),
    refersTo: pick(refersTo),
    referredBy: pick(referredBy),
    isResult,
  };
}

function find(state: State, ids: readonly string[]): readonly StepState[] {
  return [...new Set(ids)].flatMap((id) => state.byId.get(id) ?? []);
}

function findUsers(state: State, id: string): readonly StepState[] {
  if (!state.referenced.has(id)) return [];
  const users: StepState[] = [];
  for (const step of walkSteps(state.root)) {
    if (users.length >= MAX_LISTED) break;
    const isPlan = step.children !== undefined && step.value !== undefined;
    const used = [
      ...referencesOf(encodedArguments(step)),
      ...(isPlan ? referencesOf(step.value ?? {}) : []),
    ];
    if (used.includes(id)) users.push(step);
  }
  return users;
}
