import type { Encoded } from "../values/json.ts";
import type { AnyFunction } from "./ref.ts";
import type { PlannedOptions } from "./step_options.ts";

/** A step as the author planned it: its function has no name yet that another process could find it by. */
export interface PlannedStep {
  /** Its id. */
  readonly id: string;
  /** The function itself, or one that knows its module and export. */
  readonly fn: AnyFunction;
  /** The arguments, encoded when `do` was called. */
  readonly args: Encoded;
  /** What was said about it. */
  readonly options: PlannedOptions;
}

/** A sealed plan. */
export interface Plan {
  /** The steps in order. */
  readonly steps: readonly PlannedStep[];
  /** What the transaction returns, with refs in it. */
  readonly value: Encoded;
}

/** How messages name a step: its number, and its name or its function's. */
export function labelStep(id: string, name: string): string {
  return name === "" ? `step ${id}` : `step ${id} ${JSON.stringify(name)}`;
}
