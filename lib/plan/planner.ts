import types from "node:util/types";
import type { NodeOf } from "./node.ts";
import type { GroupOptions, NameOption } from "./node_options.ts";
import type { NotAsync } from "./plan_scopes.ts";
import type { Args, Ref, StepValue } from "./ref.ts";
import { MAX_PAUSE_MS } from "./retry_options.ts";
import type { SharedOptions, StepOptions } from "./step_options.ts";

/**
 * Adds steps to a plan. Nothing runs meanwhile. Steps run in the order in which they are added, each when the step before
 * it is done; `parallel` and `sequence` make groups with another order.
 *
 * @example
 * ```ts
 * import { type Planner, type Ref, Transaction } from "@x/resumable-tx";
 *
 * export function makeFolder(path: string): Promise<void> {
 *   return Deno.mkdir(path);
 * }
 * // A part of a plan that several transactions share.
 * function planFolders(t: Planner, user: string): void {
 *   for (const name of ["mail", "files"]) t.do(makeFolder, `/srv/${user}/${name}`);
 * }
 *
 * planFolders(new Transaction(import.meta), "ana");
 * ```
 */
export interface Planner {
  /**
   * Adds a step to the end of the plan: one call of one function.
   *
   * The arguments are stored immediately: changing an object later changes nothing. Another process must be able to find
   * the function: use an exported function of this module or of one that it imports, or a member of `steps(…)`. Of an
   * overloaded function, the last signature is used. A function may return a sub-plan, made by `plan`: the step's value is
   * then that of the plan.
   *
   * @param fn The step function.
   * @param args Its arguments. Each may be a ref, or contain refs.
   * @returns The step, which is a ref to its value.
   * @throws {TypeError} `fn` is not a function; an argument cannot be stored; a ref belongs to another transaction; the
   * plan is already sealed; or another planner must be used here.
   * @throws {RangeError} The arguments are larger than 16 MiB.
   *
   * @example
   * ```ts
   * import { Transaction } from "@x/resumable-tx";
   *
   * export function createFolder(path: string): Promise<void> {
   *   return Deno.mkdir(path);
   * }
   *
   * const t = new Transaction(import.meta);
   * t.do(createFolder, "/srv/ana");
   * ```
   */
  do<A extends readonly unknown[], R>(fn: (...args: A) => R, ...args: Args<A>): Step<A, R>;

  /**
   * Returns a planner for the same plan whose steps share some options.
   *
   * @param options Options of every step that it adds. A step's own `with` overrides them.
   * @returns The planner.
   * @throws {TypeError} An option is unknown or invalid.
   *
   * @example
   * ```ts
   * import { Transaction } from "@x/resumable-tx";
   *
   * export function copy(from: string, to: string): Promise<void> {
   *   return Deno.copyFile(from, to);
   * }
   *
   * const t = new Transaction(import.meta);
   * const repeatable = t.with({ interrupted: "retry" });
   * repeatable.do(copy, "a.txt", "b.txt");
   * repeatable.do(copy, "b.txt", "c.txt");
   * ```
   */
  with(options: SharedOptions): Planner;

  /**
   * Adds steps that may run in parallel. Later steps wait for the whole group.
   *
   * A step that uses the value of another step of the group waits for that step. If a step fails, running steps are allowed
   * to finish and are recorded, and no further step starts. A crash may leave several steps `unknown` at once.
   *
   * @param build Adds the group's steps with the planner that it gets. That planner is valid only inside `build` and shares
   * the options of this one, which cannot be used meanwhile. `build` must not be async. If it throws, the error passes
   * through and the plan can no longer be used.
   * @param options How many steps may run at the same time, and the group's name.
   * @returns What `build` returns. Refs in it can be used anywhere later in the plan.
   * @throws {TypeError} `build` is async or not a function; an option is unknown; the name is taken; or another planner must
   * be used here.
   * @throws {RangeError} `limit` is not a whole number above 0.
   *
   * @example
   * ```ts
   * import { Transaction } from "@x/resumable-tx";
   *
   * export function fetchText(url: string): Promise<string> {
   *   return fetch(url).then((response) => response.text());
   * }
   * export function save(path: string, texts: readonly string[]): Promise<void> {
   *   return Deno.writeTextFile(path, texts.join("\n"));
   * }
   *
   * const t = new Transaction(import.meta);
   * const texts = t.parallel((p) => [
   *   p.do(fetchText, "https://a.example/"),
   *   p.do(fetchText, "https://b.example/"),
   * ], { limit: 10 });
   * t.do(save, "all.txt", texts);
   * ```
   */
  parallel<V>(build: ((p: Planner) => V) & NotAsync<V>, options?: GroupOptions): V;

