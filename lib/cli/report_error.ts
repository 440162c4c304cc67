import { escapeForTerminal } from "../values/escape_for_terminal.ts";
import type { CommandIo } from "./command_io.ts";
import { EXIT, exitCode } from "./exit_code.ts";
import { PROGRAM } from "./help_text.ts";
import { UsageError } from "./usage_error.ts";

/** Writes an error for people and returns the exit code. Of an error that nobody expected, the stack is shown too. */
export function reportError(error: unknown, io: CommandIo): number {
  const code = exitCode(error);
  const message = error instanceof Error ? error.message : String(error);
  io.writeError(escapeLines(`error: ${message}`));
  if (error instanceof UsageError) {
    io.writeError(`Type "${[PROGRAM, ...(error.command === undefined ? [] : [error.command])].join(" ")} --help"\n`);
  }
  if (code === EXIT.internal) {
    io.writeError(escapeLines(`${error instanceof Error ? error.stack ?? "" : ""}\nThis is a fault of resumable-tx`));
  }
  return code;
}

/** Escapes a text line by line: its line ends are meant. */
function escapeLines(text: string): string {
  return `${text.split("\n").map(escapeForTerminal).join("\n")}\n`;
}
