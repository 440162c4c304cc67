import type { Planned, Ready } from "../journal/event.ts";
import type { ModuleEntry } from "../journal/stored.ts";
import type { FunctionName } from "../modules/function_name.ts";
import type { Code, NodeOptions, PlanNode } from "../plan/node.ts";
import type { Plan, PlannedStep } from "../plan/planned_step.ts";
import type { StepNames } from "./name_plan.ts";

/** A plan of more nodes, or with large arguments, is written in several records. */
const MAX_NODES_PER_EVENT = 5000;
const MAX_CHARACTERS_PER_EVENT = 1_000_000;

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
 * Writes a plan as events.
 *
 * @param plan The plan.
 * @param names For each step the names of its functions.
 * @param hashes The hash of each module's source, as far as it has one.
 */
export function planEvents(
  plan: Plan,
  names: readonly StepNames[],
  hashes: ReadonlyMap<string, string | undefined>,
): PlanEvents {
  const indexes = new Map<string, number>();
  const toCode = (name: FunctionName): Code => {
    const module = indexes.get(name.module) ?? indexes.size;
    indexes.set(name.module, module);
    return { module, export: name.export };
  };
  const nodes = names.flatMap(({ step: name, probe }, position): readonly PlanNode[] => {
    const step = plan.steps[position];
    if (step === undefined) return [];
    const code = toCode(name);
    return [planNode(step, code, probe === undefined ? undefined : toCode(probe))];
  });
  const { value, meta } = plan.value;
  return {
    modules: Array.from(indexes.keys(), (url) => {
      const sha256 = hashes.get(url);
      return sha256 === undefined ? { url } : { url, sha256 };
    }),
    planned: cutIntoEvents(nodes),
    ready: {
      type: "ready",
      nodes: nodes.length,
      ...(value === undefined ? {} : { value }),
      ...(meta === undefined ? {} : { valueMeta: meta }),
    },
  };
}

function planNode(step: PlannedStep, code: Code, probe: Code | undefined): PlanNode {
  const { name, retry, timeoutMs } = step.options;
  const interrupted = typeof step.options.interrupted === "function" ? probe : step.options.interrupted;
  const options: NodeOptions = {
    ...(retry === undefined ? {} : { retry }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(interrupted === undefined ? {} : { interrupted }),
  };
  const { value, meta } = step.args;
  return {
    id: step.id,
    ...(name === undefined ? {} : { name }),
    kind: "step",
    ...code,
    ...(value === undefined ? {} : { args: value }),
    ...(meta === undefined ? {} : { argsMeta: meta }),
    ...(Object.keys(options).length === 0 ? {} : { options }),
  };
}

/** Nearly all of what makes a node large. */
function lengthOf(node: PlanNode): number {
  if (node.kind !== "step") return 0;
  const { args, argsMeta } = node;
  return (args === undefined ? 0 : JSON.stringify(args).length) +
    (argsMeta === undefined ? 0 : JSON.stringify(argsMeta).length);
}

function cutIntoEvents(nodes: readonly PlanNode[]): readonly Planned[] {
  const events: Planned[] = [];
  let part: PlanNode[] = [];
  let characters = 0;
  for (const node of nodes) {
    const length = lengthOf(node);
    if (part.length > 0 && (part.length >= MAX_NODES_PER_EVENT || characters + length > MAX_CHARACTERS_PER_EVENT)) {
      events.push({ type: "planned", nodes: part });
      part = [];
      characters = 0;
    }
    part.push(node);
    characters += length;
  }
  events.push({ type: "planned", nodes: part });
  return events;
}
