import type { Dropped, ModuleEntry, Recovered, StoredError, StoredOptions } from "../journal/stored.ts";
import type { NodeOptions } from "../plan/node.ts";
import type { Decision, Failure, StepStatus, TransactionStatus, Wait } from "../state/state.ts";
import type { Json } from "../values/json.ts";

/**
 * What a journal says about a transaction, as plain data: it can be written as JSON and shown anywhere. All text that
 * is meant for reading (`call`, `valueText`) is escaped; all else is as the journal has it, and may be hostile.
 *
 * @example
 * ```ts
 * import { type Inspection, Transaction } from "@x/resumable-tx";
 *
 * export async function listUnknown(journal: string): Promise<readonly string[]> {
 *   const { steps }: Inspection = await Transaction.inspect(journal);
 *   return steps.filter(({ status }) => status === "unknown").map(({ id, call }) => `${id}  ${call}`);
 * }
 * ```
 */
export interface Inspection {
  /** The journal's absolute path, or its name in a store that has no paths. */
  readonly journal: string;
  /** The transaction's id; empty when a newer version hides it. */
  readonly id: string;
  /** Version of the library that planned. */
  readonly library: string;
  /** Format of the journal. */
  readonly format: number;
  /** URL of the home module, where it is now. */
  readonly home: string;
  /** Its status. */
  readonly status: InspectionStatus;
  /** A process holds the journal: it is being run. */
  readonly isHeld: boolean;
  /** The plan is complete. If not, no step ever ran. */
  readonly isPlanned: boolean;
  /** What the author said about the transaction. */
  readonly options: StoredOptions;
  /** When the journal was made, as an ISO date. */
  readonly openedAt: string;
  /** When the first step was started, as an ISO date. */
  readonly startedAt?: string;
  /** When the last record was written, as an ISO date. */
  readonly lastAt: string;
  /** Milliseconds from the first step's start to the last record, by the clock. */
  readonly ms?: number;
  /** The runs, in order. */
  readonly runs: readonly InspectedRun[];
  /** The modules that steps are taken from, where they are now. */
  readonly modules: readonly ModuleEntry[];
  /** The steps in order of the plan. */
  readonly steps: readonly InspectedStep[];
  /** How many steps have each status; those that none has are left out. */
  readonly counts: Readonly<Partial<Record<StepStatus, number>>>;
  /** What it waits for, when it is `waiting`. */
  readonly waiting?: Wait;
  /** Why the last run ended, when it is `aborted`. */
  readonly aborted?: InspectedAbort;
  /** Why it was cancelled. */
  readonly cancelled?: { readonly by?: string; readonly why?: string };
  /** So many bytes of an append that a crash cut short lie behind the last record. The next resume cuts them off. */
  readonly tornBytes: number;
  /** What a newer version wrote and this one does not understand. It is left out of all the rest. */
  readonly unknown?: string;
  /** What to type next, in the order to consider it. */
  readonly next: readonly NextCommand[];
}

/** Status of a transaction seen from outside. `interrupted`: it was started and nobody holds the journal. */
export type InspectionStatus = TransactionStatus | "interrupted";

/** One run of the transaction by one process. */
export interface InspectedRun {
  /** Counted from 1. */
  readonly number: number;
  /** When it began, as an ISO date. */
  readonly at: string;
  /** Version of the library. */
  readonly library: string;
  /** Process id. */
  readonly pid?: number;
  /** Host name. */
  readonly host?: string;
  /** An append that a crash had cut short was removed before. */
  readonly recovered?: Recovered;
}

/** One step, or another node of the plan. */
export interface InspectedStep {
  /** Its id. */
  readonly id: string;
  /** The author's name for it. */
  readonly name?: string;
  /** Which kind of node it is. */
  readonly kind: "step" | "sleep" | "wait" | "parallel" | "sequence";
  /** URL of the step function's module. */
  readonly module?: string;
  /** The export's name in that module. */
  readonly export?: string;
  /** The arguments as stored: a list; absent when there are none. */
  readonly args?: Json;
  /** What in `args` is not plain JSON. */
  readonly argsMeta?: Json;
  /** What the author said about it. */
  readonly options?: NodeOptions;
  /** The step on one line, for reading: `state.greeting = readFile("/tmp/our_test_file")`. */
  readonly call: string;
  /** Its status. A `started` step of a journal that nobody holds is `unknown`. */
  readonly status: StepStatus;
  /** What resume does if nobody knows whether it happened, and nobody has decided. */
  readonly policy: "ask" | "retry" | "probe";
  /** It was decided that it runs (again), and it has not yet. */
  readonly isApproved: boolean;
  /** Not before this time will it be tried again, as an ISO date; only while it waits for that. */
  readonly retryAt?: string;
  /** How many attempts were started. */
  readonly attempts: number;
  /** When the last attempt was started, as an ISO date. */
  readonly startedAt?: string;
  /** Milliseconds from the transaction's start to that of the last attempt, by the clock. */
  readonly offsetMs?: number;
  /** How long the last attempt took, in milliseconds. */
  readonly ms?: number;
  /** Its value as stored, if it is finished and has one. */
  readonly value?: Json;
  /** What in `value` is not plain JSON. */
  readonly valueMeta?: Json;
  /** Its value, cut to one line for reading. */
  readonly valueText?: string;
  /** Why it has no value although it is finished. */
  readonly dropped?: Dropped;
  /** A later step, or the transaction's value, refers to its value. */
  readonly isReferenced: boolean;
  /** Attempts that failed, in order. */
  readonly failures: readonly Failure[];
  /** What was decided about it, in order. */
  readonly decisions: readonly Decision[];
}

/** Why a run ended. */
export interface InspectedAbort {
  /** The step. */
  readonly step: string;
  /** What was thrown, or why the step could not be started. */
  readonly error?: StoredError;
}

/** A command for a person to type. */
export interface NextCommand {
  /** When it is the right one, in a few words. */
  readonly when: string;
  /** The command, for a shell. */
  readonly command: string;
}
