import { isVariableName } from "../values/json.ts";
import { type BrandData, setBrand } from "../values/brand.ts";
import { quote } from "../text/escape.ts";

/**
 * Stands for the value of an earlier step. Use it as an argument of a later step, also inside objects and arrays. The value
 * is not known while the plan is made: using a ref as text or as a number is an error.
 *
 * @typeParam T What the step returns, when awaited.
 *
 * @example
 * ```ts
 * import { type Ref, Transaction } from "@x/resumable-tx";
 *
 * export function hostName(): string {
 *   return Deno.hostname();
 * }
 * export function register(names: readonly string[]): void {
 *   console.log(names.join());
 * }
 *
 * const t = new Transaction(import.meta);
 * const here: Ref<string> = t.do(hostName);
 * t.do(register, [here, "backup"]);
 * ```
 */
export interface Ref<T> {
  /** Only for the type checker: there is no such property. */
  readonly "~value": T;

  /**
   * Makes a ref to a part of the value.
   *
   * @param key A property of the value that is data and no method: an object's member, an array's element or `length`, the
   * `href` of a URL, the `size` of a Map, the `name` of an error.
   * @returns A ref to that property. If the value turns out to have no such property (it is optional, or the value is `null`
   * or `undefined`), the step that uses the ref is not started and the run ends.
   *
   * @example
   * ```ts
   * import { Transaction } from "@x/resumable-tx";
   *
   * export function createUser(name: string): { id: number; name: string } {
   *   return { id: 7, name };
   * }
   * export function greet(id: number): void {
   *   console.log(`Hello ${id}`);
   * }
   *
   * const t = new Transaction(import.meta);
   * const user = t.do(createUser, "Ana");
   * t.do(greet, user.get("id"));
   * ```
   */
  get<K extends PartKey<NonNullable<T>>>(key: K): Ref<NonNullable<T>[K]>;
}

/**
 * The keys of the parts of a value that {@linkcode Ref.get} can refer to: no methods, and nothing that cannot be stored.
 *
 * @example
 * ```ts
 * import type { PartKey } from "@x/resumable-tx";
 *
 * const key: PartKey<URL> = "href"; // "toString" and "searchParams" do not compile
 * console.log(key);
 * ```
 */
export type PartKey<T> = Extract<keyof T, string | number> extends infer K
  ? K extends keyof T
    ? unknown extends T[K] ? K : T[K] extends AnyFunction | URLSearchParams | ArrayBufferLike ? never : K
  : never
  : never;

/**
 * What a step's argument may be: a value of the parameter's type, a ref to one, or a structure with refs in it.
 *
 * @example
 * ```ts
 * import type { Arg, Planner, Ref } from "@x/resumable-tx";
 *
 * export function welcome(user: { readonly name: string }): string {
 *   return `Welcome, ${user.name}`;
 * }
 *
 * // Takes a known name as well as one that an earlier step returns.
 * export function planWelcome(t: Planner, name: Arg<string>): Ref<string> {
 *   return t.do(welcome, { name });
 * }
 * ```
 */
export type Arg<T> =
  | T
  | Ref<T>
  | (T extends AnyFunction ? never
    : T extends readonly (infer E)[] ? number extends T["length"] ? readonly Arg<E>[]
      : { readonly [K in keyof T]: Arg<T[K]> }
    : T extends object ? { readonly [K in keyof T]: Arg<T[K]> }
    : never);

/**
 * The arguments of a function, each as {@linkcode Arg}.
 *
 * @example
 * ```ts
 * import type { Args, Planner } from "@x/resumable-tx";
 *
 * // Plans the same call twice, with any arguments that the function takes.
 * export function doTwice<A extends readonly unknown[]>(t: Planner, fn: (...args: A) => void, ...args: Args<A>): void {
 *   t.do(fn, ...args);
 *   t.do(fn, ...args);
 * }
 * ```
 */
export type Args<A extends readonly unknown[]> = { readonly [K in keyof A]: Arg<A[K]> };

/**
 * A value with every ref in it replaced by what it stands for.
 *
 * @example
 * ```ts
 * import type { Ref, Value } from "@x/resumable-tx";
 *
 * // What `run` returns when `build` returns this.
 * type Planned = { readonly id: Ref<number>; readonly names: readonly [Ref<string>, string] };
 * const result: Value<Planned> = { id: 7, names: ["ana", "backup"] };
 * console.log(result.id + 1); // 8
 * ```
 */
export type Value<V> = V extends Ref<infer T> ? T
  : V extends AnyFunction | Opaque ? V
  : V extends readonly unknown[] ? { -readonly [K in keyof V]: Value<V[K]> }
  : V extends object ? { [K in keyof V]: Value<V[K]> }
  : V;

/**
 * A plan that a step returns: its steps run in place of the step. Made by `plan`.
 *
 * @typeParam V What the plan returns, with refs or with values in their place: both give the same type.
 *
 * @example
 * ```ts
 * import { plan, type SubPlan } from "@x/resumable-tx";
 *
 * export function double(n: number): number {
 *   return 2 * n;
 * }
 * // For later steps, its value is a number in either case.
 * export function doubleUntil(limit: number, n: number): number | SubPlan<number> {
 *   if (n >= limit) return n;
 *   return plan((t) => t.do(doubleUntil, limit, t.do(double, n)));
 * }
 * ```
 */
