import type { Expanded } from "../../journal/event.ts";
import { type StoredValue, storeValue } from "../../journal/stored_value.ts";
import { hashModule, homeAt } from "../../modules/module_source.ts";
import { functionKey, type FunctionName, type StepFunction } from "../../modules/step_function.ts";
import type { PlanNode } from "../../plan/node.ts";
import type { Plan } from "../../plan/planned_node.ts";
import { buildSubPlan } from "../../plan/sub_plan.ts";
import type { State } from "../../state/state.ts";
import type { StepState } from "../../state/step_state.ts";
import { namePlan, type NodeNames, planNodes } from "./plan_nodes.ts";

/** A plan that a step has returned, ready to be written down. */
export interface Expansion {
  /** The plan. */
  readonly plan: Plan;
  /** For each node the names of its functions. */
  readonly names: readonly NodeNames[];
  /** The functions that it may call, each once. */
  readonly wanted: readonly FunctionName[];
  /** Functions that it handed over itself, by `functionKey`. */
  readonly known: ReadonlyMap<string, StepFunction>;
  /** The hash of each module's source, as far as it has one. */
  readonly hashes: ReadonlyMap<string, string | undefined>;
}

/**
 * Reads what a step has returned, if that is a plan. Plain functions in it are named from the module that the step is
 * written in, which is not always the one that it was taken from.
 *
 * @param value What it has returned.
 * @param fn The step's function.
 */
export async function prepareExpansion(
  value: unknown,
  fn: StepFunction,
  { node, children }: StepState,
  state: State,
): Promise<Expansion | undefined> {
  if (node.kind !== "step") return undefined;
  const isTaken = (name: string) => state.names.has(name);
  const plan = buildSubPlan(value, { parent: node.id, next: children?.next ?? 1, isTaken });
  if (plan === undefined) return undefined;
  // Only who plans needs it: what it is made of takes 20 ms to load.
  const { findDefiner } = await import("../../modules/name_functions.ts");
  const definer = await findDefiner(state.modules[node.module]?.url ?? "", fn);
  const { names, known } = await namePlan(homeAt(definer), plan);
  const all = names.flatMap(({ step, probe, undo }) => [step, probe, undo].filter((name) => name !== undefined));
  const wanted = [...new Map(all.map((name) => [functionKey(name), name])).values()];
  const hashes = new Map<string, string | undefined>();
  for (const { module } of wanted) {
    // One that cannot be read cannot be loaded either, and that is told when it is tried.
    if (!hashes.has(module)) hashes.set(module, await hashModule(module).catch(() => undefined));
  }
  return { plan, names, wanted, known, hashes };
}

/** Writes a plan that a step has returned as events. Modules that the table does not have yet go to its end. */
export function expansionEvents(
  state: State,
  step: StepState,
  { plan, names, hashes }: Expansion,
): { readonly expanded: readonly Expanded[]; readonly value: StoredValue } {
  const indexes = new Map(state.modules.map(({ url }, index) => [url, index]));
  const added: string[] = [];
  const nodes = planNodes(plan, names, (url) => {
    const index = indexes.get(url) ?? state.modules.length + added.length;
    if (!indexes.has(url)) added.push(url);
    indexes.set(url, index);
    return index;
  });
  const modules = added.map((url) => {
    const sha256 = hashes.get(url);
    return sha256 === undefined ? { url } : { url, sha256 };
  });
  const expanded = cutNodes(nodes).map((part, index): Expanded => ({
    type: "expanded",
    step: step.node.id,
    nodes: part,
    ...(index === 0 && modules.length > 0 ? { modules } : {}),
  }));
  return { expanded, value: storeValue(plan.value) };
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
  return (args === undefined ? 0 : JSON.stringify(args).length) +
    (argsMeta === undefined ? 0 : JSON.stringify(argsMeta).length);
}
