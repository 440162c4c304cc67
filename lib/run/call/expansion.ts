import { storeValue } from "../../journal/stored_value.ts";
import type { EventOf } from "../../journal/event.ts";
import type { Code, PlanNode } from "../../plan/node.ts";
import type { State } from "../../state/state.ts";
import { type Encoded, withoutUndefined, writeJson } from "../../values/json.ts";
import type { ReturnedPlan } from "./step_host.ts";

/** Makes events of a plan, in order. */
export function planEvents(
  nodes: readonly PlanNode[],
  value: Encoded,
): readonly EventOf<"planned" | "ready">[] {
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
