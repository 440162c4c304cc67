import { withoutUndefined, writeJson } from "../values/json.ts";
import { checkKeys, checkName } from "./node_options.ts";
import type { AnyFunction, StepValue } from "./ref.ts";
import { checkRetryOptions, MAX_PAUSE_MS, type RetryOptions } from "./retry_options.ts";

/**
 * Options of one step.
 *
 * @example
 * ```ts
 * import { Transaction } from "@x/resumable-tx";
 *
 * export function upload(path: string): string {
 *   return `https://files.example/${path}`;
 * }
 *
 * const t = new Transaction(import.meta);
 * t.do(upload, "a.txt").with({ name: "upload", interrupted: "retry", retry: { maxAttempts: 3 }, timeoutMs: 60_000 });
 * ```
 */
export interface StepOptions<A extends readonly unknown[] = readonly never[], R = unknown> {
  /**
   * The step's name, unique in the plan. `inspect` shows it, and the command line accepts it in place of the step's number.
   * Letters with their marks, digits, `_`, `$` and `-`; no digit first; at most 100 characters. It is stored in Unicode's
   * composed form (NFC), and found in any form.
   */
  readonly name?: string;

  /**
   * What `resume` does when the step was started and its outcome is unknown, because the process died.
   *
   * - `"ask"`: stop, and let the administrator decide whether it happened.
   * - `"retry"`: run it again. For steps that can safely run twice. After three interrupted attempts in a row, `"ask"`.
   * - a function, the probe: it is called with the step's arguments and finds out whether the step happened. It is stored by
   *   name, like the step function. If it cannot find out, or throws, `"ask"`.
   *
   * @default "ask"
   */
  readonly interrupted?: "ask" | "retry" | Probe<A, R>;

  /**
   * Whether and when a failed attempt is retried. Every attempt is in the journal. A crash or a resume during a pause does
   * not change when the pause ends.
   *
   * @default one attempt: a person decides what to do next
   */
  readonly retry?: RetryOptions;

  /**
   * After how many milliseconds `context().signal` of an attempt is aborted. What the step then returns or throws still
   * counts. An attempt that has not ended 5 seconds later ends the run: the step is `unknown`, not failed.
   *
   * @default no limit
   */
  readonly timeoutMs?: number;

  /**
   * The function that undoes the step's effect when the transaction is rolled back. It is stored by name, like the step
   * function.
   *
   * @default none: a rollback leaves the step's effect as it is, and reports that
   */
  readonly undo?: Undo<A, R>;

  /**
   * The step works in the PostgreSQL database that also holds the journal, with `context().database()`: what it does there,
   * and the record of it, are one commit. If the process dies, nothing has happened, and `resume` runs the step without
   * asking. Its undo works in the same way. If its value cannot be stored, the step fails. The journal must be in PostgreSQL.
   *
   * @default false
   */
  readonly database?: boolean;
}

/**
 * Undoes what a step did. When the transaction is rolled back, undo functions are called in reverse order of the steps, each
 * with the step's value and then its arguments. The returned value is ignored, except that returning a plan is a failure. A
 * crash while an undo function runs leaves its outcome unknown, and it may be called again: it must accept that there is
 * nothing left to undo.
 *
 * @typeParam A The step function's parameters.
 * @typeParam R What the step function returns.
 *
 * @example
 * ```ts
 * import { Transaction } from "@x/resumable-tx";
 *
 * export function createUser(name: string): Promise<{ id: number }> {
 *   return Promise.resolve({ id: name.length });
 * }
 * export async function removeUser(user: { id: number }, name: string): Promise<void> {
 *   await Promise.resolve();
 *   console.log(`user ${user.id}, ${name}, is gone`);
 * }
 *
 * const t = new Transaction(import.meta);
 * t.do(createUser, "Ana").with({ undo: removeUser });
 * ```
 */
export type Undo<A extends readonly unknown[], R> = (value: StepValue<R>, ...args: A) => unknown;

/**
 * Finds out whether a step has happened whose process died. It must change nothing, and may be called any number of times.
 *
 * @typeParam A The step function's parameters.
 * @typeParam R What the step function returns.
 *
 * @example
 * ```ts
 * import { type ProbeAnswer, Transaction } from "@x/resumable-tx";
 *
 * export function createFolder(path: string): Promise<void> {
 *   return Deno.mkdir(path);
 * }
 * export async function hasFolder(path: string): Promise<ProbeAnswer<void>> {
 *   const info = await Deno.stat(path).catch(() => undefined);
 *   return { done: info?.isDirectory === true };
 * }
 *
 * const t = new Transaction(import.meta);
 * t.do(createFolder, "/srv/ana").with({ interrupted: hasFolder });
 * ```
 */
