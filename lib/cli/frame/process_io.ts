import { isTerminalGone, wrapWrites } from "../../process/stop_signals.ts";
import type { ProgressTerminal } from "../../progress/progress_line.ts";
import { safeText } from "../../text/escape.ts";
import { foldLine } from "../../text/width.ts";
import { type CommandIo, UsageError } from "./command.ts";

/** Begins each further row of a line in a question. Text from a journal cannot: it has no two spaces in a row. */
const CONTINUED = "      | ";

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
    editText: isAsking ? editText : undefined,
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

/** Calls functions around each write of this process to the console, `Deno.stdout` and `Deno.stderr`, until it is ended. */
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

const EDITOR = Deno.build.os === "windows" ? "notepad" : "vi";

/** Opens a text in the user's editor, given with its options, waits until it is closed, and returns what was saved. */
function editText(text: string): string {
  const command = readVariable("VISUAL") || readVariable("EDITOR") || "";
  const [program = EDITOR, ...words] = command.split(/\s+/).filter((word) => word !== "");
  const name = JSON.stringify(program);
  if (Deno.permissions.querySync({ name: "run", command: program }).state !== "granted") {
    const advice = `Add --allow-run=${program}, or pass the arguments with --args`;
    throw new UsageError(`Deno has no permission to start the editor ${name}. ${advice}`);
  }
  const file = Deno.makeTempFileSync({ prefix: "arguments-", suffix: ".json" });
  try {
    Deno.writeTextFileSync(file, text);
    const code = runEditor(program, [...words, file]);
    if (code !== 0) throw new UsageError(`The editor ${name} ended with code ${code}`);
    return Deno.readTextFileSync(file);
  } finally {
    Deno.removeSync(file);
  }
}

function runEditor(program: string, args: string[]): number {
  try {
    const streams = { stdin: "inherit", stdout: "inherit", stderr: "inherit" } as const;
    return new Deno.Command(program, { args, ...streams }).outputSync().code;
  } catch (error) {
    const hint = "Set EDITOR to another one, or pass the arguments with --args";
    throw new UsageError(`Cannot start the editor ${JSON.stringify(program)}: ${safeText(error)}. ${hint}`);
  }
}
