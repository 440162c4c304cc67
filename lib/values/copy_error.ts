import { types } from "node:util";
import { describeRefused } from "./describe_refused.ts";
import { findErrorType } from "./error_types.ts";
import { type ErrorFields, markAsError } from "./error_fields.ts";
import type { CopyPart, ValueWalk } from "./value_walk.ts";

/** Copies an error of a built-in class, with name, message, stack, cause and errors; refuses all other errors. */
export function copyError(walk: ValueWalk, error: object, copy: CopyPart): unknown {
  const type = findErrorType(error);
  if (type === undefined || !types.isNativeError(error)) walk.refuse(describeRefused(error));
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
