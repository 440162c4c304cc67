import type { EventOf } from "../../journal/event.ts";
import { storeArguments, storeValue } from "../../journal/stored_value.ts";
import { hashModule, homeAt } from "../../modules/module_source.ts";
import { functionKey, type FunctionName, isStepFunction, type StepFunction } from "../../modules/load_functions.ts";
import type { FunctionToName } from "../../modules/written_names.ts";
import type { Home } from "../../plan/function_place.ts";
import { type Code, labelStep, type NodeOptions, type PlanNode, type StepNode } from "../../plan/node.ts";
import type { Plan, PlannedNode, PlannedStep } from "../../plan/plan_builder.ts";
import type { State } from "../../state/state.ts";
import { readBrand } from "../../values/brand.ts";
import { type Encoded, withoutUndefined, writeJson } from "../../values/json.ts";
import { once } from "../../values/shape.ts";
import type { ReturnedPlan } from "./step_host.ts";

/** Only planning needs them. Each import would read their files again. */
const loadNaming = once(() => import("../../modules/name_functions.ts"));
const loadSearch = once(() => import("../../modules/search_functions.ts"));

/** Nodes as the journal holds them, and the modules to which their functions refer. */
export interface StoredNodes {
  readonly nodes: readonly PlanNode[];
  readonly modules: readonly string[];
}

export function planNodes(plan: Plan, names: ReadonlyMap<unknown, FunctionName>): StoredNodes {
  const indexes = new Map<string, number>();
  const toCode = (fn: unknown): Code => {
    const name = names.get(fn);
    if (name === undefined) throw new TypeError("A function of the plan was not named");
    const module = indexes.get(name.module) ?? indexes.size;
    indexes.set(name.module, module);
    return { module, export: name.export };
  };
  const nodes = plan.nodes.map((node) => node.kind === "step" ? stepNode(node, toCode) : node);
  return { nodes, modules: [...indexes.keys()] };
}

function stepNode({ id, fn, args, options }: PlannedStep, toCode: (fn: unknown) => Code): StepNode {
  const { name, retry, timeoutMs, interrupted, undo, database } = options;
  const code = toCode(fn);
  const stored: NodeOptions = withoutUndefined({
    retry,
    timeoutMs,
    interrupted: typeof interrupted === "function" ? toCode(interrupted) : interrupted,
    undo: undo && toCode(undo),
    database: database === true ? database : undefined,
  });
  return withoutUndefined({
    id,
    name,
    kind: "step",
    ...code,
    ...storeArguments(args),
    options: Object.keys(stored).length === 0 ? undefined : stored,
  });
}

/** Why a journal that is kept elsewhere cannot have some steps, as the end of a sentence; nothing if it can. */
export function needsPostgres(nodes: Iterable<PlanNode>): string | undefined {
  for (const node of nodes) {
    if (node.kind !== "step" || node.options?.database !== true) continue;
    const label = labelStep(node.id, node.name ?? node.export);
    return `${label} works in the database of its journal (database: true), which must be a PostgreSQL database`;
  }
  return undefined;
}

/** Every function that nodes may call, each once. */
export function functionsOf({ nodes, modules }: StoredNodes): readonly FunctionName[] {
  return nameCodes(nodes.flatMap(codesOf), modules);
}

/** Names functions by the URLs of their modules, each function once. */
export function nameCodes(codes: readonly Code[], modules: readonly string[]): readonly FunctionName[] {
  const names = new Map<string, FunctionName>();
  for (const { module, export: exported } of codes) {
    const name = { module: modules[module] ?? "", export: exported };
    names.set(functionKey(name), name);
  }
  return [...names.values()];
}

/** The functions of a node: its own, its probe and its undo. */
function codesOf(node: PlanNode): readonly Code[] {
  if (node.kind !== "step") return [];
  const { interrupted, undo } = node.options ?? {};
  return [node, ...(typeof interrupted === "object" ? [interrupted] : []), ...(undo === undefined ? [] : [undo])];
}

export interface NamedPlan extends StoredNodes {
  readonly value: Encoded;
  /** Functions that the program passed itself, by `functionKey`: they need no import. */
  readonly known: ReadonlyMap<string, StepFunction>;
}

export async function namePlan(home: Home, plan: Plan): Promise<NamedPlan> {
  const functions = plan.nodes.flatMap(functionsToName);
  const { nameFunctions } = await loadNaming();
  const names = new Map<unknown, FunctionName>();
  const known = new Map<string, StepFunction>();
  for (const [index, name] of (await nameFunctions(home, functions)).entries()) {
    const fn = functions[index]?.fn;
    names.set(fn, name);
    if (isStepFunction(fn) && readBrand(fn, "step-function") === undefined) known.set(functionKey(name), fn);
  }
  return { ...planNodes(plan, names), value: plan.value, known };
}

