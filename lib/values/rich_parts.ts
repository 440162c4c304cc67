// Errors, and objects with odd keys, in the form in which superjson carries them. Decoding needs no more than this file.

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
export function markAsError(fields: ErrorFields): ErrorFields {
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
export function findErrorType(error: object): string | undefined {
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

const ENTRIES = Symbol("entries");

/** An object as rows of key and value, for when its keys cannot be keys in the journal. */
export type ObjectEntries = [key: string, value: unknown][];

/** Marks rows for superjson as those of an object. An array, and not a class, because superjson goes into arrays. */
export function markAsEntries(object: Readonly<Record<string, unknown>>): ObjectEntries {
  return Object.assign(Object.entries(object), { [ENTRIES]: true });
}

/** Tells whether a value is marked as the rows of an object. */
export function isMarkedAsEntries(value: unknown): value is ObjectEntries {
  return Array.isArray(value) && Object.hasOwn(value, ENTRIES);
}
