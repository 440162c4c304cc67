import { DecisionRefused } from "../../errors/decision_errors.ts";
import {
  JournalDamaged,
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
import { JournalUnwritable } from "../../errors/storage_errors.ts";
import { UsageError } from "./command.ts";

/** What the command line's exit codes are. Those above 60 are the ones of `sysexits.h`. */
export const EXIT = {
  /** All is done. */
  finished: 0,
  /** A step failed. */
  failed: 1,
  /** Called in a way that makes no sense. */
  usage: 2,
  /** Needs a person, or something to happen. */
  paused: 3,
  /** The journal is damaged, incomplete or too new. */
  damaged: 65,
  /** No such journal. */
  notFound: 66,
  /** A fault in this library. */
  internal: 70,
  /** The disk failed. */
  ioError: 74,
  /** Another process holds the journal. */
  locked: 75,
  /** Refused: trust, module, permission. */
  refused: 77,
  /** Stopped by SIGHUP: the terminal was closed. */
  hungUp: 129,
  /** Stopped by SIGINT. */
  interrupted: 130,
  /** Stopped by SIGTERM. */
  terminated: 143,
} as const;

type ErrorClass = abstract new (...args: never[]) => Error;

const STOPPED: Readonly<Record<TransactionInterrupted["signal"], number>> = {
  SIGHUP: EXIT.hungUp,
  SIGINT: EXIT.interrupted,
  SIGTERM: EXIT.terminated,
};

const CODES: readonly (readonly [ErrorClass, number])[] = [
  [UsageError, EXIT.usage],
  [TransactionAborted, EXIT.failed],
  [TransactionUndone, EXIT.failed],
  [TransactionCancelled, EXIT.usage],
  [TransactionPaused, EXIT.paused],
  [TransactionClosed, EXIT.usage],
  [DecisionRefused, EXIT.usage],
  [PlanDiffers, EXIT.usage],
  [JournalExists, EXIT.usage],
  [JournalDamaged, EXIT.damaged],
  [JournalIncomplete, EXIT.damaged],
  [JournalTooNew, EXIT.damaged],
  [JournalNotFound, EXIT.notFound],
  [JournalUnwritable, EXIT.ioError],
  [JournalLocked, EXIT.locked],
  [JournalRefused, EXIT.refused],
  [ModuleUnavailable, EXIT.refused],
  [Deno.errors.NotCapable, EXIT.refused],
];

/** Finds the exit code for an error; `internal` for one that nobody expected. */
export function exitCode(error: unknown): number {
  if (error instanceof TransactionInterrupted) {
    return STOPPED[error.signal];
  }
  return CODES.find(([kind]) => error instanceof kind)?.[1] ?? EXIT.internal;
}

/** What may come in the way of every command that runs something of a transaction. */
export const runCodes: readonly (readonly [code: number, meaning: string])[] = [
  [EXIT.damaged, "the journal is damaged, incomplete or too new"],
  [EXIT.notFound, "no such journal"],
  [EXIT.ioError, "the journal's disk failed or is full"],
  [EXIT.locked, "another process runs it"],
  [EXIT.refused, "refused: a module, a permission, or where the journal lies"],
  [EXIT.hungUp, "stopped by SIGHUP: the terminal was closed"],
  [EXIT.interrupted, "stopped by SIGINT"],
  [EXIT.terminated, "stopped by SIGTERM"],
];
