import type { CopyPart, ValueWalk } from "./value_walk.ts";

/** Copies an error of a built-in class, with name, message, stack, cause and errors; refuses all other errors. */
export function copyError(walk: ValueWalk, error: object, copy: CopyPart): unknown {
  const type = findErrorType(error);
  if (type === undefined || !Error.isError(error)) walk.refuseValue(error);
  walk.markRich();
  walk.enter(error);
  const fields: ErrorFields = { type };
  walk.count(type.length);
  for (const key of Reflect.ownKeys(error)) copyField(walk, error, key, fields, copy);
  walk.leave();
  return markAsError(fields);
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
      fields.errors = copyList(walk, readData(walk, error, key), copy);
      break;
    default:
      walk.refuse(`an error with the property ${String(key).slice(0, 100)}`);
  }
  walk.path.pop();
}

function copyText(walk: ValueWalk, error: Error, key: "name" | "message" | "stack"): string {
  walk.path.push(key);
  // V8 has made `stack` a getter of its own on each error; there is no telling it from another one.
  const value = key === "stack" ? error.stack : readData(walk, error, key);
  if (typeof value !== "string") walk.refuse("not a text");
  walk.count(value.length + key.length);
  walk.path.pop();
  return value;
}

function copyList(walk: ValueWalk, value: unknown, copy: CopyPart): unknown {
  if (!Array.isArray(value)) walk.refuse("not an array");
  return copy(walk, value);
}

function readData(walk: ValueWalk, error: Error, key: string): unknown {
  const descriptor = Object.getOwnPropertyDescriptor(error, key);
  if (descriptor === undefined || !("value" in descriptor)) walk.refuse("a getter");
  return descriptor.value;
}

const ERROR = Symbol("error");

/** What the journal holds of an error. A field that the error does not have of its own is absent. */
export interface ErrorFields {
  /** Its built-in class. */
  type: string;
  /** Only when it was set on the error. */
  name?: string;
  /** Its message. */
  message?: string;
  /** Where it came from, as text. */
  stack?: string;
  /** Any value that can be stored. */
  cause?: unknown;
  /** Of an AggregateError. */
  errors?: unknown;
}

/** Marks fields for superjson as those of an error. Plain, and not a class, because superjson goes into plain objects. */
function markAsError(fields: ErrorFields): ErrorFields {
  return Object.assign(fields, { [ERROR]: true });
}

/** Tells whether a value is marked as the fields of an error. */
export function isMarkedAsError(value: unknown): value is ErrorFields {
  return typeof value === "object" && value !== null && Object.hasOwn(value, ERROR);
}

/** Makes the error again: same class, same fields, none that it did not have. */
export function restoreError(fields: ErrorFields): Error {
  const error = createError(fields.type);
  for (const key of ["stack", "message", "cause", "errors"] as const) {
    if (!Object.hasOwn(fields, key)) Reflect.deleteProperty(error, key);
    else Object.defineProperty(error, key, { value: fields[key], writable: true, configurable: true });
  }
  if (fields.name !== undefined) error.name = fields.name;
  return error;
}

type Constructor = new (message?: string, options?: ErrorOptions) => Error;

// Looked up both ways. AggregateError takes its errors first and is made where the others are not.
const CONSTRUCTORS: ReadonlyMap<string, Constructor> = new Map<string, Constructor>([
  ["Error", Error],
  ["EvalError", EvalError],
  ["RangeError", RangeError],
  ["ReferenceError", ReferenceError],
  ["SyntaxError", SyntaxError],
  ["TypeError", TypeError],
  ["URIError", URIError],
]);

const TYPES: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  ...[...CONSTRUCTORS].map(([type, constructor]): [unknown, string] => [constructor.prototype, type]),
  [AggregateError.prototype, "AggregateError"],
]);

/** Names the built-in class of an error; `undefined` when it is of another class, a derived one too. */
function findErrorType(error: object): string | undefined {
  return TYPES.get(Object.getPrototypeOf(error));
}

/** Makes an error of a built-in class that {@linkcode findErrorType} has named. */
function createError(type: string): Error {
  if (type === "AggregateError") return new AggregateError([]);
  const constructor = CONSTRUCTORS.get(type);
  if (constructor === undefined) throw new TypeError(`Cannot make an error of class ${JSON.stringify(type)}`);
  return new constructor();
}

/** Tells whether a name is one that {@linkcode findErrorType} gives. */
export function isErrorType(type: unknown): type is string {
  return type === "AggregateError" || (typeof type === "string" && CONSTRUCTORS.has(type));
}
