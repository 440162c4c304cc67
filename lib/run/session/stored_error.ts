import type { StoredError } from "../../journal/stored.ts";
import { cutText, safeText } from "../../text/escape.ts";
import { writeJson } from "../../values/json.ts";
import { attempt } from "../../values/shape.ts";

/** Whether a thrown value is an error. A proxy may throw when it is asked. */
export function isError(thrown: unknown): thrown is Error {
  return attempt(() => thrown instanceof Error) === true;
}

/** A member of an error may be a getter that throws. */
function readMember(error: Error, key: string): unknown {
  return attempt(() => Reflect.get(error, key));
}

/** The name of an error; of any other thrown value, its type. */
function nameOfThrown(thrown: unknown): string {
  if (!isError(thrown)) return thrown === null ? "null" : typeof thrown;
  const name = readMember(thrown, "name");
  return typeof name === "string" ? name : "Error";
}

/** Fits, together with other events, into the room that is reserved in a journal for when its disk is full. */
const MAX_BYTES = 12 * 1024;
/** Lengths of texts in UTF-16 units, tried in this order until the whole fits. */
const TEXT_LENGTHS = [4000, 1000, 200, 40];
const MAX_NAME = 200;
const MAX_CAUSES = 4;
const MAX_INNER = 5;
/** Stack frames of these files, and those after them, are not the step's. */
const LIBRARY = import.meta.resolve("../../");

/** Turns a thrown value into plain data of bounded size. Never throws. */
export function toStoredError(thrown: unknown): StoredError {
  let stored: StoredError = { name: "Error", message: "" };
  for (const length of TEXT_LENGTHS) {
    stored = storeError(thrown, length, MAX_CAUSES);
    if (writeJson(stored).length <= MAX_BYTES) break;
  }
  return stored;
}

function storeError(thrown: unknown, maxLength: number, causes: number): StoredError {
  if (!isError(thrown)) return { name: nameOfThrown(thrown), message: describeThrown(thrown, maxLength) };
  const [stack, code] = [readText(thrown, "stack"), readText(thrown, "code")];
  const cause = causes === 0 ? undefined : readMember(thrown, "cause");
  return {
    name: cut(nameOfThrown(thrown), Math.min(MAX_NAME, maxLength)),
    message: cut(`${readText(thrown, "message") ?? ""}${describeInner(thrown)}`, maxLength),
    ...(stack === undefined ? {} : { stack: cut(ownFrames(stack), maxLength) }),
    ...(code === undefined ? {} : { code: cut(code, Math.min(MAX_NAME, maxLength)) }),
    ...(cause === undefined ? {} : { cause: storeError(cause, maxLength, causes - 1) }),
  };
}

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

/** Keeps the places only, without name and message, and up to the first frame of this library. */
function ownFrames(stack: string): string {
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line)).map((line) => line.trim());
  const first = frames.findIndex((frame) => frame.includes(LIBRARY));
  return (first === -1 ? frames : frames.slice(0, first)).join("\n");
}

/** A half of a character would make the journal unreadable for strict readers of JSON. */
function cut(text: string, length: number): string {
  return cutText(text, length).toWellFormed();
}

/** The maximum number of causes to follow: a chain may be circular, or endless. */
const MAX_NAMED_CAUSES = 1000;

/** The names of a thrown value and of its causes, uncut and deeper than a journal stores them. Never throws. */
export function* errorNames(thrown: unknown): Generator<string, void> {
  let error = thrown;
  for (let depth = 0; depth <= MAX_NAMED_CAUSES; depth += 1) {
    yield nameOfThrown(error);
    error = isError(error) ? readMember(error, "cause") : undefined;
    if (error === undefined) return;
  }
}
