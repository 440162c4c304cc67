import type { DecidedAs } from "../../journal/event.ts";
import { storeArguments, type StoredArguments } from "../../journal/stored_value.ts";
import { refusedError } from "../../messages/refusal.ts";
import { StepRef } from "../../plan/ref.ts";
import { checkAnswer, checkDecision, type Refusal } from "../../state/answers.ts";
import { describeMissing, isValueKept } from "../../state/references.ts";
import { findStep, type State } from "../../state/state.ts";
import type { StepState } from "../../state/step_state.ts";
import { encodedArguments } from "../../state/walk_steps.ts";
import { readIdleState } from "../../storage/read_state.ts";
import type { Store } from "../../storage/store.ts";
import { safeText } from "../../text/escape.ts";
import { encodeValue } from "../../values/encode_value.ts";
import type { Json } from "../../values/json.ts";
import { resolveValue, valuesOf } from "../call/resolve_value.ts";
import { fromEditable, OWNER, toEditable } from "./editable.ts";
import { refuseClosed, repairJournal } from "./repair_journal.ts";

/** Other arguments for a step. */
interface EditRequest {
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
    const target = findToEdit(now, step);
    if ("code" in target) throw refuse(target);
    const before = encodedArguments(target);
    const { json, kept } = toEditable(before);
    if (request.shown !== undefined && !isSame(request.shown, json)) throw refuse("it got other arguments meanwhile");
    let event: DecidedAs<"edit">;
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
  const state = await readIdleState(store, name);
  refuseClosed(name, state);
  const step = state.names.get(stepName) ?? stepName;
  const target = findToEdit(state, step);
  if ("code" in target) throw refusedError(state, target, { journal: name, step, what: `edit step ${stepName}` });
  return { step, state, args: toEditable(encodedArguments(target)).json };
}

function findToEdit(state: State, id: string): StepState | Refusal {
  const step = findStep(state, id);
  return step === undefined ? { code: "no such step", step: id } : checkAnswer(state, step, "edit") ?? step;
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Arguments as an event has them, and what was done to get them. */
interface EncodedArguments extends StoredArguments {
  readonly args: Json;
  /** The steps whose values stand in it where refs were given. */
  readonly inlined: readonly string[];
}

/**
 * Encodes arguments that a person has written. What would refer to a value that a run no longer has gets the value itself.
 *
 * @param state What is true, with the values of all steps.
 * @param kept What `{"$keep": …}` stands for.
 * @throws {TypeError} {@linkcode RangeError} Something in them has no meaning, or cannot be stored.
 */
export function encodeArguments(state: State, json: unknown, kept: readonly unknown[]): EncodedArguments {
  const inlined = new Set<string>();
  const refer = (name: string, path: readonly string[]): unknown => {
    const id = state.names.get(name) ?? name;
    const step = findStep(state, id);
    const ref = new StepRef({ owner: OWNER, step: id, path });
    if (step?.status === "skipped") {
      throw new TypeError(`step ${id} is left out, and has no value. Use done ${id} --result`);
    }
    if (step?.status !== "finished") return ref;
    if (step.marks?.dropped !== undefined) throw new TypeError(`step ${id} has no value. Use done ${id} --result JSON`);
    const value = partOf(state, id, path);
    if (isValueKept(state, step)) return ref;
    inlined.add(id);
    return value;
  };
  const values = fromEditable(json, { kept, refer });
  return { args: [], ...storeArguments(encodeValue(values, { root: "arguments" })), inlined: [...inlined] };
}

/** What a run will find when it looks for the part. */
function partOf(state: State, id: string, path: readonly string[]): unknown {
  let value: unknown;
  try {
    value = resolveValue(valuesOf(state), findStep(state, id)?.value ?? {});
  } catch (error) {
    throw new TypeError(`the value of step ${id} is not to be had: ${safeText(error)}`, { cause: error });
  }
  const missing = describeMissing(value, path);
  if (missing !== undefined) throw new TypeError(`of the value of step ${id} is asked for ${missing}`);
  return path.reduce<unknown>((part, key) => Object.getOwnPropertyDescriptor(Object(part), key)?.value, value);
}
