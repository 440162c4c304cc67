import type { Json } from "../values/json.ts";
import {
  dateText,
  json,
  list,
  number,
  objectOf,
  objectOr,
  onlyTrue,
  type Shape,
  type ShapeOf,
  text,
  variants,
  wholeNumber,
  word,
} from "../values/shape.ts";
import { MAX_FACTOR, MAX_PAUSE_MS, type RetryOptions } from "./retry_options.ts";
import { quote } from "../text/escape.ts";

/**
 * A function that another process can find.
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
 * // Steps whose outcome a crash would leave open: they are neither repeatable, nor have a probe.
 * export function isDelicate({ interrupted = "ask" }: NodeOptions = {}): boolean {
 *   return interrupted === "ask";
 * }
 * console.log(isDelicate({ timeoutMs: 1000 }), isDelicate({ interrupted: "retry" })); // true false
 * ```
 */
export interface NodeOptions {
  /** How often and when a failed attempt is retried. */
  readonly retry?: RetryOptions;
  /** After how many milliseconds an attempt is aborted. */
  readonly timeoutMs?: number;
  /** What resume does when the outcome of the step is unknown; a function finds out. */
  readonly interrupted?: "ask" | "retry" | Code;
  /** The function that undoes the step's effect. */
  readonly undo?: Code;
  /** It and its undo work in the database of the journal. */
  readonly database?: true;
}

/** Maximum number of nodes in a plan, of records in a journal, and of attempts of a step. */
export const MAX_COUNT = 10_000_000;

/** Position in the plan, counted from 1, dotted below groups and planning steps. Never used again. */
export const STEP_ID: Shape<string> = text(200, /^[1-9][0-9]{0,7}(\.[1-9][0-9]{0,7})*$/);
/** What a step, a function, a signal or a person is called. */
export const NAME: Shape<string> = text(200);
export const COUNT: Shape<number> = wholeNumber(0, MAX_COUNT);
/** Counted from 1. */
export const ATTEMPT: Shape<number> = wholeNumber(1, MAX_COUNT);
export const MILLISECONDS: Shape<number> = number(0, 1e15);
export const INSTANT: Shape<string> = dateText;
const PAUSE = number(0, MAX_PAUSE_MS);

const code = objectOf<Code>({ module: COUNT, export: NAME });
const retry = objectOf<RetryOptions>({
  "maxAttempts?": ATTEMPT,
  "delayMs?": PAUSE,
  "factor?": number(1, MAX_FACTOR),
  "maxDelayMs?": PAUSE,
  "jitter?": number(0, 1),
  "nonRetryable?": list(NAME),
});
const options = objectOf<NodeOptions>({
  "retry?": retry,
  "timeoutMs?": number(Number.MIN_VALUE, MAX_PAUSE_MS),
  "interrupted?": objectOr(code, word("ask", "retry")),
  "undo?": code,
  "database?": onlyTrue,
});
const args: Shape<Json> = list(json);

/** One entry of a plan, as plain data. Children of a group or of a planning step `4` have the ids `4.1`, `4.2`, … */
const NODE = variants("kind", {
  /** One call of one function, whose module is an index into the transaction's module table. */
  step: { module: COUNT, export: NAME, "args?": args, "argsMeta?": json, "options?": options },
  /** A pause. Exactly one of `ms` and `until` is there. */
  sleep: { "ms?": PAUSE, "until?": INSTANT },
  /** A wait for a signal, which a person or a program sends. */
  wait: { signal: NAME },
  /** Nodes that run in parallel, at most `limit` at a time. */
  parallel: { "limit?": ATTEMPT },
  /** Nodes that run in order inside a parallel group. */
  sequence: { "limit?": ATTEMPT },
}, { id: STEP_ID, "name?": NAME });

export type PlanNode = ShapeOf<typeof NODE>;
export type NodeOf<K extends PlanNode["kind"]> = Extract<PlanNode, { readonly kind: K }>;
export type StepNode = NodeOf<"step">;
export type WaitNode = NodeOf<"wait">;

/** Nodes in the order of the plan: a group comes before its children. */
export const PLAN_NODES: Shape<readonly PlanNode[]> = list(NODE);

/** Whether a node has children from the beginning. */
export function isGroup({ kind }: { readonly kind: PlanNode["kind"] }): boolean {
  return kind === "parallel" || kind === "sequence";
}

/** How messages name a step: its number, and its name or its function's. */
export function labelStep(id: string, name: string): string {
  return name === "" ? `step ${id}` : `step ${id} ${quote(name)}`;
}
