import type { CommandIo } from "./command_io.ts";

/** The world as the process sees it. */
export function processIo(): CommandIo {
  return {
    writeOut: (text) => writeAll(Deno.stdout, text),
    writeError: (text) => writeAll(Deno.stderr, text),
    wantsColour: Deno.stdout.isTerminal() && !Deno.noColor,
    readTextFile: (path) => Deno.readTextFileSync(path),
    readVariable,
    ...(Deno.stdin.isTerminal() && Deno.stderr.isTerminal() ? { ask } : {}),
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

function readVariable(name: string): string | undefined {
  if (Deno.permissions.querySync({ name: "env", variable: name }).state !== "granted") return undefined;
  return Deno.env.get(name);
}