  /**
   * Adds steps that run one after another, as one part of a parallel group.
   *
   * @param build Adds the steps, as for {@linkcode Planner.parallel}.
   * @param options The group's name.
   * @returns What `build` returns.
   * @throws {TypeError} `build` is async or not a function; an option is unknown; the name is taken; or another planner must
   * be used here.
   *
   * @example
   * ```ts
   * import { Transaction } from "@x/resumable-tx";
   *
   * export function createFolder(path: string): Promise<void> {
   *   return Deno.mkdir(path);
   * }
   * export function copy(from: string, to: string): Promise<void> {
   *   return Deno.copyFile(from, to);
   * }
   *
   * const t = new Transaction(import.meta);
   * t.parallel((p) => {
   *   for (const user of ["ana", "bob"]) {
   *     p.sequence((s) => {
   *       s.do(createFolder, `/srv/${user}`);
   *       s.do(copy, "/srv/welcome.txt", `/srv/${user}/welcome.txt`);
   *     });
   *   }
   * });
   * ```
   */
  sequence<V>(build: ((s: Planner) => V) & NotAsync<V>, options?: NameOption): V;

  /**
   * Adds a pause. Its end is recorded when it begins: a crash does not make it longer, and time during which the transaction
   * does not run counts.
   *
   * @param time How long, in milliseconds, at most 1e12; or until when. A past date makes no pause.
   * @param options The name of the pause.
   * @throws {TypeError} `time` is neither; an option is unknown; the name is taken; or another planner must be used here.
   * @throws {RangeError} `time` is negative, too large, or an invalid date.
   *
   * @example
   * ```ts
   * import { Transaction } from "@x/resumable-tx";
   *
   * export function remind(address: string): void {
   *   console.log(`Dear ${address}`);
   * }
   *
   * const t = new Transaction(import.meta);
   * t.do(remind, "ana@example.com");
   * t.sleep(7 * 24 * 60 * 60 * 1000, { name: "a_week" });
   * t.do(remind, "ana@example.com");
   * t.sleep(new Date("2030-01-01T00:00:00Z"));
   * t.do(remind, "all@example.com");
   * ```
   */
  sleep(time: number | Date, options?: NameOption): void;

  /**
   * Adds a wait for a signal, which a person or a program sends. When nothing else is left to do, the run ends with
   * `TransactionPaused`; a resume after the signal was sent continues. A signal that is sent before its wait begins is kept.
   * Each signal is taken by one wait. A crash loses no signal.
   *
   * @typeParam T The value of the signal. It is not checked.
   * @param signal The signal's name, formed like a step's. Several waits may have the same.
   * @param options The name of the wait.
   * @returns A ref to the value of the signal.
   * @throws {TypeError} `signal` cannot be a name; an option is unknown; the name is taken; or another planner must be used
   * here.
   *
   * @example
   * ```ts
   * import { Transaction } from "@x/resumable-tx";
   *
   * export function order(item: string, by: string): void {
   *   console.log(`${by} orders ${item}`);
   * }
   *
   * const t = new Transaction(import.meta);
   * const approval = t.waitFor<{ by: string }>("approval");
   * t.do(order, "a crane", approval.get("by"));
   * ```
   */
  waitFor<T = unknown>(signal: string, options?: NameOption): Ref<T>;
}

/**
 * A step of a plan, and a ref to its value.
 *
 * @typeParam A The function's parameters.
 * @typeParam R What the function returns.
 *
 * @example
 * ```ts
 * import { type Step, Transaction } from "@x/resumable-tx";
 *
 * export async function readFile(path: string): Promise<string> {
 *   return await Deno.readTextFile(path);
 * }
 * export function count(text: string): number {
 *   return text.length;
 * }
 *
 * const t = new Transaction(import.meta);
 * const text: Step<[path: string], Promise<string>> = t.do(readFile, "a.txt");
 * t.do(count, text.with({ name: "text" })); // the text itself, not the promise
 * ```
 */
export interface Step<A extends readonly unknown[], R> extends Ref<StepValue<R>> {
  /**
   * Sets options of the step.
   *
   * @param options The options. A later call overrides an earlier one.
   * @returns The step itself.
   * @throws {TypeError} An option is unknown or invalid, the name is taken, or the plan is already sealed.
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
   * t.do(upload, "a.txt").with({ name: "upload", interrupted: "retry" });
   * ```
   */
  with(options: StepOptions<A, R>): Step<A, R>;
}

/** The length of a date whose year has four digits. */
const ISO_LENGTH = 24;

/** The members of a sleep that say how long it is, in milliseconds, or until when. */
export function sleepTime(time: number | Date): Pick<NodeOf<"sleep">, "ms" | "until"> {
  if (typeof time === "number") {
    // JSON has no minus zero, and a first run gets the same value as a resumed one.
    if (time >= 0 && time <= MAX_PAUSE_MS) return { ms: time === 0 ? 0 : time };
    throw new RangeError(`Cannot sleep ${time} ms: use 0 to ${MAX_PAUSE_MS}, or a Date`);
  }
  if (!types.isDate(time)) throw new TypeError("Cannot sleep: pass a number of milliseconds, or a Date");
  if (Number.isNaN(time.getTime())) throw new RangeError("Cannot sleep until an invalid Date");
  const until = time.toISOString();
  if (until.length === ISO_LENGTH) return { until };
  throw new RangeError(`Cannot sleep until ${until}: use a year from 0 to 9999`);
}
