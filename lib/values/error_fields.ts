import { createError } from "./error_types.ts";

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
