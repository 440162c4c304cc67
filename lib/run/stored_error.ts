import type { StoredError } from "../journal/stored.ts";

const MAX_MESSAGE = 4000;
const MAX_STACK = 4000;
const MAX_NAME = 200;
/** Deeper causes are left out: the first few say what happened. */
const MAX_CAUSES = 4;

/** Turns whatever a step has thrown into plain data of bounded size, so that it always fits the room kept for it. */
export function toStoredError(thrown: unknown, depth = 0): StoredError {
  if (!(thrown instanceof Error)) return describeThrown(thrown);
  const stack = readText(thrown, "stack");
  const code = readText(thrown, "code");
  const cause = depth < MAX_CAUSES ? readCause(thrown) : undefined;
  return {
    name: cut(readText(thrown, "name") ?? "Error", MAX_NAME),
    message: cut(readText(thrown, "message") ?? "", MAX_MESSAGE),
    ...(stack === undefined ? {} : { stack: cut(frames(stack), MAX_STACK) }),
    ...(code === undefined ? {} : { code: cut(code, MAX_NAME) }),
    ...(cause === undefined ? {} : { cause: toStoredError(cause, depth + 1) }),
  };
}

function describeThrown(thrown: unknown): StoredError {
  let text: string;
  try {
    text = typeof thrown === "object" ? JSON.stringify(thrown) ?? "" : String(thrown);
  } catch {
    text = "a value that cannot be shown";
  }
  return { name: thrown === null ? "null" : typeof thrown, message: cut(text, MAX_MESSAGE) };
}

/** An error's members may be getters that throw. */
function readText(error: Error, key: "name" | "message" | "stack" | "code"): string | undefined {
  try {
    const value: unknown = Reflect.get(error, key);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

function readCause(error: Error): unknown {
  try {
    return error.cause;
  } catch {
    return undefined;
  }
}

/** Only the places, and of these only the step's own: name and message stand beside them, the rest is this library. */
function frames(stack: string): string {
  const lines = stack.split("\n").filter((line) => /^\s+at /.test(line)).map((line) => line.trim());
  const caller = lines.findIndex((line) => line.includes(import.meta.resolve("./call_step.ts")));
  return (caller === -1 ? lines : lines.slice(0, caller)).join("\n");
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
