import type { Planned, Ready } from "../journal/event.ts";
import type { ModuleEntry } from "../journal/stored.ts";
import type { Plan } from "../plan/planned_node.ts";
import { cutNodes } from "./cut_nodes.ts";
import type { NodeNames } from "./name_plan.ts";
import { planNodes } from "./plan_nodes.ts";

/** A plan as events, one record each, and the modules that it takes its functions from. */
export interface PlanEvents {
  /** The module table, each with the hash of its source. */
  readonly modules: readonly ModuleEntry[];
  /** The nodes. */
  readonly planned: readonly Planned[];
  /** The end of the plan. */
  readonly ready: Ready;
}

/**
 * Writes a transaction's plan as events.
 *
 * @param plan The plan.
 * @param names For each node the names of its functions.
 * @param hashes The hash of each module's source, as far as it has one.
 */
export function planEvents(
  plan: Plan,
  names: readonly NodeNames[],
  hashes: ReadonlyMap<string, string | undefined>,
): PlanEvents {
  const indexes = new Map<string, number>();
  const nodes = planNodes(plan, names, (url) => {
    const module = indexes.get(url) ?? indexes.size;
    indexes.set(url, module);
    return module;
  });
  const { value, meta } = plan.value;
  return {
    modules: Array.from(indexes.keys(), (url) => {
      const sha256 = hashes.get(url);
      return sha256 === undefined ? { url } : { url, sha256 };
    }),
    planned: cutNodes(nodes).map((part): Planned => ({ type: "planned", nodes: part })),
    ready: {
      type: "ready",
      nodes: nodes.length,
      ...(value === undefined ? {} : { value }),
      ...(meta === undefined ? {} : { valueMeta: meta }),
    },
  };
}
