import { cutText } from "../text/escape.ts";
import type { CopyPart, ValueWalk } from "./value_walk.ts";

/** Copies an error of a built-in class with all that it has; refuses other errors. */
export function copyError(walk: ValueWalk, error: object, copy: CopyPart): ErrorFields {
  const type = TYPES.get(Object.getPrototypeOf(error));
  if (type === undefined || !Error.isError(error)) walk.refuseValue(error);
  walk.markRich();
  walk.enter(error);
  const fields: ErrorFields = { type };
  walk.count(type.length);
  const enumerable: ErrorField[] = [];
  let isUsual = true;
  for (const key of Reflect.ownKeys(error)) {
    if (!isErrorField(key) || !isFieldOf(type, key)) {
      walk.refuse(`an error with the property ${cutText(String(key), 100)}`);
    }
    walk.path.push(key);
    fields[key] = copyField(walk, error, key, copy);
    walk.path.pop();
    const isEnumerable = Object.getOwnPropertyDescriptor(error, key)?.enumerable === true;
    if (isEnumerable) enumerable.push(key);
    isUsual &&= isEnumerable === (key === USUALLY_ENUMERABLE);
  }
  if (!isUsual) {
    fields.enumerable = enumerable;
    for (const key of enumerable) walk.count(key.length);
    walk.count(0);
  }
  walk.leave();
  return fields;
}

function copyField(walk: ValueWalk, error: Error, key: ErrorField, copy: CopyPart): unknown {
  const descriptor = Object.getOwnPropertyDescriptor(error, key) ?? {};
  // In V8, `stack` is a getter on each error, which cannot be told from another getter.
  if (key !== "stack" && !("value" in descriptor)) walk.refuse("a getter");
  const value = key === "stack" ? error.stack : descriptor.value;
  if (key === "errors" && !Array.isArray(value)) walk.refuse("not an array");
  if (key !== "name" && key !== "message" && key !== "stack") return copy(walk, value);
  if (typeof value !== "string") walk.refuse("not a text");
  walk.count(value.length + key.length);
  return value;
}

/** What an error can have besides its class. It is restored in the order in which the error had it. */
export const ERROR_FIELDS = ["stack", "name", "message", "cause", "errors", "error", "suppressed"] as const;
type ErrorField = typeof ERROR_FIELDS[number];

/** Assigning a name to an error, or declaring it in a class, makes it enumerable. What constructors set is not. */
const USUALLY_ENUMERABLE: ErrorField = "name";

function isErrorField(key: string | symbol): key is ErrorField {
  return ERROR_FIELDS.some((field) => field === key);
}

export function isFieldOf(type: string, field: ErrorField): boolean {
  if (field === "errors") return type === "AggregateError";
  return (field !== "error" && field !== "suppressed") || type === "SuppressedError";
}

/** An error as the journal stores it. Fields that the error does not have itself are absent. */
interface ErrorFields extends Partial<Record<ErrorField, unknown>> {
  type: string;
  /** The fields that are enumerable; absent if that is the name alone, or nothing. */
  enumerable?: ErrorField[];
}

/** Restores an error with the same class and exactly the same fields. */
export function restoreError(fields: ErrorFields): Error {
  const error = MAKERS.get(fields.type)?.();
  if (error === undefined) throw new TypeError(`Cannot make an error of class ${JSON.stringify(fields.type)}`);
  const enumerable = fields.enumerable ?? [USUALLY_ENUMERABLE];
  for (const key of ERROR_FIELDS) Reflect.deleteProperty(error, key);
  for (const key of Object.keys(fields).filter(isErrorField)) {
    const property = { value: fields[key], writable: true, configurable: true };
    Object.defineProperty(error, key, { ...property, enumerable: enumerable.includes(key) });
  }
  return error;
}

const CLASSES = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError];

/** By name. The constructors of some classes take other arguments first. */
const MAKERS: ReadonlyMap<unknown, () => Error> = new Map<string, () => Error>([
  ...CLASSES.map((type): [string, () => Error] => [type.name, () => new type()]),
  ["AggregateError", () => new AggregateError([])],
  ["SuppressedError", () => new SuppressedError(undefined, undefined)],
]);

/** By prototype. */
const TYPES: ReadonlyMap<unknown, string> = new Map<unknown, string>(
  [...CLASSES, AggregateError, SuppressedError].map((type) => [type.prototype, type.name]),
);

export function isErrorPrototype(prototype: unknown): boolean {
  return TYPES.has(prototype);
}

export const ERROR_TYPES: readonly string[] = [...TYPES.values()];
