import type { ModuleEntry } from "../journal/stored.ts";
import { readArguments } from "../journal/stored_value.ts";
import { isGroup, type PlanNode, type StepNode } from "../plan/node.ts";
import { checkNewArguments, noteReferences, referencesOf } from "./references.ts";
import { findStep, ImpossibleEvent, type State } from "./state.ts";
import { type Container, emptyContainer, type StepState } from "./step_state.ts";
import { parentId, reopenAround } from "./walk_steps.ts";

/** How deep groups and plans within plans may be nested. */
const MAX_DEPTH = 100;
const NUMBER = /^[1-9]\d{0,14}$/;

/** Adds nodes to the plan, each at the end of its container. `planner` is the step that returned them, if one did. */
export function addNodes(state: State, nodes: readonly PlanNode[], planner?: string): void {
  for (const node of nodes) {
    const container = takeNumber(state, node.id);
    if (node.kind === "step") {
      const args = readArguments(node);
      noteReferences(state, args, planner);
      // Otherwise each might wait for the other.
      const late = referencesOf(args).find((id) => !isBefore(id, node.id));
      if (late !== undefined) {
        throw new ImpossibleEvent(`step ${node.id} refers to step ${late}, which does not come before it`);
      }
    }
    container.children.push(addNode(state, node));
  }
}

export function addModules(state: State, modules: readonly ModuleEntry[] = []): void {
  for (const entry of modules) state.modules.push(entry);
}

/** Finds the container of a new node. Numbers are used once, in order. */
function takeNumber(state: State, id: string): Container {
  const parent = parentId(id);
  const container = parent === undefined ? state.root : state.byId.get(parent)?.children;
  const number = parent === undefined ? id : id.slice(parent.length + 1);
  const isTooDeep = parent !== undefined && id.split(".").length > MAX_DEPTH;
  if (container === undefined || !NUMBER.test(number) || isTooDeep) {
    throw new ImpossibleEvent(`step ${JSON.stringify(id)} has no place in the plan`);
  }
  if (Number(number) < container.next) {
    const isThere = state.byId.has(id);
    throw new ImpossibleEvent(
      isThere ? `there are two steps ${id} in the plan` : `the number of step ${id} was used before`,
    );
  }
  container.next = Number(number) + 1;
  return container;
}

/** Makes a node known by id and name. The caller puts it into its container, and notes what it refers to. */
function addNode(state: State, node: PlanNode): StepState {
  if (node.name !== undefined && state.names.has(node.name)) {
    throw new ImpossibleEvent(`there are two steps named ${JSON.stringify(node.name)} in the plan`);
  }
  if (node.kind === "step") checkModules(state, node);
  const step: StepState = state.keepsValues
    // An object that is created with these members takes less room and less time than one that gets them later.
    ? { node, status: "pending", attempts: 0, startedAt: undefined, ms: undefined, value: undefined }
    : { node, status: "pending", attempts: 0 };
  if (isGroup(node)) step.children = emptyContainer();
  state.byId.add(step);
  if (node.name !== undefined) state.names.set(node.name, node.id);
  return step;
}

function checkModules(state: State, node: StepNode): void {
  const { interrupted, undo } = node.options ?? {};
  const codes = [node, undo, typeof interrupted === "object" ? interrupted : undefined];
  for (const code of codes) {
    if (code !== undefined && state.modules[code.module] === undefined) {
      throw new ImpossibleEvent(`step ${node.id} names module ${code.module}, which is not in the table`);
    }
  }
}

/** Whether a node's number puts it before another one that it does not hold; of nodes that were planned together. */
function isBefore(id: string, other: string): boolean {
  const others = other.split(".");
  const [at, number] = id.split(".").entries().find(([index, number]) => number !== others[index]) ?? [];
  return at !== undefined && Number(number) < Number(others[at]);
}

/** Adds nodes after a node, or before all others, where nothing later has happened. Nodes in one of them follow it. */
export function insertNodes(state: State, nodes: readonly PlanNode[], after: string | undefined): void {
  state.decided += 1;
  const place = after === undefined ? undefined : parentId(after);
  const container = place === undefined ? state.root : findStep(state, place)?.children;
  const step = after === undefined ? undefined : findStep(state, after);
  if (container === undefined) throw new ImpossibleEvent(`there is no step ${place} in the plan`);
  const position = step === undefined ? 0 : 1 + container.children.lastIndexOf(step);
  const later = container.children.splice(position);
  const inserted = new Set<string>();
  for (const node of nodes) {
    const { children } = takeNumber(state, node.id);
    const parent = parentId(node.id);
    if (parent !== place && (parent === undefined || !inserted.has(parent))) {
      throw new ImpossibleEvent(`step ${node.id} cannot be inserted after step ${after}`);
    }
    inserted.add(node.id);
    children.push(addNode(state, node));
    if (node.kind === "step") checkNewArguments(state, node.id, readArguments(node));
  }
  for (const moved of later) container.children.push(moved);
  reopenAround(state, after ?? "");
}
