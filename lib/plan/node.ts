import type { Json } from "../values/json.ts";
import type { RetryOptions } from "./retry_options.ts";

/** One entry of a plan, as plain data. Children of a group or of a planning step `4` have the ids `4.1`, `4.2`, … */
export type PlanNode = StepNode | SleepNode | WaitNode | GroupNode;

/** What all nodes have. */
interface NodeBase {
  /** Position in the plan, counted from 1, dotted below groups and planning steps. Never used again. */
  readonly id: string;
  /** The author's name for it, unique in the plan. */
  readonly name?: string;
}

/** One call of one function. */
export interface StepNode extends NodeBase {
  /** Tells it from the other nodes. */
  readonly kind: "step";
  /** The step function's module, as an index into the transaction's module table. */
  readonly module: number;
  /** The export's name in that module. */
  readonly export: string;
  /** The arguments, encoded; absent when there are none. */
  readonly args?: Json;
  /** What in `args` is not plain JSON. */
  readonly argsMeta?: Json;
  /** What the author said about this step. */
  readonly options?: NodeOptions;
}

/** A pause. Exactly one of `ms` and `until` is there. */
export interface SleepNode extends NodeBase {
  /** Tells it from the other nodes. */
  readonly kind: "sleep";
  /** How long, in milliseconds. */
  readonly ms?: number;
  /** Until when, as an ISO date. */
  readonly until?: string;
}

/** A wait for something that a person or a program tells the transaction. */
export interface WaitNode extends NodeBase {
  /** Tells it from the other nodes. */
  readonly kind: "wait";
  /** The name under which the signal is sent. */
  readonly signal: string;
}

/** Nodes that run side by side, or in order inside such a group. */
export interface GroupNode extends NodeBase {
  /** How the children run. */
  readonly kind: "parallel" | "sequence";
  /** How many children may run at the same time. */
  readonly limit?: number;
}

/**
 * A function that another process can find again.
 *
 * @example
 * ```ts
 * import type { Code, Inspection } from "@x/resumable-tx";
 *
 * export function locate({ modules }: Pick<Inspection, "modules">, { module, export: name }: Code): string {
 *   return `${name} of ${modules[module]?.url}`;
 * }
 * const modules = [{ url: "file:///srv/mail.ts" }];
 * console.log(locate({ modules }, { module: 0, export: "wasSent" })); // wasSent of file:///srv/mail.ts
 * ```
 */
export interface Code {
  /** Its module, as an index into the transaction's module table. */
  readonly module: number;
  /** The export's name. */
  readonly export: string;
}

/**
 * The options of a step as the journal holds them.
 *
 * @example
 * ```ts
 * import type { NodeOptions } from "@x/resumable-tx";
 *
 * // Steps about which a crash would leave a question: neither repeatable, nor with a probe.
 * export function isDelicate({ interrupted = "ask" }: NodeOptions = {}): boolean {
 *   return interrupted === "ask";
 * }
 * console.log(isDelicate({ timeoutMs: 1000 }), isDelicate({ interrupted: "retry" })); // true false
 * ```
 */
export interface NodeOptions {
  /** How often and when a failed attempt is repeated. */
  readonly retry?: RetryOptions;
  /** After how many milliseconds an attempt is told to stop. */
  readonly timeoutMs?: number;
  /** What resume does when nobody knows whether the step happened; a function finds out. */
  readonly interrupted?: "ask" | "retry" | Code;
  /** The function that takes the step's effect back. */
  readonly undo?: Code;
}

/** Whether a node has children from the beginning. */
export function isGroup({ kind }: { readonly kind: PlanNode["kind"] }): boolean {
  return kind === "parallel" || kind === "sequence";
}

/** How messages name a step: its number, and its name or its function's. */
export function labelStep(id: string, name: string): string {
  return name === "" ? `step ${id}` : `step ${id} ${JSON.stringify(name)}`;
}
