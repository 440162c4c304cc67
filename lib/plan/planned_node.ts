import type { Encoded } from "../values/json.ts";
import type { PlanNode, StepNode } from "./node.ts";
import type { AnyFunction } from "./ref.ts";
import type { PlannedOptions } from "./step_options.ts";

/** One entry of a plan as the author made it. Nodes that call no function are as they will be stored. */
export type PlannedNode = PlannedStep | Exclude<PlanNode, StepNode>;

/** A step as the author planned it: its function has no name yet by which another process can find it. */
export interface PlannedStep {
  readonly kind: "step";
  readonly id: string;
  /** The function itself, or a member of `steps(…)`, which knows its module and export. */
  readonly fn: AnyFunction;
  /** Encoded when `do` was called. */
  readonly args: Encoded;
  readonly options: PlannedOptions;
}

export interface Plan {
  /** In order: a group comes before its children. */
  readonly nodes: readonly PlannedNode[];
  /** What the transaction, or the step that returned the plan, returns; with refs in it. */
  readonly value: Encoded;
}
