import { isTerminalGone, wrapWrites } from "../../process/stop_signals.ts";
import type { ProgressTerminal } from "../../progress/progress_line.ts";
import { foldLine } from "../../text/width.ts";
import type { CommandIo } from "./command.ts";
import { editText } from "./edit_text.ts";

/** Begins each further row of a line in a question. Text from a journal cannot: it has no two spaces in a row. */
const CONTINUED = "      | ";

/** Standard streams, clock, files and environment of this process. */
export function processIo(): CommandIo {
  // Asked once: a terminal that is closed later no longer says that it is one.
  const [isOutTerminal, isErrorTerminal] = [Deno.stdout.isTerminal(), Deno.stderr.isTerminal()];
  const isAsking = Deno.stdin.isTerminal() && isErrorTerminal;
  return {
    writeOut: (text) => writeAll(Deno.stdout, text, isOutTerminal),
    writeError: (text) => writeAll(Deno.stderr, text, isErrorTerminal),
    wantsColour: isOutTerminal && !Deno.noColor,
    readColumns: isOutTerminal ? readColumns : undefined,
    terminal: isErrorTerminal && readVariable("TERM") !== "dumb" ? processTerminal() : undefined,
    now: () => new Date(),
    readTextFile: (path) => Deno.readTextFileSync(path),
    readVariable,
    ask: isAsking ? ask : undefined,
    editText: isAsking ? openEditor : undefined,
  };
}

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string, isTerminal: boolean): void {
  let bytes = new TextEncoder().encode(text);
  try {
    while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
  } catch (error) {
    // The reader has seen enough, like `head`, or the terminal was closed.
    if (!(isTerminal && isTerminalGone(error)) && !(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

/** Asks on standard error, since standard output belongs to the steps. `prompt` would block signals while it waits. */
async function ask(question: string): Promise<string | undefined> {
  const rows = question.split("\n").flatMap((line) => foldLine(line, readColumns(), CONTINUED));
  writeAll(Deno.stderr, rows.join("\n"), true);
  const decoder = new TextDecoder();
  const byte = new Uint8Array(1);
  let line = "";
  while (await readByte(byte)) {
    line += decoder.decode(byte, { stream: true });
    if (line.endsWith("\n")) return line.replace(/^[ \t]+|[ \t\r\n]+$/g, "");
  }
  return undefined;
}

async function readByte(byte: Uint8Array): Promise<boolean> {
  try {
    return await Deno.stdin.read(byte) === 1;
  } catch (error) {
    if (isTerminalGone(error)) return false;
    throw error;
  }
}

function processTerminal(): ProgressTerminal {
  // The original function: what the line itself writes must not remove it.
  const stderr = { writeSync: Deno.stderr.writeSync.bind(Deno.stderr) };
  return {
    write: (text) => writeAll(stderr, text, true),
    readColumns,
    wantsColour: !Deno.noColor,
    readClock: () => performance.now(),
    every: (ms, tick) => {
      const timer = setInterval(tick, ms);
      // The line on the screen must not keep the process alive.
      Deno.unrefTimer(timer);
      return () => clearInterval(timer);
    },
    aroundWrites,
  };
}

function openEditor(text: string): string {
  return editText(text, readVariable("VISUAL") || readVariable("EDITOR") || undefined);
}

/** Some terminals do not say how wide they are. */
function readColumns(): number {
  try {
    return Deno.consoleSize().columns || 80;
  } catch {
    return 80;
  }
}

function readVariable(name: string): string | undefined {
  if (Deno.permissions.querySync({ name: "env", variable: name }).state !== "granted") return undefined;
  return Deno.env.get(name);
}

/**
 * Calls functions before and after each write of this process to the console, `Deno.stdout` and `Deno.stderr`. It does not
 * see what other processes write, nor what goes through the streams of these two.
 *
 * @returns Ends that.
 */
export function aroundWrites(before: () => void, after: () => void): () => void {
  return wrapWrites((write) => {
    before();
    try {
      return write();
    } finally {
      after();
    }
  });
}
