import { pinFunction } from "../../modules/lex_module.ts";
import { checkFunctionName } from "../../modules/load_functions.ts";
import { STEP_ID, type StepNode } from "../../plan/node.ts";
import { checkName } from "../../plan/node_options.ts";
import { checkInsert } from "../../state/answers.ts";
import { findStep, type State } from "../../state/state.ts";
import { parentId } from "../../state/walk_steps.ts";
import type { Store } from "../../storage/store.ts";
import { safeText } from "../../text/escape.ts";
import { withoutUndefined } from "../../values/json.ts";
import { amendJournal } from "./amend_journal.ts";
import { type EditedStep, encodeArguments } from "./edit_journal.ts";

interface InsertRequest {
  /** The step before it, by number or name; absent when the new step is the first. */
  readonly after?: string | undefined;
  readonly module: string;
  readonly export: string;
  readonly args: unknown;
  readonly name?: string | undefined;
  readonly by?: string | undefined;
  readonly why?: string | undefined;
}

/** Adds a step to a plan, and runs nothing. If permitted, reads its module for the hash and to check the export. */
export async function insertJournal(
  store: Store,
  name: string,
  request: InsertRequest,
): Promise<Omit<EditedStep, "isChanged">> {
  checkFunctionName(request);
  const sha256 = await pinFunction(request);
  let step = "";
  let inlined: readonly string[] = [];
  const place = request.after === undefined ? "before all other steps" : `after step ${request.after}`;
  const amendment = { ...request, step: request.after, what: `insert a step ${place}`, keepsValues: true };
  const { state } = await amendJournal(store, name, amendment, (now, { step: before, reason, refuse }) => {
    const after = request.after === undefined ? undefined : before;
    const newName = request.name?.normalize();
    const refusal = checkInsert(now, after) ?? checkNewName(now, newName);
    if (refusal !== undefined) throw refuse(refusal);
    const index = now.modules.findIndex(({ url }) => url === request.module);
    const isNew = index === -1;
    step = nextId(now, after);
    if (STEP_ID(step) !== undefined) throw refuse("no number is left for a new step");
    const encoded = encodeArguments(now, request.args, [], refuse);
    inlined = encoded.inlined;
    const node: StepNode = withoutUndefined({
      id: step,
      name: newName,
      kind: "step",
      module: isNew ? now.modules.length : index,
      export: request.export,
      ...(isEmpty(encoded.args.args) ? {} : encoded.args),
    });
    const modules = isNew ? [withoutUndefined({ url: request.module, sha256 })] : undefined;
    return withoutUndefined({ type: "decided", decision: "insert", after, nodes: [node], modules, ...reason } as const);
  });
  return { state, step, inlined };
}

function checkNewName(state: State, name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  if (state.names.has(name)) return `step ${state.names.get(name)} is already named ${JSON.stringify(name)}`;
  try {
    checkName("a step", name);
    return undefined;
  } catch (error) {
    return safeText(error instanceof Error ? error.message : error, 500);
  }
}

/** A step after another one is in the same group. */
function nextId(state: State, after: string | undefined): string {
  const place = after === undefined ? undefined : parentId(after);
  const container = place === undefined ? state.root : findStep(state, place)?.children ?? state.root;
  return `${place === undefined ? "" : `${place}.`}${container.next}`;
}

function isEmpty(args: unknown): boolean {
  return Array.isArray(args) && args.length === 0;
}
