import { findJsonFault } from "../values/json.ts";

/**
 * Small checks that say where a parsed JSON value is not of the expected form. They return the first fault instead of
 * throwing, because a journal of a million records is checked event by event.
 */

/** Where a value is not of the expected form. */
export interface Fault {
  /** Place in the value, such as `.nodes[2].id`. */
  readonly path: string;
  /** What is wrong there. */
  readonly reason: string;
  /** A newer version may have written it: an unknown word or key, in a form that is sound otherwise. */
  readonly isNew: boolean;
}

/** Says what is wrong with a value, or nothing. */
export type ShapeCheck = (value: unknown) => Fault | undefined;

/** Any text up to a length in UTF-16 units, of a pattern if one is given. */
export function text(maxLength: number, pattern?: RegExp): ShapeCheck {
  return (value) => {
    if (typeof value !== "string") return wrong("is not a text");
    if (value.length > maxLength) return wrong(`is longer than ${maxLength}`);
    if (pattern !== undefined && !pattern.test(value)) return wrong(`is not of the form ${pattern.source}`);
    return undefined;
  };
}

/** A whole number in a range, both ends included. */
export function wholeNumber(min: number, max: number): ShapeCheck {
  return (value) => {
    if (Number.isInteger(value) && Number(value) >= min && Number(value) <= max) return undefined;
    return wrong(`is not a whole number from ${min} to ${max}`);
  };
}

/** A finite number in a range, both ends included. */
export function number(min: number, max: number): ShapeCheck {
  return (value) => {
    if (typeof value === "number" && value >= min && value <= max) return undefined;
    return wrong(`is not a number from ${min} to ${max}`);
  };
}

/** True or false. */
export function boolean(value: unknown): Fault | undefined {
  return typeof value === "boolean" ? undefined : wrong("is not true or false");
}

/** The value `true`, for members that are left out otherwise. */
export function onlyTrue(value: unknown): Fault | undefined {
  return value === true ? undefined : wrong("is not true");
}

/** Anything that `JSON.parse` returns and that may be stored. */
export function json(value: unknown): Fault | undefined {
  const fault = value === undefined ? "is missing" : findJsonFault(value);
  return fault === undefined ? undefined : wrong(fault);
}

/** One of some words. Another word may be one of a newer version. */
export function word(...words: readonly string[]): ShapeCheck {
  const known = new Set<unknown>(words);
  return (value) => {
    if (known.has(value)) return undefined;
    return { ...wrong(`has the unknown word ${JSON.stringify(value)}`), isNew: typeof value === "string" };
  };
}

/** A list of like items. */
export function list(item: ShapeCheck, minLength = 0): ShapeCheck {
  return (value) => {
    if (!Array.isArray(value)) return wrong("is not a list");
    if (value.length < minLength) return wrong(`has fewer than ${minLength} items`);
    for (let index = 0; index < value.length; index += 1) {
      const fault = item(value[index]);
      if (fault !== undefined) return { ...fault, path: `[${index}]${fault.path}` };
    }
    return undefined;
  };
}

/** Members of an object. A key that ends in `?` may be left out. */
export type Members = Readonly<Record<string, ShapeCheck>>;

/** An object with exactly these members. Another key may be one of a newer version. */
export function object(members: Members): ShapeCheck {
  const checks = new Map<string, ShapeCheck>();
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
      if (fault !== undefined && !fault.isNew) return { ...fault, path: `.${key}${fault.path}` };
      if (fault !== undefined) unknown ??= { ...fault, path: `.${key}${fault.path}` };
    }
    for (const key of required) {
      if (!Object.hasOwn(value, key)) return wrong(`has no ${JSON.stringify(key)}`);
    }
    return unknown;
  };
}

/** An object whose form depends on the word under one key. */
export function variants(key: string, forms: Readonly<Record<string, ShapeCheck>>): ShapeCheck {
  const known = new Map(Object.entries(forms));
  return (value) => {
    if (!isObject(value)) return wrong("is not an object");
    const form = value[key];
    if (typeof form !== "string") return wrong(`has no ${JSON.stringify(key)}`);
    const check = known.get(form);
    if (check !== undefined) return check(value);
    return { path: "", reason: `has the unknown ${key} ${JSON.stringify(form)}`, isNew: true };
  };
}

/** One of two forms: the first for objects, the second for all else. */
export function objectOr(form: ShapeCheck, other: ShapeCheck): ShapeCheck {
  return (value) => isObject(value) ? form(value) : other(value);
}

/** Tells whether a value is a JSON object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrong(reason: string): Fault {
  return { path: "", reason, isNew: false };
}
