import { UsageError } from "./command.ts";

const FALLBACK = Deno.build.os === "windows" ? "notepad" : "vi";

/**
 * Opens a text in an editor and waits until it is closed.
 *
 * @param command The editor with its options, as in `VISUAL` and `EDITOR`; words are separated by spaces.
 * @returns The text as it was saved.
 * @throws {UsageError} The editor cannot be started, or fails.
 */
export function editText(text: string, command: string = FALLBACK): string {
  const [program = FALLBACK, ...words] = command.split(/\s+/).filter((word) => word !== "");
  requireRun(program);
  const file = Deno.makeTempFileSync({ prefix: "arguments-", suffix: ".json" });
  try {
    Deno.writeTextFileSync(file, text);
    const { code } = start(program, [...words, file]);
    if (code !== 0) throw new UsageError(`The editor ${JSON.stringify(program)} ended with code ${code}`, "edit");
    return Deno.readTextFileSync(file);
  } finally {
    Deno.removeSync(file);
  }
}

function start(program: string, args: string[]): Deno.CommandOutput | { readonly code: number } {
  try {
    return new Deno.Command(program, { args, stdin: "inherit", stdout: "inherit", stderr: "inherit" }).outputSync();
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    const hint = "Set EDITOR to another one, or pass the arguments with --args";
    throw new UsageError(`Cannot start the editor ${JSON.stringify(program)}: ${detail}. ${hint}`, "edit");
  }
}

function requireRun(program: string): void {
  if (Deno.permissions.querySync({ name: "run", command: program }).state === "granted") return;
  throw new UsageError(
    `Deno has no permission to start the editor ${JSON.stringify(program)}. Add --allow-run=${program}, or pass the ` +
      `arguments with --args`,
    "edit",
  );
}
