import type { DecidedAs } from "../../journal/event.ts";
import type { ModuleEntry } from "../../journal/stored.ts";
import { pinFunction } from "../../modules/lex_module.ts";
import { checkFunctionName } from "../../modules/step_function.ts";
import type { StepNode } from "../../plan/node.ts";
import { checkName } from "../../plan/node_options.ts";
import { checkInsert } from "../../state/answers.ts";
import { findStep, type State } from "../../state/state.ts";
import { parentId } from "../../state/walk_steps.ts";
import type { Store } from "../../storage/store.ts";
import { safeText } from "../../text/escape.ts";
import { encodeArguments } from "./edit_journal.ts";
import { refuseClosed, repairJournal } from "./repair_journal.ts";

/** A step that is to be added to a plan. */
interface InsertRequest {
  /** The step that it comes behind, by number or name; absent when it comes before all others. */
  readonly after?: string | undefined;
  /** URL of its module. */
  readonly module: string;
  /** The export that is its function. */
  readonly export: string;
  /** Its arguments, as `toEditable` writes them: a list. */
  readonly args: unknown;
  /** Its name. */
  readonly name?: string | undefined;
  /** Who decides. */
  readonly by?: string | undefined;
  /** Why. */
  readonly why?: string | undefined;
}

/** What has been inserted. */
interface InsertedStep {
  /** What is true now. */
  readonly state: State;
  /** The new step's id. */
  readonly step: string;
  /** The steps whose values stand in its arguments, since a run would no longer have them. */
  readonly inlined: readonly string[];
}

/**
 * Adds a step to a plan, and runs nothing. Its module is read, where that is permitted, for its hash and to see whether
 * there is such an export.
 *
 * @throws {DecisionRefused} It cannot stand there. The journal is as it was.
 * @throws {ModuleUnavailable} There is no such module or export, or it is not allowed.
 * @throws {TransactionClosed} Nothing is left to run.
 * @throws {JournalLocked} A process runs it.
 */
export async function insertJournal(store: Store, name: string, request: InsertRequest): Promise<InsertedStep> {
  checkFunctionName(request);
  const sha256 = await pinFunction(request);
  let step = "";
  let inlined: readonly string[] = [];
  const { by, why } = request;
  const what = `insert a step ${request.after === undefined ? "before all others" : `behind step ${request.after}`}`;
  const state = await repairJournal(store, name, { step: request.after ?? "", what, by, why }, (now, tools) => {
    const { reason, refuse } = tools;
    refuseClosed(name, now);
    const after = request.after === undefined ? undefined : now.names.get(request.after) ?? request.after;
    const refusal = checkInsert(now, after) ?? checkNewName(now, request.name);
    if (refusal !== undefined) throw refuse(refusal);
    const { index, added } = findModule(now, request.module, sha256);
    step = nextId(now, after);
    try {
      const { inlined: put, ...args } = encodeArguments(now, request.args, []);
      inlined = put;
      const node: StepNode = {
        id: step,
        ...(request.name === undefined ? {} : { name: request.name }),
        kind: "step",
        module: index,
        export: request.export,
        ...(isEmpty(args.args) ? {} : args),
      };
      return insertion(node, after, added, reason);
    } catch (error) {
      throw refuse(safeText(error instanceof Error ? error.message : error, 4000), { cause: error });
    }
  }, { keepsValues: true });
  return { state, step, inlined };
}

function insertion(
  node: StepNode,
  after: string | undefined,
  modules: readonly ModuleEntry[],
  reason: Pick<DecidedAs<"insert">, "by" | "why">,
): DecidedAs<"insert"> {
  return {
    type: "decided",
    decision: "insert",
    ...(after === undefined ? {} : { after }),
    nodes: [node],
    ...(modules.length === 0 ? {} : { modules }),
    ...reason,
  };
}

function checkNewName(state: State, name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  if (state.names.has(name)) return `step ${state.names.get(name)} is named ${JSON.stringify(name)} already`;
  try {
    checkName("a step", name);
    return undefined;
  } catch (error) {
    return safeText(error instanceof Error ? error.message : error, 500);
  }
}

/** What lies behind a step lies in what that step lies in. */
function nextId(state: State, after: string | undefined): string {
  const place = after === undefined ? undefined : parentId(after);
  const container = place === undefined ? state.root : findStep(state, place)?.children ?? state.root;
  return `${place === undefined ? "" : `${place}.`}${container.next}`;
}

function findModule(
  { modules }: State,
  url: string,
  sha256: string | undefined,
): { readonly index: number; readonly added: readonly ModuleEntry[] } {
  const index = modules.findIndex((module) => module.url === url);
  if (index !== -1) return { index, added: [] };
  return { index: modules.length, added: [sha256 === undefined ? { url } : { url, sha256 }] };
}

function isEmpty(args: unknown): boolean {
  return Array.isArray(args) && args.length === 0;
}
