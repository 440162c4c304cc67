import type { CopyPart, ValueWalk } from "./value_walk.ts";

/** Copies an error of a built-in class with its name, message, stack, cause and errors; refuses other errors. */
export function copyError(walk: ValueWalk, error: object, copy: CopyPart): unknown {
  const type = TYPES.get(Object.getPrototypeOf(error));
  if (type === undefined || !Error.isError(error)) walk.refuseValue(error);
  walk.markRich();
  walk.enter(error);
  const fields: ErrorFields = { type };
  walk.count(type.length);
  for (const key of Reflect.ownKeys(error)) copyField(walk, error, key, fields, copy);
  walk.leave();
  // Marked, but still a plain object, because superjson encodes the members of plain objects.
  return Object.assign(fields, { [ERROR]: true });
}

function copyField(walk: ValueWalk, error: Error, key: string | symbol, fields: ErrorFields, copy: CopyPart): void {
  switch (key) {
    case "name":
    case "message":
    case "stack":
      fields[key] = copyText(walk, error, key);
      return;
    case "cause":
      walk.path.push(key);
      fields.cause = copy(walk, readData(walk, error, key));
      break;
    case "errors":
      if (fields.type !== "AggregateError") walk.refuse("an error with the property errors");
      walk.path.push(key);
      fields.errors = readData(walk, error, key);
      if (!Array.isArray(fields.errors)) walk.refuse("not an array");
      fields.errors = copy(walk, fields.errors);
      break;
    default:
      walk.refuse(`an error with the property ${String(key).slice(0, 100)}`);
  }
  walk.path.pop();
}

function copyText(walk: ValueWalk, error: Error, key: "name" | "message" | "stack"): string {
  walk.path.push(key);
  // In V8, `stack` is a getter on each error, which cannot be told from another getter.
  const value = key === "stack" ? error.stack : readData(walk, error, key);
  if (typeof value !== "string") walk.refuse("not a text");
  walk.count(value.length + key.length);
  walk.path.pop();
  return value;
}

function readData(walk: ValueWalk, error: Error, key: string): unknown {
  const descriptor = Object.getOwnPropertyDescriptor(error, key);
  if (descriptor === undefined || !("value" in descriptor)) walk.refuse("a getter");
  return descriptor.value;
}

const ERROR = Symbol("error");

/** An error as the journal stores it. Fields that the error does not have itself are absent. */
export interface ErrorFields {
  type: string;
  /** Only if it was set on the error. */
  name?: string;
  message?: string;
  stack?: string;
  cause?: unknown;
  /** The list of an AggregateError. */
  errors?: unknown;
}

export function isMarkedAsError(value: unknown): value is ErrorFields {
  return typeof value === "object" && value !== null && Object.hasOwn(value, ERROR);
}

/** Restores an error with the same class and exactly the same fields. */
export function restoreError(fields: ErrorFields): Error {
  const error = MAKERS.get(fields.type)?.();
  if (error === undefined) throw new TypeError(`Cannot make an error of class ${JSON.stringify(fields.type)}`);
  for (const key of ["stack", "message", "cause", "errors"] as const) {
    if (!Object.hasOwn(fields, key)) Reflect.deleteProperty(error, key);
    else Object.defineProperty(error, key, { value: fields[key], writable: true, configurable: true });
  }
  if (fields.name !== undefined) error.name = fields.name;
  return error;
}

const CLASSES = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError];

/** By name. The constructor of AggregateError takes its errors first. */
const MAKERS: ReadonlyMap<unknown, () => Error> = new Map<string, () => Error>([
  ...CLASSES.map((type): [string, () => Error] => [type.name, () => new type()]),
  ["AggregateError", () => new AggregateError([])],
]);

/** By prototype. */
const TYPES: ReadonlyMap<unknown, string> = new Map<unknown, string>(
  [...CLASSES, AggregateError].map((type) => [type.prototype, type.name]),
);

/** Names of the built-in classes of errors. */
export const ERROR_TYPES: readonly string[] = [...TYPES.values()];
