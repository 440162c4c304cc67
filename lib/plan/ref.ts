import { type BrandData, setBrand } from "../values/brand.ts";

/**
 * Stands for the value of an earlier step, and can be used as an argument of a later one, also inside of objects and
 * arrays. The value itself is not known while the plan is made: to use a ref as text or as a number is an error.
 *
 * @typeParam T What the step returns, when awaited.
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

/** What a step's argument may be: a value of the parameter's type, a ref to one, or a structure with refs in it. */
export type Arg<T> =
  | T
  | Ref<T>
  | (T extends AnyFunction ? never
    : T extends readonly (infer E)[] ? number extends T["length"] ? readonly Arg<E>[]
      : { readonly [K in keyof T]: Arg<T[K]> }
    : T extends object ? { readonly [K in keyof T]: Arg<T[K]> }
    : never);

/** The arguments of a function, each as {@linkcode Arg}. */
export type Args<A extends readonly unknown[]> = { readonly [K in keyof A]: Arg<A[K]> };

/** A value with every ref in it replaced by what it stands for. */
export type Value<V> = V extends Ref<infer T> ? T
  : V extends AnyFunction | Opaque ? V
  : V extends object ? { -readonly [K in keyof V]: Value<V[K]> }
  : V;

/** Objects that {@linkcode Value} looks at as a whole. */
export type Opaque =
  | Date
  | RegExp
  | URL
  | Uint8Array
  | Error
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>;

/** Any function, for tests of assignability. */
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
