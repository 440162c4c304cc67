import type { PlanNode } from "../plan/node.ts";
import { findPlaceholders } from "../values/find_placeholders.ts";
import type { Encoded, Json } from "../values/json.ts";
import { ImpossibleEvent } from "./impossible_event.ts";
import type { State } from "./state.ts";

/** Adds planned nodes to the end of the plan. */
export function addNodes(state: State, nodes: readonly PlanNode[]): void {
  for (const node of nodes) {
    if (state.positions.has(node.id)) throw new ImpossibleEvent(`there are two steps ${node.id} in the plan`);
    if (node.name !== undefined && state.names.has(node.name)) {
      throw new ImpossibleEvent(`there are two steps named ${JSON.stringify(node.name)} in the plan`);
    }
    if (node.kind !== "step") throw new ImpossibleEvent(`the node kind "${node.kind}"`, { isNew: true });
    checkStep(state, node);
    state.positions.set(node.id, state.steps.length);
    if (node.name !== undefined) state.names.set(node.name, node.id);
    state.steps.push({
      node,
      status: "pending",
      attempts: 0,
      interruptions: 0,
      failedTries: 0,
      retryAt: undefined,
      generation: 0,
      isApproved: false,
      startedAt: undefined,
      ms: undefined,
      failures: undefined,
      value: undefined,
      dropped: undefined,
      decisions: undefined,
    });
  }
}

/** Notes which steps' values an encoded value refers to. They must have been planned before. */
export function noteReferences(state: State, encoded: { value?: Json | undefined; meta?: Json | undefined }): void {
  if (encoded.meta === undefined || encoded.value === undefined) return;
  const complete: Encoded = { value: encoded.value, meta: encoded.meta };
  for (const placeholder of placeholders(complete)) {
    if (placeholder.kind !== "ref") continue;
    if (!state.positions.has(placeholder.step)) {
      throw new ImpossibleEvent(`a value refers to step ${placeholder.step}, which is not planned before`);
    }
    state.referenced.add(placeholder.step);
  }
}

/**
 * Checks the value of a step that is done. Placeholders are for what is planned: in a value they could lead round in a
 * circle, or fetch a variable of the environment that the call which gets it does not show.
 */
export function checkStepValue(step: string, encoded: { value?: Json | undefined; meta?: Json | undefined }): void {
  if (encoded.meta === undefined) return;
  if (encoded.value === undefined) throw new ImpossibleEvent(`the value of step ${step} is missing beside its meta`);
  const [placeholder] = placeholders({ value: encoded.value, meta: encoded.meta });
  if (placeholder !== undefined) throw new ImpossibleEvent(`the value of step ${step} has a place-holder in it`);
}

function checkStep(state: State, node: Extract<PlanNode, { kind: "step" }>): void {
  const { interrupted, undo } = node.options ?? {};
  if (undo !== undefined) throw new ImpossibleEvent('the option "undo" of a step', { isNew: true });
  const codes = [node, undo, typeof interrupted === "object" ? interrupted : undefined];
  for (const code of codes) {
    if (code !== undefined && state.modules[code.module] === undefined) {
      throw new ImpossibleEvent(`step ${node.id} names module ${code.module}, which is not in the table`);
    }
  }
  noteReferences(state, { value: node.args, meta: node.argsMeta });
}

function placeholders(encoded: Encoded): ReturnType<typeof findPlaceholders> {
  try {
    return findPlaceholders(encoded);
  } catch (error) {
    throw new ImpossibleEvent(error instanceof Error ? error.message : String(error));
  }
}
