import { readArguments } from "../journal/stored_value.ts";
import type { PlanNode } from "../plan/node.ts";
import type { Encoded } from "../values/json.ts";
import { addNode, checkPlace, noteReferences, referencesOf } from "./add_nodes.ts";
import { checkReferences } from "./references.ts";
import { ImpossibleEvent, type State } from "./state.ts";
import { hasHappened, parentId, walkSteps } from "./walk_steps.ts";

/**
 * Adds nodes behind one that is in the plan already, or before all, where nothing behind them has happened. What is in
 * them follows.
 */
export function insertNodes(state: State, nodes: readonly PlanNode[], after: string | undefined): void {
  refusePlace(state, after);
  const place = after === undefined ? undefined : parentId(after);
  let position: number | undefined;
  for (const node of nodes) {
    const container = checkPlace(state, node.id);
    if (position !== undefined && nodes.some(({ id }) => id === parentId(node.id))) {
      container.children.push(addNode(state, node));
    } else {
      if (parentId(node.id) !== place) throw new ImpossibleEvent(`step ${node.id} cannot stand behind step ${after}`);
      position ??= 1 + container.children.findIndex((step) => step.node.id === after);
      container.children.splice(position, 0, addNode(state, node));
      container.cursor = Math.min(container.cursor, position);
      position += 1;
    }
    if (node.kind === "step") refer(state, node.id, readArguments(node));
  }
  rewindCursors(state, place);
}

/** Has a step refer to what its new arguments refer to, or says why it cannot. */
export function refer(state: State, id: string, args: Encoded): void {
  // In this order: what is noted as referred to counts as kept.
  if (referencesOf(args).length === 0) return;
  const reason = checkReferences(state, id, args);
  if (reason !== undefined) throw new ImpossibleEvent(`step ${id} cannot have these arguments: ${reason}`);
  noteReferences(state, args);
}

/** What a container holds is open again: those that it lies in may have passed it. */
export function rewindCursors(state: State, place: string | undefined): void {
  state.root.cursor = 0;
  for (let id = place; id !== undefined; id = parentId(id)) {
    const container = state.byId.get(id)?.children;
    if (container !== undefined) container.cursor = 0;
  }
}

/** What has happened cannot come behind what has not. */
function refusePlace(state: State, after: string | undefined): void {
  if (!state.isReady || state.rollback !== undefined) {
    throw new ImpossibleEvent("a step was inserted before the plan was complete, or while it was rolled back");
  }
  if (after !== undefined && !state.byId.has(after)) throw new ImpossibleEvent(`there is no step ${after} in the plan`);
  const left = findLeftOut(state, after);
  if (left !== undefined) throw new ImpossibleEvent(`a step was inserted into step ${left}, which is left out`);
  const late = findHappenedBehind(state, after);
  if (late === undefined) return;
  const place = after === undefined ? "before all others" : `behind step ${after}`;
  throw new ImpossibleEvent(`a step was inserted ${place}, and step ${late} has happened, or may have`);
}

/** A group that is left out, and that a step behind another would lie in: it would never run. */
export function findLeftOut(state: State, after: string | undefined): string | undefined {
  for (let id = parentId(after ?? ""); id !== undefined; id = parentId(id)) {
    if (state.byId.get(id)?.status === "skipped") return id;
  }
  return undefined;
}

/** The first step behind another, and not in it, that has happened; of all when there is no other. */
export function findHappenedBehind(state: State, after: string | undefined): string | undefined {
  let isBehind = after === undefined;
  for (const step of walkSteps(state.root)) {
    const { id } = step.node;
    if (isBehind && hasHappened(step) && !id.startsWith(`${after}.`)) return id;
    if (id === after) isBehind = true;
  }
  return undefined;
}
