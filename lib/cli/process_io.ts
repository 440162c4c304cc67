import { aroundWrites } from "./around_writes.ts";
import type { CommandIo } from "./command_io.ts";
import { editText } from "./edit_text.ts";
import type { ProgressTerminal } from "./progress_line.ts";

/** The world as the process sees it. */
export function processIo(): CommandIo {
  return {
    writeOut: (text) => writeAll(Deno.stdout, text),
    writeError: (text) => writeAll(Deno.stderr, text),
    wantsColour: Deno.stdout.isTerminal() && !Deno.noColor,
    ...(Deno.stdout.isTerminal() ? { readColumns } : {}),
    ...(Deno.stderr.isTerminal() && readVariable("TERM") !== "dumb" ? { terminal: processTerminal() } : {}),
    now: () => new Date(),
    readTextFile: (path) => Deno.readTextFileSync(path),
    readVariable,
    ...(Deno.stdin.isTerminal() && Deno.stderr.isTerminal() ? { ask, editText: openEditor } : {}),
  };
}

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let bytes = new TextEncoder().encode(text);
  try {
    while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
  } catch (error) {
    // Whoever reads has seen enough, as `head` does.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

/** Standard output belongs to the steps, so the question goes to the other, and `prompt` will not do. */
function ask(question: string): string | undefined {
  writeAll(Deno.stderr, question);
  const decoder = new TextDecoder();
  const byte = new Uint8Array(1);
  let line = "";
  while (Deno.stdin.readSync(byte) === 1) {
    line += decoder.decode(byte, { stream: true });
    if (line.endsWith("\n")) return line.trim();
  }
  return undefined;
}

function processTerminal(): ProgressTerminal {
  // What the line itself writes is no reason to take it away.
  const stderr = { writeSync: Deno.stderr.writeSync.bind(Deno.stderr) };
  return {
    write: (text) => writeAll(stderr, text),
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
