import type { DecidedAs, Reason } from "../../journal/event.ts";
import { storeArguments, type StoredArguments } from "../../journal/stored_value.ts";
import { refusedError } from "../../messages/refusal.ts";
import { pinFunction } from "../../modules/lex_module.ts";
import { checkFunctionName, type FunctionName } from "../../modules/load_functions.ts";
import { STEP_ID, type StepNode } from "../../plan/node.ts";
import { checkName } from "../../plan/node_options.ts";
import { env, StepRef } from "../../plan/ref.ts";
import { checkAnswer, checkDecision, checkInsert, type Refusal } from "../../state/answers.ts";
import { describeMissing, isValueKept } from "../../state/references.ts";
import { findStep, type State, toStepId } from "../../state/state.ts";
import type { StepState } from "../../state/step_state.ts";
import { encodedArguments, parentId } from "../../state/walk_steps.ts";
import { readIdleState } from "../../storage/read_state.ts";
import type { Store } from "../../storage/store.ts";
import { safeText } from "../../text/escape.ts";
import { takePart } from "../../values/decode_value.ts";
import { encodeValue } from "../../values/encode_value.ts";
import { type Json, withoutUndefined } from "../../values/json.ts";
import { resolveValue, valuesOf } from "../call/resolve_value.ts";
import { amendJournal, refuseClosed } from "./amend_journal.ts";
import { fromEditable, OWNER, toEditable } from "./editable.ts";

interface EditRequest extends Reason {
  /** Number or name. */
  readonly step: string;
  /** The arguments, as `toEditable` writes them: a list. */
  readonly args: unknown;
  /** The arguments that were shown before. If they have changed since, the edit is refused. */
  readonly shown?: readonly Json[] | undefined;
}

export interface EditedStep {
  readonly state: State;
  readonly step: string;
  readonly isChanged: boolean;
  /** The steps whose values are written into the arguments, since a run would no longer have them. */
  readonly inlined: readonly string[];
}

/** Gives a step other arguments, and runs nothing. */
export async function editJournal(store: Store, name: string, request: EditRequest): Promise<EditedStep> {
  const amendment = { ...request, what: `edit step ${request.step}`, keepsValues: true };
  return await amendJournal(store, name, amendment, (now, { step, reason, refuse }) => {
    // First without the arguments: that the step is finished says more than what is wrong with them.
    const target = findToEdit(now, step);
    if ("code" in target) throw refuse(target);
    const before = encodedArguments(target);
    const { json, kept } = toEditable(before);
    if (request.shown !== undefined && !isSame(request.shown, json)) {
      throw refuse("its arguments have changed since they were shown");
    }
    const { args, inlined } = encodeArguments(now, request.args, kept, refuse);
    const event: DecidedAs<"edit"> = { type: "decided", decision: "edit", step, ...args, ...reason };
    const isChanged = !isSame([before.value ?? [], before.meta ?? null], [event.args, event.argsMeta ?? null]);
    const refusal = checkDecision(now, event);
    if (refusal !== undefined) throw refuse(refusal);
    return { event: isChanged ? event : undefined, isChanged, inlined };
  });
}

export interface StepToEdit {
  readonly step: string;
  readonly state: State;
  /** Its arguments, in the form in which `editJournal` takes them. */
  readonly args: readonly Json[];
}

