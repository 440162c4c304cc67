/** What can be seen of the model's reading of a journal. */
import type { MachineModel } from "./machine_model.ts";
import { canBeUndone, keyOf, type ModelNode } from "./model_node.ts";

/** A step that may need a decision. */
export interface OpenStep {
  /** Its id. */
  readonly id: string;
  /** The key of its call. */
  readonly key: string;
  /** Its status, which is that of its undo while it is undone. */
  readonly status: string;
  /** It is being undone. */
  readonly isUndoing: boolean;
}

const OPEN: ReadonlySet<string> = new Set(["unknown", "started", "failed"]);

/** The status of each node that is no group, by id. */
export function statusesIn({ plan }: MachineModel): Record<string, string> {
  return Object.fromEntries(
    plan.planned.filter(({ node: { kind } }) => kind !== "parallel" && kind !== "sequence")
      .map(({ node, status }) => [node.id, status]),
  );
}

/** The steps that may need a decision. */
export function openSteps({ isRollback, behind, plan }: MachineModel): OpenStep[] {
  const steps = isRollback ? behind.filter(canBeUndone) : plan.all;
  return steps.filter(({ status, node }) => node.kind === "step" && OPEN.has(status)).map(toOpen);
}

/** The steps whose values could not be stored, and were not given. */
export function lostSteps({ plan }: MachineModel): OpenStep[] {
  return plan.all.filter(({ isLost, status }) => isLost && status === "finished").map(toOpen);
}

function toOpen(step: ModelNode): OpenStep {
  return { ...step, id: step.node.id, key: keyOf(step) };
}

/** The keys of the steps that a rollback does not touch. */
export function keptKeys({ behind, plan }: MachineModel): Set<string> {
  const touched = new Set(behind);
  return new Set(plan.all.filter((step) => step.node.kind === "step" && !touched.has(step)).map(keyOf));
}
