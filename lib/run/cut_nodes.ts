import type { PlanNode } from "../plan/node.ts";

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
  return (args === undefined ? 0 : JSON.stringify(args).length) +
    (argsMeta === undefined ? 0 : JSON.stringify(argsMeta).length);
}
