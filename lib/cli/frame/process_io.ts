import { isTerminalGone, wrapWrites } from "../../process/terminal_writes.ts";
import type { ProgressTerminal } from "../../progress/progress_line.ts";
import type { CommandIo } from "./command.ts";
import { editText } from "./edit_text.ts";

/** The world as the process sees it. */
export function processIo(): CommandIo {
  // A terminal that is closed later is none any more.
  const [isOutTerminal, isErrorTerminal] = [Deno.stdout.isTerminal(), Deno.stderr.isTerminal()];
  return {
    writeOut: (text) => writeAll(Deno.stdout, text, isOutTerminal),
    writeError: (text) => writeAll(Deno.stderr, text, isErrorTerminal),
    wantsColour: isOutTerminal && !Deno.noColor,
    ...(isOutTerminal ? { readColumns } : {}),
    ...(isErrorTerminal && readVariable("TERM") !== "dumb" ? { terminal: processTerminal() } : {}),
    now: () => new Date(),
    readTextFile: (path) => Deno.readTextFileSync(path),
    readVariable,
    ...(Deno.stdin.isTerminal() && isErrorTerminal ? { ask, editText: openEditor } : {}),
  };
}

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string, isTerminal: boolean): void {
  let bytes = new TextEncoder().encode(text);
  try {
    while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
  } catch (error) {
    // Whoever reads has seen enough, as `head` does, or has closed the terminal.
    if (!(isTerminal && isTerminalGone(error)) && !(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

/**
 * Standard output belongs to the steps, so the question goes to the other, and `prompt` will not do: nor could a signal be
 * heard while it waits.
 */
async function ask(question: string): Promise<string | undefined> {
  writeAll(Deno.stderr, question, true);
  const decoder = new TextDecoder();
  const byte = new Uint8Array(1);
  let line = "";
  while (await readByte(byte)) {
    line += decoder.decode(byte, { stream: true });
    if (line.endsWith("\n")) return line.trim();
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
  // What the line itself writes is no reason to take it away.
  const stderr = { writeSync: Deno.stderr.writeSync.bind(Deno.stderr) };
  return {
    write: (text) => writeAll(stderr, text, true),
    readColumns,
    wantsColour: !Deno.noColor,
    readClock: () => performance.now(),
    every: (ms, tick) => {
      const timer = setInterval(tick, ms);
      // A step that waits for nothing must not wait for ever because of a line on the screen.
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
 * Calls functions before and after each writing of this process to the console and to `Deno.stdout` and `Deno.stderr`. Of
 * what other processes write nobody can be told, nor of what goes through the streams of these two.
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
