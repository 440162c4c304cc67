import type { CommandIo } from "./command_io.ts";

/** The world as the process sees it. */
export function processIo(): CommandIo {
  return {
    writeOut: (text) => writeAll(Deno.stdout, text),
    writeError: (text) => writeAll(Deno.stderr, text),
    wantsColour: Deno.stdout.isTerminal() && !Deno.noColor,
    readTextFile: (path) => Deno.readTextFileSync(path),
    readVariable,
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

function readVariable(name: string): string | undefined {
  if (Deno.permissions.querySync({ name: "env", variable: name }).state !== "granted") return undefined;
  return Deno.env.get(name);
}
