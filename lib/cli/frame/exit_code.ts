import { DecisionRefused } from "../../errors/decision_errors.ts";
import {
  JournalDamaged,
  JournalGone,
  JournalIncomplete,
  JournalLocked,
  JournalNotFound,
  JournalRefused,
  JournalTooNew,
} from "../../errors/opening_errors.ts";
import { JournalExists, ModuleUnavailable, PlanDiffers } from "../../errors/planning_errors.ts";
import {
  TransactionAborted,
  TransactionCancelled,
  TransactionClosed,
  TransactionInterrupted,
  TransactionPaused,
  TransactionUndone,
} from "../../errors/running_errors.ts";
import { JournalUnwritable, QueueFull } from "../../errors/storage_errors.ts";
import { describeLocked } from "../../messages/describe_locked.ts";
import { type CommandIo, type ExitCode, UsageError, writeLines } from "./command.ts";
import { PROGRAM } from "./help_text.ts";

/** The exit codes. Those above 60 are the ones of `sysexits.h`. */
export const EXIT = {
  finished: 0,
  failed: 1,
  /** The command line cannot be understood, or asks for what cannot be done. */
  usage: 2,
  /** A pause: the transaction waits for a decision, a signal or a time. */
  paused: 3,
  damaged: 65,
  notFound: 66,
  internal: 70,
  ioError: 74,
  locked: 75,
  refused: 77,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

type ErrorClass = abstract new (...args: never[]) => Error;

const STOPPED: Readonly<Record<TransactionInterrupted["signal"], number>> = {
  SIGHUP: EXIT.hungUp,
  SIGINT: EXIT.interrupted,
  SIGTERM: EXIT.terminated,
};

const CODES: readonly (readonly [code: number, kinds: readonly ErrorClass[]])[] = [
  [EXIT.usage, [UsageError, DecisionRefused, PlanDiffers, JournalExists, TransactionCancelled, TransactionClosed]],
  [EXIT.failed, [TransactionAborted, TransactionUndone]],
  [EXIT.paused, [TransactionPaused]],
  [EXIT.damaged, [JournalDamaged, JournalIncomplete, JournalTooNew]],
  [EXIT.notFound, [JournalNotFound, JournalGone]],
  [EXIT.ioError, [JournalUnwritable]],
  [EXIT.locked, [JournalLocked, QueueFull]],
  [EXIT.refused, [JournalRefused, ModuleUnavailable, Deno.errors.NotCapable]],
];

/** Finds the exit code of an error; `internal` for one that is not expected. */
export function exitCode(error: unknown): number {
  if (error instanceof TransactionInterrupted) return STOPPED[error.signal];
  return CODES.find(([, kinds]) => kinds.some((kind) => error instanceof kind))?.[0] ?? EXIT.internal;
}

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
  if (error instanceof JournalLocked) writeLines(io, describeLocked(error, { command }));
  if (code === EXIT.internal) {
    const stack = error instanceof Error ? error.stack ?? "" : "";
    writeLines(io, [...stack.split("\n"), "This is a bug in resumable-tx"]);
  }
  return code;
}

/** What can prevent any command from writing to a journal. */
export const WRITE_CODES: readonly ExitCode[] = [
  [EXIT.damaged, "the journal is damaged, incomplete or too new"],
  [EXIT.notFound, "no such journal"],
  [EXIT.ioError, "the disk of the journal failed or is full"],
  [EXIT.locked, "another process is running the transaction"],
  [EXIT.refused, "refused: a permission, a module or the journal's location"],
];

/** The same for a command that reaches a running transaction. */
export const REQUEST_CODES: readonly ExitCode[] = WRITE_CODES.map(([code, meaning]) => {
  return [code, code === EXIT.locked ? `${meaning}, and took no request within 5 seconds` : meaning];
});

/** What can end any command that runs steps. */
export const RUN_CODES: readonly ExitCode[] = [
  ...WRITE_CODES.map(([code, meaning]): ExitCode => {
    return [code, code === EXIT.locked ? `${meaning}, or its queue lets no more run now` : meaning];
  }),
  [EXIT.hungUp, "stopped by SIGHUP: the terminal was closed"],
  [EXIT.interrupted, "stopped by SIGINT"],
  [EXIT.terminated, "stopped by SIGTERM"],
];
