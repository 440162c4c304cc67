import type { Encoded } from "../values/json.ts";
import type { PlanNode, StepNode } from "./node.ts";
import type { AnyFunction } from "./ref.ts";
import type { PlannedOptions } from "./step_options.ts";

/** One entry of a plan as the author made it. What calls no function is as it will be stored. */
export type PlannedNode = PlannedStep | Exclude<PlanNode, StepNode>;

/** A step as the author planned it: its function has no name yet that another process could find it by. */
export interface PlannedStep {
  /** Tells it from the other nodes. */
  readonly kind: "step";
  /** Its id. */
  readonly id: string;
  /** The function itself, or one that knows its module and export. */
  readonly fn: AnyFunction;
  /** The arguments, encoded when `do` was called. */
  readonly args: Encoded;
  /** What was said about it, its name included. */
  readonly options: PlannedOptions;
}

/** A sealed plan. */
export interface Plan {
  /** The nodes in order; a group stands before its children. */
  readonly nodes: readonly PlannedNode[];
  /** What the transaction, or the step that returned the plan, returns; with refs in it. */
  readonly value: Encoded;
}