function functionsToName(node: PlannedNode): readonly FunctionToName[] {
  if (node.kind !== "step") return [];
  const { id, fn, options: { name, interrupted, undo } } = node;
  const label = labelStep(id, name ?? fn.name);
  return [
    { fn, label },
    ...(typeof interrupted === "function" ? [{ fn: interrupted, label: `the probe of ${label}` }] : []),
    ...(undo === undefined ? [] : [{ fn: undo, label: `the undo of ${label}` }]),
  ];
}

/** Plain functions of a plan are named from the module in which the step is written: another one may export the step. */
export async function nameReturnedPlan(
  plan: Plan,
  step: { readonly fn: StepFunction; readonly module: string; readonly known: Map<string, StepFunction> },
): Promise<ReturnedPlan> {
  const { findDefiner } = await loadSearch();
  const { nodes, modules, value, known } = await namePlan(homeAt(await findDefiner(step.module, step.fn)), plan);
  for (const [key, fn] of known) step.known.set(key, fn);
  // A module that cannot be read cannot be loaded either, and loading it says why.
  const hashes = await Promise.all(modules.map((url) => hashModule(url).catch(() => undefined)));
  const entries = modules.map((url, index) => withoutUndefined({ url, sha256: hashes[index] }));
  return { nodes, modules: entries, value };
}

export function planEvents(nodes: readonly PlanNode[], value: Encoded): readonly EventOf<"planned" | "ready">[] {
  const planned = cutNodes(nodes).map((part): EventOf<"planned"> => ({ type: "planned", nodes: part }));
  return [...planned, { type: "ready", nodes: nodes.length, ...storeValue(value) }];
}

/** Makes events of a plan that a step has returned. Modules that the transaction does not have yet are added to its table. */
export function expansionEvents(state: State, step: string, plan: ReturnedPlan): readonly EventOf<"expanded">[] {
  const indexes = new Map(state.modules.map(({ url }, index) => [url, index]));
  const added = plan.modules.filter(({ url }) => !indexes.has(url));
  for (const [index, { url }] of added.entries()) indexes.set(url, state.modules.length + index);
  const places = plan.modules.map(({ url }) => indexes.get(url) ?? 0);
  const nodes = plan.nodes.map((node) => moveNode(node, places));
  return cutNodes(nodes).map((part, index): EventOf<"expanded"> => ({
    type: "expanded",
    step,
    nodes: part,
    ...(index === 0 && added.length > 0 ? { modules: added } : {}),
  }));
}

/** Makes a node refer to modules by their places in another table. */
function moveNode(node: PlanNode, places: readonly number[]): PlanNode {
  if (node.kind !== "step") return node;
  const move = <T extends Code>(code: T): T => ({ ...code, module: places[code.module] ?? code.module });
  const { options } = node;
  if (options === undefined) return move(node);
  const { interrupted, undo } = options;
  return {
    ...move(node),
    options: withoutUndefined({
      ...options,
      interrupted: typeof interrupted === "object" ? move(interrupted) : interrupted,
      undo: undo && move(undo),
    }),
  };
}

/** A plan of more nodes, or with large arguments, is written in several records. */
const MAX_NODES_PER_EVENT = 5000;
const MAX_CHARACTERS_PER_EVENT = 1_000_000;

/** Cuts a plan's nodes into parts, one for each event, each small enough to be written in one record. At least one part. */
export function cutNodes(nodes: readonly PlanNode[]): readonly (readonly PlanNode[])[] {
  const parts: PlanNode[][] = [];
  let part: PlanNode[] = [];
  let characters = 0;
  for (const node of nodes) {
    const length = lengthOf(node);
    if (part.length > 0 && (part.length >= MAX_NODES_PER_EVENT || characters + length > MAX_CHARACTERS_PER_EVENT)) {
      parts.push(part);
      part = [];
      characters = 0;
    }
    part.push(node);
    characters += length;
  }
  parts.push(part);
  return parts;
}

/** Nearly all of what makes a node large. */
function lengthOf(node: PlanNode): number {
  if (node.kind !== "step") return 0;
  const { args, argsMeta } = node;
  return (args === undefined ? 0 : writeJson(args).length) +
    (argsMeta === undefined ? 0 : writeJson(argsMeta).length);
}
