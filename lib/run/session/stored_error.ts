import type { StoredError } from "../../journal/stored.ts";
import { escapeJsonText, safeText } from "../../text/escape.ts";

/** Whether something that was thrown is an error. A proxy may throw when it is asked what it is. */
export function isError(thrown: unknown): thrown is Error {
  try {
    return thrown instanceof Error;
  } catch {
    return false;
  }
}

/** Reads a member of an error, which may be a getter that throws. */
function readMember(error: Error, key: string): unknown {
  try {
    return Reflect.get(error, key);
  } catch {
    return undefined;
  }
}

/** The name of what was thrown: an error's name, or the kind of value that it is. */
function nameOfThrown(thrown: unknown): string {
  if (!isError(thrown)) return thrown === null ? "null" : typeof thrown;
  const name = readMember(thrown, "name");
  return typeof name === "string" ? name : "Error";
}

/** Fits, with the events beside it, the room that is kept at the end of a journal for when its disk is full. */
const MAX_BYTES = 12 * 1024;
/** Lengths of texts that are tried, in UTF-16 units, until the whole fits. */
const TEXT_LENGTHS = [4000, 1000, 200, 40];
const MAX_NAME = 200;
/** Deeper causes are left out: the first few say what happened. */
const MAX_CAUSES = 4;
/** So many of the errors in an AggregateError are told. */
const MAX_INNER = 5;
/** Frames from here on are not the step's. */
const LIBRARY = import.meta.resolve("../../");

/** Turns whatever a step has thrown into plain data of bounded size. Never throws. */
export function toStoredError(thrown: unknown): StoredError {
  let stored: StoredError = { name: "Error", message: "" };
  for (const length of TEXT_LENGTHS) {
    stored = storeError(thrown, length, MAX_CAUSES);
    if (escapeJsonText(JSON.stringify(stored)).length <= MAX_BYTES) break;
  }
  return stored;
}

function storeError(thrown: unknown, maxLength: number, causes: number): StoredError {
  if (!isError(thrown)) return { name: nameOfThrown(thrown), message: describeThrown(thrown, maxLength) };
  const stack = readText(thrown, "stack");
  const code = readText(thrown, "code");
  const cause = causes === 0 ? undefined : readMember(thrown, "cause");
  return {
    name: cut(nameOfThrown(thrown), Math.min(MAX_NAME, maxLength)),
    message: cut(`${readText(thrown, "message") ?? ""}${describeInner(thrown)}`, maxLength),
    ...(stack === undefined ? {} : { stack: cut(ownFrames(stack), maxLength) }),
    ...(code === undefined ? {} : { code: cut(code, Math.min(MAX_NAME, maxLength)) }),
    ...(cause === undefined ? {} : { cause: storeError(cause, maxLength, causes - 1) }),
  };
}

/** An AggregateError has several causes, of which the first few are told with its message. */
function describeInner(thrown: Error): string {
  const errors = readMember(thrown, "errors");
  if (!(thrown instanceof AggregateError) || !Array.isArray(errors) || errors.length === 0) return "";
  const told = errors.slice(0, MAX_INNER).map((error) => safeText(error, MAX_NAME));
  const more = errors.length > MAX_INNER ? [`and ${errors.length - MAX_INNER} more`] : [];
  return ` [${[...told, ...more].join("; ")}]`;
}

function describeThrown(thrown: unknown, maxLength: number): string {
  try {
    if (typeof thrown === "object") return cut(JSON.stringify(thrown) ?? "", maxLength);
  } catch {
    return "something that cannot be shown";
  }
  return safeText(thrown, maxLength);
}

function readText(error: Error, key: "message" | "stack" | "code"): string | undefined {
  const value = readMember(error, key);
  return typeof value === "string" ? value : undefined;
}

/** Only the places: name and message stand beside them already. What comes after this library is this library. */
function ownFrames(stack: string): string {
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line)).map((line) => line.trim());
  const first = frames.findIndex((frame) => frame.includes(LIBRARY));
  return (first === -1 ? frames : frames.slice(0, first)).join("\n");
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** So many causes are followed: a chain may be a circle, or made as it is read. */
const MAX_NAMED_CAUSES = 1000;

/** The names of what was thrown and of its causes, whole and down to where a journal holds none. Never throws. */
export function* errorNames(thrown: unknown): Generator<string, void> {
  let error = thrown;
  for (let depth = 0; depth <= MAX_NAMED_CAUSES; depth += 1) {
    yield nameOfThrown(error);
    error = isError(error) ? readMember(error, "cause") : undefined;
    if (error === undefined) return;
  }
}
