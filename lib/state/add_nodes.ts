import type { ModuleEntry } from "../journal/stored.ts";
import { readArguments } from "../journal/stored_value.ts";
import { isGroup, type PlanNode } from "../plan/node.ts";
import { findPlaceholders } from "../values/annotations.ts";
import type { Encoded } from "../values/json.ts";
import { ImpossibleEvent, type State } from "./state.ts";
import { type Container, emptyContainer, type StepState } from "./step_state.ts";
import { parentId } from "./walk_steps.ts";

/** How deep groups and plans within plans may lie in each other. */
const MAX_DEPTH = 100;
const NUMBER = /^[1-9]\d{0,14}$/;

/**
 * Adds nodes to the plan, each at the end of what it is in.
 *
 * @param planner Id of the step that has returned them, if one has.
 */
export function addNodes(state: State, nodes: readonly PlanNode[], planner?: string): void {
  for (const node of nodes) {
    const container = checkPlace(state, node.id);
    if (node.kind === "step") {
      const encoded = readArguments(node);
      noteReferences(state, encoded, planner);
      // Otherwise each might wait for the other.
      const late = referencesOf(encoded).find((id) => !standsBefore(id, node.id));
      if (late !== undefined) {
        throw new ImpossibleEvent(`step ${node.id} refers to step ${late}, which does not stand before it`);
      }
    }
    container.children.push(addNode(state, node));
  }
}

/** Adds modules to the end of the table. */
export function addModules(state: State, modules: readonly ModuleEntry[] = []): void {
  state.modules.push(...modules);
}

/** Finds what a node is in. Numbers are used once, in order. */
export function checkPlace(state: State, id: string): Container {
  const parent = parentId(id);
  const container = parent === undefined ? state.root : state.byId.get(parent)?.children;
  const number = parent === undefined ? id : id.slice(parent.length + 1);
  const isTooDeep = parent !== undefined && id.split(".").length > MAX_DEPTH;
  if (container === undefined || !NUMBER.test(number) || isTooDeep) {
    throw new ImpossibleEvent(`step ${JSON.stringify(id)} has no place in the plan`);
  }
  if (Number(number) < container.next) throw new ImpossibleEvent(describeUsed(state, id));
  container.next = Number(number) + 1;
  return container;
}

function describeUsed(state: State, id: string): string {
  return state.byId.has(id) ? `there are two steps ${id} in the plan` : `the number of step ${id} was used before`;
}

/** Makes a node known by id and name. Whoever calls puts it in its place, and notes what it refers to. */
export function addNode(state: State, node: PlanNode): StepState {
  if (node.name !== undefined && state.names.has(node.name)) {
    throw new ImpossibleEvent(`there are two steps named ${JSON.stringify(node.name)} in the plan`);
  }
  if (node.kind === "step") checkStep(state, node);
  const step: StepState = state.keepsValues
    // In an object that has a place for them from the beginning they take less room, and less time.
    ? { node, status: "pending", attempts: 0, startedAt: undefined, ms: undefined, value: undefined }
    : { node, status: "pending", attempts: 0 };
  if (isGroup(node)) step.children = emptyContainer();
  state.byId.add(step);
  if (node.name !== undefined) state.names.set(node.name, node.id);
  return step;
}

/**
 * Notes which steps' values an encoded value refers to. They must have been planned before.
 *
 * @param planner What a step has returned as a plan, and the value of that, refers to steps of that plan alone: so values
 * never lead round in a circle.
 */
export function noteReferences(
  state: State,
  encoded: Encoded,
  planner?: string,
): void {
  for (const id of referencesOf(encoded)) {
    if (planner !== undefined && !id.startsWith(`${planner}.`)) {
      throw new ImpossibleEvent(`the plan of step ${planner} refers to step ${id}, which is not a part of it`);
    }
    if (!state.byId.has(id)) {
      throw new ImpossibleEvent(`a value refers to step ${id}, which is not planned before`);
    }
    state.referenced.add(id);
  }
}

/** The ids of the steps whose values an encoded value refers to. */
export function referencesOf(encoded: Encoded): readonly string[] {
  return placeholders(encoded).flatMap((placeholder) => (placeholder.kind === "ref" ? [placeholder.step] : []));
}

/**
 * Checks the value of a step that is done. Placeholders are for what is planned: in a value they could lead round in a
 * circle, or fetch a variable of the environment that the call which gets it does not show.
 */
export function checkStepValue(step: string, encoded: Encoded): void {
  if (encoded.meta === undefined) return;
  if (encoded.value === undefined) throw new ImpossibleEvent(`the value of step ${step} is missing beside its meta`);
  const [placeholder] = placeholders(encoded);
  if (placeholder !== undefined) throw new ImpossibleEvent(`the value of step ${step} has a place-holder in it`);
}

/** Whether a node's number puts it before another one that it does not hold; of nodes that were planned together. */
function standsBefore(id: string, other: string): boolean {
  const numbers = other.split(".");
  for (const [index, number] of id.split(".").entries()) {
    const against = numbers[index];
    if (against !== number) return against !== undefined && Number(number) < Number(against);
  }
  return false;
}

function checkStep(state: State, node: Extract<PlanNode, { kind: "step" }>): void {
  const { interrupted, undo } = node.options ?? {};
  const codes = [node, undo, typeof interrupted === "object" ? interrupted : undefined];
  for (const code of codes) {
    if (code !== undefined && state.modules[code.module] === undefined) {
      throw new ImpossibleEvent(`step ${node.id} names module ${code.module}, which is not in the table`);
    }
  }
}

function placeholders(encoded: Encoded): ReturnType<typeof findPlaceholders> {
  try {
    return findPlaceholders(encoded);
  } catch (error) {
    throw new ImpossibleEvent(error instanceof Error ? error.message : String(error));
  }
}