/** Reads the arguments of a step, for a person to edit. Takes no lock and writes nothing. */
export async function readStepToEdit(store: Store, name: string, stepName: string): Promise<StepToEdit> {
  const state = await readIdleState(store, name);
  refuseClosed(name, state);
  const step = toStepId(state, stepName);
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

/** Encodes arguments that a person has written. `state` has the values of all steps: those that a run lacks replace refs. */
export function encodeArguments(
  state: State,
  json: unknown,
  kept: readonly unknown[],
  refuse: (why: string, options: ErrorOptions) => Error,
): { readonly args: StoredArguments & { readonly args: Json }; readonly inlined: readonly string[] } {
  const inlined = new Set<string>();
  const refer = (name: string, path: readonly string[]): unknown => {
    const id = toStepId(state, name);
    const step = findStep(state, id);
    const ref = new StepRef({ owner: OWNER, step: id, path });
    if (step?.status === "skipped") {
      throw new TypeError(`step ${id} is skipped, and has no value. Use done ${id} --result JSON`);
    }
    if (step?.status !== "finished") return ref;
    if (step.marks?.dropped !== undefined) throw new TypeError(`step ${id} has no value. Use done ${id} --result JSON`);
    const value = partOf(state, id, path);
    if (isValueKept(state, step)) return ref;
    inlined.add(id);
    return value;
  };
  try {
    const values = fromEditable(json, { kept, refer, variable: env });
    const args = { args: [], ...storeArguments(encodeValue(values, { root: "arguments" })) };
    return { args, inlined: [...inlined] };
  } catch (error) {
    throw refuse(safeText(error, 4000), { cause: error });
  }
}

/** The part of a value, as a run will find it. */
function partOf(state: State, id: string, path: readonly string[]): unknown {
  let value: unknown;
  try {
    value = resolveValue(valuesOf(state), findStep(state, id)?.value ?? {});
  } catch (error) {
    throw new TypeError(`the value of step ${id} is not available: ${safeText(error)}`, { cause: error });
  }
  const taken = takePart(value, path);
  if ("value" in taken) return taken.value;
  throw new TypeError(`the arguments refer to the value of step ${id}: ${describeMissing(path, taken)}`);
}

interface InsertRequest extends FunctionName, Reason {
  /** The step before it, by number or name; absent when the new step is the first. */
  readonly after?: string | undefined;
  readonly args: unknown;
  readonly name?: string | undefined;
}

/** Adds a step to a plan, and runs nothing. If permitted, reads its module for the hash and to check the export. */
export async function insertJournal(
  store: Store,
  name: string,
  request: InsertRequest,
): Promise<Omit<EditedStep, "isChanged">> {
  checkFunctionName(request);
  const sha256 = await pinFunction(request);
  const place = request.after === undefined ? "before all other steps" : `after step ${request.after}`;
  const amendment = { ...request, step: request.after, what: `insert a step ${place}`, keepsValues: true };
  return await amendJournal(store, name, amendment, (now, { step: before, reason, refuse }) => {
    const after = request.after === undefined ? undefined : before;
    const newName = request.name?.normalize();
    const refusal = checkInsert(now, after) ?? checkNewName(now, newName);
    if (refusal !== undefined) throw refuse(refusal);
    const index = now.modules.findIndex(({ url }) => url === request.module);
    const isNew = index === -1;
    const step = nextId(now, after);
    if (STEP_ID(step) !== undefined) throw refuse("no number is left for a new step");
    const { args, inlined } = encodeArguments(now, request.args, [], refuse);
    const node: StepNode = withoutUndefined({
      id: step,
      name: newName,
      kind: "step",
      module: isNew ? now.modules.length : index,
      export: request.export,
      ...(Array.isArray(args.args) && args.args.length === 0 ? {} : args),
    });
    const modules = isNew ? [withoutUndefined({ url: request.module, sha256 })] : undefined;
    const event = { type: "decided", decision: "insert", after, nodes: [node], modules, ...reason } as const;
    return { event: withoutUndefined(event), step, inlined };
  });
}

function checkNewName(state: State, name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  if (state.names.has(name)) return `step ${state.names.get(name)} is already named ${JSON.stringify(name)}`;
  try {
    checkName("a step", name);
    return undefined;
  } catch (error) {
    return safeText(error, 500);
  }
}

/** A step after another one is in the same group. */
function nextId(state: State, after: string | undefined): string {
  const place = after === undefined ? undefined : parentId(after);
  const container = place === undefined ? state.root : findStep(state, place)?.children ?? state.root;
  return `${place === undefined ? "" : `${place}.`}${container.next}`;
}
