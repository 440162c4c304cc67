import type { StoredError } from "../../journal/stored.ts";
import { cutText, escapeForTerminal, formatError } from "../../text/escape.ts";

const MAX_FRAME = 200;
const MAX_FRAMES = 3;
const MAX_ALL_FRAMES = 100;
const MAX_CAUSES = 5;
/** Frames of Deno and of this library do not help to find what went wrong in a step. */
const FOREIGN_FRAME = /\((?:ext|node):|^at (?:async )?(?:callStep|runStep|runLoop|executeRun) \(/;

interface FormatErrorOptions {
  /** Show the whole stack, with frames of Deno and of this library. */
  readonly all?: boolean;
  readonly source?: SourceLines | undefined;
}

/** Shows everything about an error, on a line each. Escaped. */
export function formatErrorInFull(error: StoredError, source: SourceLines | undefined): readonly string[] {
  return [formatError(error), ...formatErrorDetails(error, { all: true, source }).map((line) => `  ${line}`)];
}

/** Shows where an error was thrown and what caused it, one line each, escaped. */
export function formatErrorDetails(error: StoredError, options: FormatErrorOptions = {}): readonly string[] {
  const lines: string[] = [];
  const maxCauses = options.all === true ? MAX_ALL_FRAMES : MAX_CAUSES;
  let shown: StoredError | undefined = error;
  for (let depth = 0; shown !== undefined && depth <= maxCauses; depth += 1, shown = shown.cause) {
    if (depth > 0) lines.push(`caused by ${formatError(shown)}`);
    lines.push(...codeLine(shown, options), ...frames(shown, options));
  }
  return lines;
}

function codeLine({ code }: StoredError, { all = false }: FormatErrorOptions): readonly string[] {
  return all && code !== undefined ? [escapeForTerminal(cutText(`code ${code}`, MAX_FRAME))] : [];
}

/** Below the first frame in a file, that line is shown. */
function frames({ stack }: StoredError, { all = false, source }: FormatErrorOptions): readonly string[] {
  const lines = (stack ?? "").split("\n").map((line) => line.trim()).filter((line) => line.startsWith("at "));
  const own = lines.filter((line) => !FOREIGN_FRAME.test(line));
  const shown = all ? lines.slice(0, MAX_ALL_FRAMES) : own.slice(0, MAX_FRAMES);
  const found = shown.findIndex((line) => sourcePlaceOf(line) !== undefined);
  return shown.flatMap((line, index) => {
    const frame = escapeForTerminal(cutText(line, MAX_FRAME));
    return index === found ? [frame, ...sourceLine(line, source)] : [frame];
  });
}

function sourceLine(frame: string, source: SourceLines | undefined): readonly string[] {
  const place = sourcePlaceOf(frame);
  const found = place === undefined ? undefined : source?.(place);
  const text = found?.text.trim();
  if (place === undefined || found === undefined || text === undefined || text === "") return [];
  const hint = found.isChanged ? "   (the file has changed since)" : "";
  return [`  ${place.line} | ${escapeForTerminal(cutText(text, MAX_FRAME))}${hint}`];
}

interface SourcePlace {
  readonly url: string;
  readonly line: number;
}

/** Finds a line of source where it may be read, and says whether the file has changed since the journal was written. */
export type SourceLines = (place: SourcePlace) => { readonly text: string; readonly isChanged: boolean } | undefined;

const PLACE = /^([^]+?):(\d{1,7})(?::\d+)?\)?$/;

/** The URL begins in the last word of the frame. A search for all at once would take the square of a hostile frame. */
function sourcePlaceOf(frame: string): SourcePlace | undefined {
  const word = frame.split(/\s/).at(-1) ?? "";
  const start = word.indexOf("file://");
  const [, url, line] = start === -1 ? [] : PLACE.exec(word.slice(start)) ?? [];
  return url === undefined || line === undefined ? undefined : { url, line: Number(line) };
}
