import { assert } from "@std/assert";
import type { PlanNode } from "../../../../lib/plan/node.ts";

/** An argument that an edit gave to a step: the key itself, or the value of the part with this key. */
export type EditedArgument = { readonly literal: unknown } | { readonly of: string };

/** What the model knows of a node. Its status is in the words of the library. */
export interface ModelNode {
  /** The node as planned. */
  readonly node: PlanNode;
  /** What is in it. */
  readonly children: ModelNode[];
  /** Its status. */
  status: string;
  /** Attempts that were started. */
  attempts: number;
  /** Attempts to undo it that were started. */
  undos: number;
  /** The status is that of its undo. */
  isUndoing: boolean;
  /** An attempt was interrupted, and it is not known that it did not happen. */
  isUncertain: boolean;
  /** It was said that it, or its undo, may run again. */
  isApproved: boolean;
  /** It was said that it stays. */
  isLeft: boolean;
  /** It is planned no more. */
  isRemoved: boolean;
  /** Its value, as text. */
  value: string | undefined;
  /** Its arguments besides the key, if an edit gave it others that stay. */
  edit: readonly EditedArgument[] | undefined;
  /** A decision gave its value. */
  isGiven: boolean;
  /** It has finished, and its value could not be stored. */
  isLost: boolean;
  /** It failed for good, and nothing was decided about it. */
  isDue: boolean;
  /** Until when it sleeps. */
  until: string | undefined;
  /** The plan that it has returned as far as it was written. */
  draft: PlanNode[];
}

/** A node of which nothing has happened. */
export function newNode(node: PlanNode): ModelNode {
  return {
    node,
    children: [],
    status: "pending",
    attempts: 0,
    undos: 0,
    isUndoing: false,
    isUncertain: false,
    isApproved: false,
    isLeft: false,
    isRemoved: false,
    value: undefined,
    edit: undefined,
    isGiven: false,
    isLost: false,
    isDue: false,
    until: undefined,
    draft: [],
  };
}

/** The id of what a node is in; empty if that is the plan itself. */
export function parentOf(id: string): string {
  return id.slice(0, Math.max(0, id.lastIndexOf(".")));
}

/** The key that a step is called with. */
export function keyOf({ node }: Pick<ModelNode, "node">): string {
  const key: unknown = node.kind === "step" && Array.isArray(node.args) ? node.args[0] : undefined;
  assert(typeof key === "string");
  return key;
}

function isGroup({ node }: ModelNode): boolean {
  return node.kind === "parallel" || node.kind === "sequence";
}

/** Whether nodes, and what is in them, need to run no more. */
export function isAllDone(nodes: readonly ModelNode[]): boolean {
  return nodes.every((step) =>
    (isGroup(step) || ["finished", "skipped", "undone"].includes(step.status)) && isAllDone(step.children)
  );
}

/** Whether a node or something in it runs. */
export function isAtWork(step: ModelNode): boolean {
  return step.status === "started" || step.children.some(isAtWork);
}

/** Nodes with everything in them, in the order of the plan: a group or a planning step comes before its content. */
export function inOrder(nodes: readonly ModelNode[]): ModelNode[] {
  return nodes.flatMap((step) => [step, ...inOrder(step.children)]);
}

/** Whether a node can be undone. */
export function hasUndo({ node }: Pick<ModelNode, "node">): boolean {
  return node.kind === "step" && node.options?.undo !== undefined;
}

/** Whether it has happened, or may have, and was not undone. */
export function hasEffect({ node, status, isLeft, isUncertain }: ModelNode): boolean {
  if (node.kind !== "step" || isLeft) return false;
  return ["finished", "unknown", "started"].includes(status) ||
    (isUncertain && (status === "failed" || status === "waiting"));
}

/** Whether there is something to undo, or may be. */
export function canBeUndone({ node, status, isUndoing, isLeft }: ModelNode): boolean {
  if (!hasUndo({ node }) || isLeft) return false;
  return isUndoing || status === "finished" || status === "unknown";
}

/** The nodes whose values the undo of a node gets: its own, and those of a plan that it has returned and that is done. */
export function neededToUndo(step: ModelNode): ModelNode[] {
  if (!hasUndo(step) || step.isLeft || step.isUndoing || step.status !== "finished") return [];
  return isAllDone(step.children) ? inOrder([step]) : [step];
}

/** The key of an inserted step that stays, by its number. */
export function insertKey(number: number | ""): string {
  return `i${number}`;
}

/** Whether a key is that of such a step. */
export function isInsertKey(key: string): boolean {
  return /^i\d+$/.test(key);
}
