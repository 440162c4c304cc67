import { JournalLocked } from "../../errors/opening_errors.ts";
import { TransactionClosed, TransactionInterrupted, TransactionPaused } from "../../errors/running_errors.ts";
import { commandLine } from "../../messages/command_line.ts";
import { escapeForTerminal } from "../../text/escape.ts";
import { VERSION } from "../../version.ts";
import { type CommandIo, UsageError } from "./command.ts";
import { EXIT, exitCode } from "./exit_code.ts";
import { PROGRAM } from "./help_text.ts";

/** Writes an error for people and returns the exit code. Of an error that nobody expected, the stack is shown too. */
export function reportError(error: unknown, io: CommandIo): number {
  const code = exitCode(error);
  // The run has said so, and what to type: whoever started a program by hand had to be told as well.
  if (error instanceof TransactionInterrupted) return code;
  const message = error instanceof Error ? error.message : String(error);
  io.writeError(escapeLines(`${isAsked(error) ? "" : "error: "}${message}`));
  if (error instanceof UsageError) {
    io.writeError(`Type "${[PROGRAM, ...(error.command === undefined ? [] : [error.command])].join(" ")} --help"\n`);
  }
  if (error instanceof JournalLocked) io.writeError(describeStop(error));
  if (error instanceof TransactionClosed) {
    const look = commandLine(VERSION, "inspect", error.journal);
    io.writeError(escapeLines(`See what has happened, and what can still be done\n  ${look}`));
  }
  if (code === EXIT.internal) {
    io.writeError(escapeLines(`${error instanceof Error ? error.stack ?? "" : ""}\nThis is a fault of resumable-tx`));
  }
  return code;
}

/** Whoever runs it stops at the next step when told to, and then the journal is free. */
function describeStop({ pid, host }: JournalLocked): string {
  const what = "the step at work comes to its end, and none is started. Then try again";
  if (pid === undefined) return `Stop that process with SIGINT: ${what}\n`;
  const where = host === undefined ? "" : ` on ${escapeForTerminal(host)}`;
  return `Stop it cleanly${where}: ${what}\n  kill -INT ${pid}\n`;
}

/** To stop before a step is what --until and --only ask for. */
function isAsked(error: unknown): boolean {
  return error instanceof TransactionPaused && error.waitsFor === "decision" && error.question === undefined;
}

/** Escapes a text line by line: its line ends are meant. */
function escapeLines(text: string): string {
  return `${text.split("\n").map(escapeForTerminal).join("\n")}\n`;
}
