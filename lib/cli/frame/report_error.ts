import { JournalLocked } from "../../errors/opening_errors.ts";
import { TransactionInterrupted, TransactionPaused } from "../../errors/running_errors.ts";
import { describeStop } from "../../messages/describe_stop.ts";
import { type CommandIo, UsageError, writeLines } from "./command.ts";
import { EXIT, exitCode } from "./exit_code.ts";
import { PROGRAM } from "./help_text.ts";

/** Writes an error of a command for people, an unexpected one with its stack, and returns the exit code. */
export function reportError(error: unknown, io: CommandIo, command = ""): number {
  const code = exitCode(error);
  // The run itself has said so, and what to type.
  if (error instanceof TransactionInterrupted) return code;
  const message = error instanceof Error ? error.message : String(error);
  const text = `${error instanceof TransactionPaused ? "" : "error: "}${message}`;
  try {
    writeLines(io, text.split("\n"));
  } catch {
    // A step has replaced what the lines are made with.
    io.writeError(`${text}\n`);
  }
  if (error instanceof UsageError) io.writeError(`Type "${PROGRAM}${command && ` ${command}`} --help"\n`);
  if (error instanceof JournalLocked) writeLines(io, describeStop(error));
  if (code === EXIT.internal) {
    const stack = error instanceof Error ? error.stack ?? "" : "";
    writeLines(io, [...stack.split("\n"), "This is a bug in resumable-tx"]);
  }
  return code;
}
