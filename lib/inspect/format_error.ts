import type { StoredError } from "../journal/stored.ts";
import { escapeForTerminal } from "../values/escape_for_terminal.ts";
import { cutText } from "./format_parts.ts";

const MAX_MESSAGE = 500;
const MAX_FRAME = 200;
const MAX_FRAMES = 3;
const MAX_CAUSES = 5;
/** Places in Deno and in this library say nothing about what went wrong in a step. */
const FOREIGN_FRAME = /\((?:ext|node):|^at (?:async )?(?:callStep|runStep|runLoop|conductRun) \(/;

/** Shows an error's name and message on one line, escaped. */
export function formatError({ name, message }: StoredError): string {
  return escapeForTerminal(cutText(message === "" ? name : `${name}: ${message}`, MAX_MESSAGE));
}

/** Shows where an error was thrown and what caused it, one line each, escaped. */
export function formatErrorDetails(error: StoredError): readonly string[] {
  const lines = [...frames(error)];
  let cause = error.cause;
  for (let depth = 0; cause !== undefined && depth < MAX_CAUSES; depth += 1) {
    lines.push(`caused by ${formatError(cause)}`, ...frames(cause));
    cause = cause.cause;
  }
  return lines;
}

function frames({ stack }: StoredError): readonly string[] {
  const lines = (stack ?? "").split("\n").map((line) => line.trim()).filter((line) => line.startsWith("at "));
  return lines
    .filter((line) => !FOREIGN_FRAME.test(line))
    .slice(0, MAX_FRAMES)
    .map((line) => escapeForTerminal(cutText(line, MAX_FRAME)));
}
