import { type BrandData, setBrand } from "../values/brand.ts";

/**
 * Stands for the value of an earlier step, and can be used as an argument of a later one, also inside of objects and
 * arrays. The value itself is not known while the plan is made: to use a ref as text or as a number is an error.
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
   * @param key A property of the value. Own properties only: an object's members, an array's elements and `length`.
   * @returns A ref to that property. If the value turns out to be `null` or `undefined`, the step that uses the ref is
   * not started and the run ends.
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
  get<K extends keyof NonNullable<T>>(key: K): Ref<NonNullable<T>[K]>;
}

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
 * // Takes a name that is known already as well as one that an earlier step finds out.
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
 * // Plans the same call twice, with whatever arguments the function has.
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
 * // What `run` gives when `build` returns this.
 * type Planned = { readonly id: Ref<number>; readonly names: readonly [Ref<string>, string] };
 * const result: Value<Planned> = { id: 7, names: ["ana", "backup"] };
 * console.log(result.id + 1); // 8
 * ```
 */
export type Value<V> = V extends Ref<infer T> ? T
  : V extends AnyFunction | Opaque ? V
  : V extends object ? { -readonly [K in keyof V]: Value<V[K]> }
  : V;

/**
 * Objects that {@linkcode Value} looks at as a whole.
 *
 * @example
 * ```ts
 * import type { Opaque, Ref, Value } from "@x/resumable-tx";
 *
 * // A date stays a date, with its methods; it is not taken apart to look for refs in it.
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
 * Any function, for tests of assignability.
 *
 * @example
 * ```ts
 * import type { AnyFunction } from "@x/resumable-tx";
 *
 * // Which functions a module would offer as steps.
 * export function listFunctions(module: Readonly<Record<string, unknown>>): readonly string[] {
 *   const isFunction = (value: unknown): value is AnyFunction => typeof value === "function";
 *   return Object.entries(module).filter(([, value]) => isFunction(value)).map(([name]) => name);
 * }
 * console.log(listFunctions({ upload: () => {}, limit: 3 })); // [ "upload" ]
 * ```
 */
export type AnyFunction = (...args: never[]) => unknown;

const MISUSE = "Pass the ref itself as an argument of a later step; it stands for the value";

/** What a planner hands out for a step; a {@linkcode Ref} to the author. */
export class StepRef {
  readonly #data: BrandData["ref"];

  /** Brands the ref, so that every copy of the library knows it. */
  constructor(data: BrandData["ref"]) {
    this.#data = data;
    setBrand(this, "ref", data);
  }

  /** See {@linkcode Ref.get}. */
  get(key: PropertyKey): StepRef {
    if (typeof key === "symbol") throw new TypeError("Cannot refer to a property whose key is a symbol");
    return new StepRef({ ...this.#data, path: [...this.#data.path, String(key)] });
  }

  /** Refuses: the value is not known yet. */
  toString(): string {
    throw this.#misuse("text");
  }

  /** Refuses: the value is not known yet. */
  valueOf(): never {
    throw this.#misuse("a plain value");
  }

  /** Refuses: the value is not known yet. */
  toJSON(): never {
    throw this.#misuse("JSON");
  }

  /** Refuses: the value is not known yet. */
  [Symbol.toPrimitive](): never {
    throw this.#misuse("text or a number");
  }

  #misuse(as: string): TypeError {
    return new TypeError(
      `Cannot use the value of step ${this.#data.step} as ${as}: the step has not run yet. ${MISUSE}`,
    );
  }
}

const ENV_MISUSE = "Pass it as an argument of a step; the step gets the value";

/**
 * Stands for the value of an environment variable, read when the step that uses it is started. The journal holds the
 * variable's name and never its value; use it for passwords and keys.
 *
 * @param name The variable's name.
 * @returns A ref to be used as an argument. A variable that is not set, or that Deno has no permission to read
 * (`--allow-env`), ends the run before the step starts.
 * @throws {TypeError} The name is empty, or has a "=" or a NUL in it.
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
  if (typeof name !== "string" || name === "" || name.includes("=") || name.includes("\0")) {
    throw new TypeError(`Cannot name an environment variable ${JSON.stringify(name)}`);
  }
  // The one place where the type is asserted: a ref's type lives in the type checker alone.
  return new EnvRef(name) as unknown as Ref<string>;
}

class EnvRef {
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
    setBrand(this, "env", { name });
  }

  get(key: PropertyKey): never {
    throw new TypeError(`Cannot refer to ${JSON.stringify(String(key))} of a variable: its value is a text`);
  }

  toString(): string {
    throw this.#misuse();
  }

  valueOf(): never {
    throw this.#misuse();
  }

  toJSON(): never {
    throw this.#misuse();
  }

  [Symbol.toPrimitive](): never {
    throw this.#misuse();
  }

  #misuse(): TypeError {
    return new TypeError(
      `Cannot use env(${JSON.stringify(this.#name)}) as a value: it is read when a step runs. ${ENV_MISUSE}`,
    );
  }
}
