import type { NextCommand } from "../../errors/journal_error.ts";
import { referencesOf } from "../../state/references.ts";
import { idempotencyKey, nextCallKind } from "../../state/idempotency_key.ts";
import { type State, toStepId } from "../../state/state.ts";
import type { StepState } from "../../state/step_state.ts";
import { encodedArguments, walkSteps } from "../../state/walk_steps.ts";
import type { Redact } from "../redact/redact_secrets.ts";
import { inspectState, nextOf } from "./inspect_state.ts";
import { toInspectable } from "./inspect_step.ts";
import type { InspectedAttempt, InspectedStep } from "./inspected_step.ts";
import type { Inspection } from "./inspection.ts";
import type { ReadState } from "./read_state.ts";

/** The maximum number of steps that are listed inside a step, and as its users. */
const MAX_LISTED = 1000;

/** `inspect --step`: everything about one step, as plain data. */
export interface StepReport {
  readonly transaction: Omit<Inspection, "steps">;
  readonly step: InspectedStep;
  /** What its function, or its undo in a rollback, finds as `context().idempotencyKey` when it is called next. */
  readonly idempotencyKey?: string;
  /** Its attempts in order, those to undo it last. */
  readonly attempts: readonly InspectedAttempt[];
  /** What is in it, if it is a group or has returned a plan. */
  readonly children: readonly InspectedStep[];
  /** The steps whose values its arguments need. */
  readonly refersTo: readonly InspectedStep[];
  /** The steps whose arguments need its value. */
  readonly referredBy: readonly InspectedStep[];
  /** The transaction's own value needs its value. */
  readonly isResult: boolean;
  /** What to type next because of the step, or of what is in it, in the order to consider it. */
  readonly next: readonly NextCommand[];
}

/** Reports on one step, by its number or name; nothing if there is no such step. */
export function reportStep(read: ReadState, word: string, redact: Redact): StepReport | undefined {
  const { state, story } = read;
  const id = toStepId(state, word);
  const step = state.byId.get(id);
  if (step === undefined) return undefined;
  const children = step.children === undefined ? [] : [...walkSteps(step.children)].slice(0, MAX_LISTED);
  const needed = new Set(referencesOf(encodedArguments(step)));
  const refersTo = [...needed].flatMap((other) => state.byId.get(other) ?? []);
  const referredBy = findUsers(state, id);
  const { steps, ...transaction } = inspectState(
    toInspectable(read, redact),
    new Set([step, ...children, ...refersTo, ...referredBy]),
  );
  const inspected = new Map(steps.map((one) => [one.id, one]));
  const pick = (found: readonly StepState[]) => found.flatMap(({ node }) => inspected.get(node.id) ?? []);
  const own = inspected.get(id);
  return own && {
    transaction,
    step: own,
    idempotencyKey: step.node.kind === "step" ? idempotencyKey(state, step, nextCallKind(state, step)) : undefined,
    attempts: story.attemptsOf(state, id, read.read.isHeld),
    children: pick(children),
    refersTo: pick(refersTo),
    referredBy: pick(referredBy),
    isResult: referencesOf(state.value).includes(id),
    next: nextOf(read, id),
  };
}

function findUsers(state: State, id: string): readonly StepState[] {
  if (!state.referenced.has(id)) return [];
  const users: StepState[] = [];
  for (const step of walkSteps(state.root)) {
    if (users.length >= MAX_LISTED) break;
    const plan = step.children === undefined ? {} : step.value ?? {};
    if ([...referencesOf(encodedArguments(step)), ...referencesOf(plan)].includes(id)) users.push(step);
  }
  return users;
}
