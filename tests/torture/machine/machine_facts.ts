import { isInsertKey, keyOf, type ModelNode } from "./model/model_node.ts";
import type { MachineModel } from "./model/machine_model.ts";
import type { MachineFacts } from "./machine_plan.ts";
import type { MachineWorld } from "./machine_world.ts";

/** Reads what the values of parts depend on besides the plan, from a journal and the world. */
export function factsOf(model: MachineModel, world: MachineWorld): MachineFacts {
  const nodes = new Map(callsOf(model).map((node) => [keyOf(node), node]));
  return {
    taken: model.taken,
    rewinds: (key) => world.rewinds(key),
    edited: (key) => nodes.get(key)?.edit,
    said: (key) => {
      const node = nodes.get(key);
      const isSaid = node?.isGiven === true && node.value !== undefined && world.effectOf(key) === undefined;
      return isSaid ? { value: JSON.parse(node.value ?? "") } : undefined;
    },
    values: new Map(),
  };
}

/** The inserted steps that have come to an end, by their status. */
export function insertedKeys(model: MachineModel, status: "finished" | "skipped"): string[] {
  const nodes = callsOf(model).filter((node) => node.status === status && isInsertKey(keyOf(node)));
  return nodes.map(keyOf);
}

/** The keys of steps that happened because a decision says so, or whose value a decision gave. */
export function givenKeys(model: MachineModel): Set<string> {
  return new Set(callsOf(model).filter(({ isGiven }) => isGiven).map(keyOf));
}

/** The steps, without those that were inserted and removed at once. */
function callsOf(model: MachineModel): ModelNode[] {
  return model.plan.planned.filter(({ node, isRemoved }) => node.kind === "step" && !isRemoved);
}