export type Probe<A extends readonly unknown[], R> = (
  ...args: A
) => ProbeAnswer<StepValue<R>> | Promise<ProbeAnswer<StepValue<R>>>;

/**
 * What a probe has found out: the step happened, and this is its value; it did not happen; or that is unknown.
 *
 * @example
 * ```ts
 * import type { ProbeAnswer } from "@x/resumable-tx";
 *
 * export async function findAccount(name: string): Promise<ProbeAnswer<{ id: number }>> {
 *   const response = await fetch(`https://directory.example/accounts/${name}`);
 *   if (response.ok) return { done: true, value: await response.json() };
 *   // "Not found" is an answer; an error of the server is none.
 *   return response.status === 404 ? { done: false } : { done: "unknown" };
 * }
 * ```
 */
export type ProbeAnswer<V> =
  | ({ readonly done: true } & (undefined extends V ? { readonly value?: V } : { readonly value: V }))
  | { readonly done: false }
  | { readonly done: "unknown" };

/**
 * The options that steps may share: those whose type does not depend on the step function.
 *
 * @example
 * ```ts
 * import { type SharedOptions, Transaction } from "@x/resumable-tx";
 *
 * const remote: SharedOptions = { interrupted: "retry", retry: { maxAttempts: 5 }, timeoutMs: 30_000 };
 * const t = new Transaction(import.meta, { defaults: remote });
 * ```
 */
export interface SharedOptions {
  /** See {@linkcode StepOptions.interrupted}. */
  readonly interrupted?: "ask" | "retry";
  /** See {@linkcode StepOptions.retry}. */
  readonly retry?: RetryOptions;
  /** See {@linkcode StepOptions.timeoutMs}. */
  readonly timeoutMs?: number;
  /** See {@linkcode StepOptions.database}. */
  readonly database?: boolean;
}

/** Options as the planner keeps them. */
export interface PlannedOptions extends Pick<StepOptions, "name" | "retry" | "timeoutMs" | "database"> {
  readonly interrupted?: "ask" | "retry" | AnyFunction;
  readonly undo?: AnyFunction;
}

const KEYS = ["name", "interrupted", "retry", "timeoutMs", "undo", "database"];
const POLICIES: ReadonlySet<unknown> = new Set([undefined, "ask", "retry"]);

export function checkStepOptions(options: PlannedOptions): void {
  checkKeys("a step", options, KEYS);
  const { name, interrupted, retry, timeoutMs, undo, database } = options;
  if (retry !== undefined) checkRetryOptions(retry);
  if (timeoutMs !== undefined && !(typeof timeoutMs === "number" && timeoutMs > 0 && timeoutMs <= MAX_PAUSE_MS)) {
    throw new RangeError(`The option "timeoutMs" is a number of milliseconds above 0, not ${String(timeoutMs)}`);
  }
  if (name !== undefined) checkName("a step", name);
  if (database !== undefined && typeof database !== "boolean") {
    throw new TypeError('The option "database" of a step is true or false');
  }
  if (undo !== undefined && typeof undo !== "function") {
    throw new TypeError('The option "undo" of a step is a function');
  }
  if (!POLICIES.has(interrupted) && typeof interrupted !== "function") {
    throw new TypeError(
      `Unknown value ${JSON.stringify(interrupted)} of the option "interrupted": use "ask", "retry" or a function`,
    );
  }
}

/** Checks options that steps will share: none may be for a single step only. */
export function checkSharedOptions(options: PlannedOptions): void {
  checkStepOptions(options);
  if ("name" in options) throw new TypeError('Cannot share the option "name": each step has its own');
  if (options.undo !== undefined) {
    throw new TypeError('Cannot share the option "undo": it undoes what one step did, pass it to that step');
  }
  if (typeof options.interrupted === "function") {
    throw new TypeError("Cannot share a probe: it is called with the arguments of one step, pass it to that step");
  }
}

/** Copies checked options as they will be stored: without members that are `undefined`. */
export function copyStepOptions(options: PlannedOptions): PlannedOptions {
  const { retry } = options;
  return withoutUndefined({ ...options, retry: retry && JSON.parse(writeJson(retry)) });
}
