import type { Planned, Ready } from "../../journal/event.ts";
import type { ModuleEntry, Runner } from "../../journal/stored.ts";
import { storeValue } from "../../journal/stored_value.ts";
import type { Plan } from "../../plan/planned_node.ts";
import { cutNodes } from "../call/expansion.ts";
import { type NodeNames, planNodes } from "../call/plan_nodes.ts";

/** A plan as events, one record each, and the modules that it takes its functions from. */
interface PlanEvents {
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
  return {
    modules: Array.from(indexes.keys(), (url) => {
      const sha256 = hashes.get(url);
      return sha256 === undefined ? { url } : { url, sha256 };
    }),
    planned: cutNodes(nodes).map((part): Planned => ({ type: "planned", nodes: part })),
    ready: { type: "ready", nodes: nodes.length, ...storeValue(plan.value) },
  };
}

/** Says who runs here, as far as it may be asked: without a prompt, and without a failure. */
export function describeRunner(): Runner {
  const host = readHostName();
  return { pid: Deno.pid, ...(host === undefined ? {} : { host }) };
}

function readHostName(): string | undefined {
  if (Deno.permissions.querySync({ name: "sys", kind: "hostname" }).state !== "granted") return undefined;
  return Deno.hostname().slice(0, 200);
}
