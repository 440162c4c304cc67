import { DecisionRefused } from "../errors/decision_errors.ts";
import type { DecidedEdit } from "../journal/decided.ts";
import { checkDecision } from "../state/check_decision.ts";
import { encodedArguments } from "../state/encoded_arguments.ts";
import { findStep, type State } from "../state/state.ts";
import type { Store } from "../storage/store.ts";
import type { Json } from "../values/json.ts";
import { safeText } from "../values/safe_text.ts";
import { encodeArguments } from "./encode_arguments.ts";
import { readState } from "./read_state.ts";
import { refuseClosed, repairJournal } from "./repair_journal.ts";
import { toEditable } from "./to_editable.ts";

/** Other arguments for a step. */
export interface EditRequest {
  /** The step, by number or name. */
  readonly step: string;
  /** The arguments, as `toEditable` writes them: a list. */
  readonly args: unknown;
  /** The arguments that were shown before; if they are others by now, nothing is changed. */
  readonly shown?: readonly Json[];
  /** Who decides. */
  readonly by?: string | undefined;
  /** Why. */
  readonly why?: string | undefined;
}

/** What has become of an edit. */
export interface EditedStep {
  /** What is true now. */
  readonly state: State;
  /** The step's id. */
  readonly step: string;
  /** The arguments are others than before. */
  readonly isChanged: boolean;
  /** The steps whose values stand in the arguments, since a run would no longer have them. */
  readonly inlined: readonly string[];
}

/**
 * Gives a step other arguments, and runs nothing.
 *
 * @throws {DecisionRefused} It cannot have them. The journal is as it was.
 * @throws {TransactionClosed} Nothing is left to run.
 * @throws {JournalLocked} A process runs it.
 */
export async function editJournal(store: Store, name: string, request: EditRequest): Promise<EditedStep> {
  let step = request.step;
  let inlined: readonly string[] = [];
  let isChanged = true;
  const { by, why } = request;
  const repair = { step, what: `edit step ${step}`, by, why };
  const state = await repairJournal(store, name, repair, (now, { reason, refuse }) => {
    refuseClosed(name, now);
    step = now.names.get(step) ?? step;
    // First without the arguments: that the step is finished says more than what is wrong with them.
    const blank: DecidedEdit = { type: "decided", decision: "edit", step, args: [] };
    const early = checkDecision(now, blank);
    const target = findStep(now, step);
    if (early !== undefined || target === undefined) throw refuse(early ?? "there is no such step");
    const before = encodedArguments(target);
    const { json, kept } = toEditable(before);
    if (request.shown !== undefined && !isSame(request.shown, json)) throw refuse("it got other arguments meanwhile");
    let event: DecidedEdit;
    try {
      const { inlined: put, ...args } = encodeArguments(now, request.args, kept);
      inlined = put;
      event = { type: "decided", decision: "edit", step, ...args, ...reason };
    } catch (error) {
      throw refuse(safeText(error instanceof Error ? error.message : error, 4000), { cause: error });
    }
    isChanged = !isSame([before.value ?? [], before.meta ?? null], [event.args, event.argsMeta ?? null]);
    const refusal = checkDecision(now, event);
    if (refusal !== undefined) throw refuse(refusal);
    return isChanged ? event : undefined;
  }, { keepsValues: true });
  return { state, step, isChanged, inlined };
}

/** A step whose arguments are about to be edited. */
export interface StepToEdit {
  /** Its id. */
  readonly step: string;
  /** What is true. */
  readonly state: State;
  /** Its arguments, in the form in which `editJournal` takes them. */
  readonly args: readonly Json[];
}

/**
 * Reads the arguments of a step, for a person to edit. Takes no lock and writes nothing.
 *
 * @throws {DecisionRefused} {@linkcode TransactionClosed} {@linkcode JournalLocked} They cannot be edited.
 */
export async function readStepToEdit(store: Store, name: string, stepName: string): Promise<StepToEdit> {
  const state = await readState(store, name);
  refuseClosed(name, state);
  const step = state.names.get(stepName) ?? stepName;
  const refusal = checkDecision(state, { type: "decided", decision: "edit", step, args: [] });
  const target = findStep(state, step);
  if (refusal !== undefined || target === undefined) {
    throw new DecisionRefused(name, step, `Cannot edit step ${stepName}: ${refusal ?? "there is no such step"}`);
  }
  return { step, state, args: toEditable(encodedArguments(target)).json };
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