export interface SubPlan<V> {
  /** Only for the type checker: there is no such property. */
  readonly "~plan": Value<V>;
}

/**
 * The value of a step whose function returns `R`: promises are awaited, and a sub-plan is replaced by its value.
 *
 * @typeParam R What the step function returns.
 *
 * @example
 * ```ts
 * import type { StepValue, SubPlan } from "@x/resumable-tx";
 *
 * type Sizes = StepValue<Promise<SubPlan<number[]>>>;
 * const sizes: Sizes = [1, 2];
 * console.log(sizes);
 * ```
 */
export type StepValue<R> = Awaited<R> extends infer T ? T extends { readonly "~plan": infer V } ? V : T : never;

/**
 * Objects that {@linkcode Value} leaves as they are.
 *
 * @example
 * ```ts
 * import type { Opaque, Ref, Value } from "@x/resumable-tx";
 *
 * // A date stays a date, with its methods: it is not searched for refs.
 * const since: Opaque & Value<Ref<Date>> = new Date(0);
 * console.log(since.getUTCFullYear()); // 1970
 * ```
 */
export type Opaque =
  | Date
  | RegExp
  | URL
  | Uint8Array
  | Error
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>;

/**
 * Any function.
 *
 * @example
 * ```ts
 * import type { AnyFunction } from "@x/resumable-tx";
 *
 * // The functions of a module that can be steps.
 * export function listFunctions(module: Readonly<Record<string, unknown>>): readonly string[] {
 *   const isFunction = (value: unknown): value is AnyFunction => typeof value === "function";
 *   return Object.entries(module).filter(([, value]) => isFunction(value)).map(([name]) => name);
 * }
 * console.log(listFunctions({ upload: () => {}, limit: 3 })); // [ "upload" ]
 * ```
 */
export type AnyFunction = (...args: never[]) => unknown;

/** Stands for a value that is not known while the plan is made: using it as a value is an error. */
class NoValue {
  readonly #describe: (as: string) => string;

  constructor(describe: (as: string) => string) {
    this.#describe = describe;
  }

  toString(): string {
    throw new TypeError(this.#describe("text"));
  }

  valueOf(): never {
    throw new TypeError(this.#describe("a plain value"));
  }

  toJSON(): never {
    throw new TypeError(this.#describe("JSON"));
  }

  [Symbol.toPrimitive](): never {
    throw new TypeError(this.#describe("text or a number"));
  }
}

/** What a planner returns for a step; a {@linkcode Ref} to the author. */
export class StepRef extends NoValue {
  readonly #data: BrandData["ref"];

  constructor(data: BrandData["ref"]) {
    super((as) =>
      `Cannot use the value of step ${data.step} as ${as}: the step has not run yet. ` +
      "Pass the ref itself as an argument of a later step; it stands for the value"
    );
    this.#data = data;
    setBrand(this, "ref", data);
  }

  /** See {@linkcode Ref.get}. */
  get(key: PropertyKey): StepRef {
    if (typeof key === "symbol") throw new TypeError("Cannot refer to a property whose key is a symbol");
    return new StepRef({ ...this.#data, path: [...this.#data.path, String(key)] });
  }
}

/**
 * Stands for the value of an environment variable, which must be set when a run begins and is read when the step that uses
 * it starts. The journal holds the variable's name and never its value: use it for passwords and keys.
 *
 * @param name The variable's name.
 * @returns A ref to use as an argument. If a variable is not set that the rest of the transaction may need, or Deno
 * has no permission to read it (`--allow-env`), a run ends before its first step.
 * @throws {TypeError} The name is empty, or contains "=" or NUL.
 *
 * @example
 * ```ts
 * import { env, Transaction } from "@x/resumable-tx";
 *
 * export async function notify(address: string, key: string): Promise<void> {
 *   await fetch("https://mail.example/send", { method: "POST", body: address, headers: { authorization: key } });
 * }
 *
 * const t = new Transaction(import.meta);
 * t.do(notify, "ana@example.com", env("MAIL_KEY"));
 * ```
 */
export function env(name: string): Ref<string> {
  if (typeof name !== "string" || !isVariableName(name)) {
    throw new TypeError(`Cannot name an environment variable ${quote(name)}`);
  }
  // The type is asserted here alone: the type of a ref exists only in the type checker.
  return new EnvRef(name) as unknown as Ref<string>;
}

class EnvRef extends NoValue {
  constructor(name: string) {
    super(() =>
      `Cannot use env(${quote(name)}) as a value: it is read when a step runs. ` +
      "Pass it as an argument of a step; the step gets the value"
    );
    setBrand(this, "env", { name });
  }

  get(key: PropertyKey): never {
    throw new TypeError(`Cannot refer to ${quote(String(key))} of a variable: its value is a text`);
  }
}
