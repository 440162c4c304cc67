import type { PlanNode } from "../../plan/node.ts";
import type { State } from "../../state/state.ts";
import { plannedNodes } from "../../state/walk_steps.ts";
import type { StoredNodes } from "../call/plan_nodes.ts";

/** A plan that a program has made, to be compared with the one in a journal. */
export interface MadePlan extends StoredNodes {
  readonly home: string;
}

/**
 * Describes the first difference between a journal's plan and the program's. Arguments, times, probes and undo functions
 * are not compared: a journal is believed about them as far as it is trusted.
 */
export function planDifference(state: State, made: MadePlan): string | undefined {
  if (state.home !== made.home) return `it was planned by ${state.home}, not by ${made.home}`;
  const nodes = [...plannedNodes(state)];
  const modules = state.modules.map(({ url }) => url);
  for (const [position, wanted] of made.nodes.entries()) {
    const node = nodes[position];
    if (node === undefined) break;
    // Ids tell where groups end.
    if (node.id !== wanted.id) return `the journal has step ${node.id} where the program has step ${wanted.id}`;
    const [before, now] = [describeNode(node, modules), describeNode(wanted, made.modules)];
    if (before !== now) return `step ${node.id} is ${before} in the journal, and ${now} now`;
  }
  const [before, now] = [nodes.length, made.nodes.length];
  return before === now ? undefined : `the journal has ${before} steps, the plan made now has ${now}`;
}

const KINDS = { sleep: "a sleep", parallel: "a parallel group", sequence: "a sequence" } as const;

function describeNode(node: PlanNode, modules: readonly string[]): string {
  if (node.kind === "step") return `${node.export} of ${modules[node.module] ?? ""}`;
  // Older journals have signals in other Unicode forms, too.
  return node.kind === "wait" ? `a wait for ${JSON.stringify(node.signal.normalize())}` : KINDS[node.kind];
}
