import { findJsonFault, type Json } from "./json.ts";

/**
 * Small checks of parsed JSON, from which the types of what passes them are derived. They return the first fault instead
 * of throwing, because a journal of a million records is checked event by event.
 */

/** Where a value is not of the expected form. */
export interface Fault {
  /** Place in the value, such as `.nodes[2].id`. */
  readonly path: string;
  readonly reason: string;
  /** A newer version may have written it: an unknown word or key, in a form that is sound otherwise. */
  readonly isNew: boolean;
}

/** Says what is wrong with a value; nothing if it is a `T`. */
export interface Shape<out T> {
  (value: unknown): Fault | undefined;
  /** Only for the type checker: there is no such property. */
  readonly "~type"?: T;
}

export type ShapeOf<S> = S extends Shape<infer T> ? T : never;

/** What an own check takes for a `T`. */
function check<T>(isRight: (value: unknown) => boolean, reason: string): Shape<T> {
  return (value) => isRight(value) ? undefined : wrong(reason);
}

/** Any text up to a length in UTF-16 units, of a pattern if one is given. */
export function text(maxLength: number, pattern?: RegExp): Shape<string> {
  return (value) => {
    if (typeof value !== "string") return wrong("is not a text");
    if (value.length > maxLength) return wrong(`is longer than ${maxLength}`);
    if (pattern !== undefined && !pattern.test(value)) return wrong(`is not of the form ${pattern.source}`);
    return undefined;
  };
}

const isoText = text(24, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

/** A date and time as `Date` writes it. */
export const dateText: Shape<string> = (value: unknown): Fault | undefined =>
  isoText(value) ?? (Number.isNaN(Date.parse(String(value))) ? wrong("is no date") : undefined);

/** A whole number in a range, both ends included. */
export function wholeNumber(min: number, max: number): Shape<number> {
  const isRight = (value: unknown) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
  return check(isRight, `is not a whole number from ${min} to ${max}`);
}

/** A finite number in a range, both ends included. */
export function number(min: number, max: number): Shape<number> {
  const isRight = (value: unknown) => typeof value === "number" && value >= min && value <= max;
  return check(isRight, `is not a number from ${min} to ${max}`);
}

export const boolean: Shape<boolean> = check((value) => typeof value === "boolean", "is not true or false");

/** For members that are left out otherwise. */
export const onlyTrue: Shape<true> = check((value) => value === true, "is not true");

/** Anything that `JSON.parse` returns and that may be stored. */
export const json: Shape<Json> = (value: unknown): Fault | undefined => {
  const fault = value === undefined ? "is missing" : findJsonFault(value);
  return fault === undefined ? undefined : wrong(fault);
};

/** One of some words. Another word may be one of a newer version. */
export function word<W extends string>(...words: readonly W[]): Shape<W> {
  const known = new Set<unknown>(words);
  return (value) => {
    if (known.has(value)) return undefined;
    return { ...wrong(`has the unknown word ${JSON.stringify(value)}`), isNew: typeof value === "string" };
  };
}

export function list<T>(item: Shape<T>): Shape<readonly T[]> {
  return (value) => {
    if (!Array.isArray(value)) return wrong("is not a list");
    for (let index = 0; index < value.length; index += 1) {
      const fault = item(value[index]);
      if (fault !== undefined) return { ...fault, path: `[${index}]${fault.path}` };
    }
    return undefined;
  };
}

/** Members of an object. A key that ends in `?` may be left out. */
export type Members = Readonly<Record<string, Shape<unknown>>>;

export type ObjectOf<M> = Flat<
  & { readonly [K in keyof M as K extends `${string}?` ? never : K]: ShapeOf<M[K]> }
  & { readonly [K in keyof M as K extends `${infer N}?` ? N : never]?: ShapeOf<M[K]> }
>;

/** The members that an object of a type has: all of them, and no other. */
type MembersOf<T> = {
  readonly [K in keyof T as K extends string ? T extends Readonly<Record<K, unknown>> ? K : `${K}?` : never]-?: Shape<
    Exclude<T[K], undefined>
  >;
};

type Flat<T> = T extends infer U ? { readonly [K in keyof U]: U[K] } : never;

/** An object with exactly these members. Another key may be one of a newer version. */
export function object<M extends Members>(members: M): Shape<ObjectOf<M>> {
  return checkMembers(members);
}

/** The same for a type that is written by hand, since it is public: it compiles only if both have the same members. */
export function objectOf<T extends object>(members: MembersOf<T> & Members): Shape<T> {
  return checkMembers(members);
}

function checkMembers(members: Members): Shape<never> {
  const checks = new Map<string, Shape<unknown>>();
  const required: string[] = [];
  for (const [key, check] of Object.entries(members)) {
    const name = key.replace(/\?$/, "");
    checks.set(name, check);
    if (name === key) required.push(name);
  }
  return (value) => {
    if (!isObject(value)) return wrong("is not an object");
    let unknown: Fault | undefined;
    for (const key of Object.keys(value)) {
      const check = checks.get(key);
      if (check === undefined) {
        unknown ??= { path: "", reason: `has the unknown key ${JSON.stringify(key)}`, isNew: true };
        continue;
      }
      const fault = check(value[key]);
      const placed = fault && { ...fault, path: `.${key}${fault.path}` };
      if (placed?.isNew === false) return placed;
      unknown ??= placed;
    }
    const missing = required.find((key) => !Object.hasOwn(value, key));
    return missing === undefined ? unknown : wrong(`has no ${JSON.stringify(missing)}`);
  };
}

type VariantsOf<K extends string, F, C> = {
  [W in keyof F & string]: F[W] extends Shape<infer T> ? T : Flat<{ readonly [P in K]: W } & ObjectOf<C & F[W]>>;
}[keyof F & string];

/** An object whose form depends on the word under a key: for each, its other members, or a shape of the whole. */
export function variants<
  K extends string,
  F extends Readonly<Record<string, Members | Shape<unknown>>>,
  C extends Members = Record<never, never>,
>(key: K, forms: F, common?: C): Shape<VariantsOf<K, F, C>> {
  const known = new Map<string, Shape<unknown>>();
  for (const [name, form] of Object.entries(forms)) {
    known.set(name, typeof form === "function" ? form : checkMembers({ [key]: anything, ...common, ...form }));
  }
  return (value) => {
    if (!isObject(value)) return wrong("is not an object");
    const form = value[key];
    if (typeof form !== "string") return wrong(`has no ${JSON.stringify(key)}`);
    const check = known.get(form);
    if (check !== undefined) return check(value);
    return { path: "", reason: `has the unknown ${key} ${JSON.stringify(form)}`, isNew: true };
  };
}

export const anything: Shape<unknown> = (): undefined => undefined;

/** One of two forms: the first for objects, the second for all else. */
export function objectOr<A, B>(form: Shape<A>, other: Shape<B>): Shape<A | B> {
  return (value) => isObject(value) ? form(value) : other(value);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrong(reason: string): Fault {
  return { path: "", reason, isNew: false };
}

/** Makes a function that does the work at its first call, and gives the same result at each call. */
export function once<T>(work: () => T): () => T {
  let result: T | undefined;
  return () => result ??= work();
}

/** What some work returns; nothing if it throws. */
export function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

export function succeeds(work: () => unknown): boolean {
  return attempt(() => [work()]) !== undefined;
}
