import type { NextCommand } from "../../errors/journal_error.ts";
import type { ModuleEntry, Recovered, StoredError, StoredOptions } from "../../journal/stored.ts";
import type { TransactionStatus, Wait } from "../../state/state.ts";
import type { Decision, StepStatus } from "../../state/step_state.ts";
import type { Json } from "../../values/json.ts";
import type { InspectedStep } from "./inspected_step.ts";

/**
 * What a journal says about a transaction, as plain data that can be written as JSON and shown anywhere. Text for people
 * (`call`, `valueText`) is escaped. All other text is as the journal has it, and may be hostile.
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
  /** The transaction's id; empty if only a newer version can read it. */
  readonly id: string;
  /** Version of the library that planned. */
  readonly library: string;
  /** Format of the journal. */
  readonly format: number;
  /** URL of the home module, where it is now. */
  readonly home: string;
  /** Its status. */
  readonly status: InspectionStatus;
  /** A process holds the journal: the transaction is running. */
  readonly isHeld: boolean;
  /** The plan is complete. If not, no step ever ran. */
  readonly isPlanned: boolean;
  /** The options of the transaction. */
  readonly options: StoredOptions;
  /** The author's name for it, in a database. */
  readonly name?: string;
  /** It was enqueued: recorded by one process, for any process to run. `dueAt`: not before this time, as an ISO date. */
  readonly queued?: { readonly queue: string; readonly priority: number; readonly dueAt?: string };
  /** When the journal was created, as an ISO date. */
  readonly openedAt: string;
  /** When the first step was started, as an ISO date. */
  readonly startedAt?: string;
  /** When the last record was written, as an ISO date. */
  readonly lastAt: string;
  /**
   * Milliseconds from the first step's start to the last record of a run, by the clock; absent if that was set back in
   * between. Decisions take no time.
   */
  readonly ms?: number;
  /** The runs, in order. */
  readonly runs: readonly InspectedRun[];
  /** The modules of the steps, where they are now. */
  readonly modules: readonly ModuleEntry[];
  /** The steps in order of the plan. */
  readonly steps: readonly InspectedStep[];
  /** How many steps, sleeps and waits have each status. A status that none has is absent. Groups are not counted. */
  readonly counts: Readonly<Partial<Record<StepStatus, number>>>;
  /** What it waits for, if the status is `waiting`. */
  readonly waits: readonly Wait[];
  /** Why the last run ended, if the status is `aborted`. */
  readonly aborted?: InspectedAbort;
  /** When workers with `--retry-failed` try it again, if its author lets them: `at` is an ISO date. */
  readonly retry?: { readonly at: string; readonly number: number; readonly most: number };
  /** When, by whom and why it was cancelled. */
  readonly cancelled?: { readonly at: string; readonly by?: string; readonly why?: string };
  /** The progress of the rollback that is running or was interrupted. */
  readonly rollback?: InspectedRollback;
  /** The decisions about the transaction as a whole, in order: to roll it back, or to add steps. */
  readonly decisions: readonly Decision[];
  /** Signals that have arrived and that no wait has taken, in order. */
  readonly signals: readonly InspectedSignal[];
  /** Requests that are not answered yet or were refused, and files among them that are none; absent if there are none. */
  readonly requests?: readonly InspectedRequest[];
  /** How many bytes of an incomplete record a crash has left after the last record. The next resume removes them. */
  readonly tornBytes: number;
  /** What a newer version wrote and this one does not know. It is left out of everything else. */
  readonly unknown?: string;
  /** It was exported from a database, and a file has it: which, and on which machine, as far as that is known. */
  readonly exported?: { readonly file?: string; readonly host?: string };
  /** What to type next, in the order to consider it. */
  readonly next: readonly NextCommand[];
}

/**
 * Status of a transaction seen from outside. `interrupted`: it was started, and no process holds the journal.
 *
 * @example
 * ```ts
 * import type { InspectionStatus } from "@x/resumable-tx";
 *
 * // Which journals need attention.
 * export function needsAttention(status: InspectionStatus): boolean {
 *   return status === "aborted" || status === "waiting" || status === "interrupted";
 * }
 * console.log(needsAttention("started")); // false
 * ```
 */
export type InspectionStatus = TransactionStatus | "interrupted";

/**
 * One run of the transaction by one process.
 *
 * @example
 * ```ts
 * import type { InspectedRun } from "@x/resumable-tx";
 *
 * export function describeRun({ number, at, pid, recovered }: InspectedRun): string {
 *   const crash = recovered === undefined ? "" : `, after a crash that cut ${recovered.cutBytes} bytes off`;
 *   return `run ${number} at ${at}, process ${pid ?? "unknown"}${crash}`;
 * }
 * console.log(describeRun({ number: 2, at: "2026-11-23T02:15:00.123Z", library: "0.1.0", pid: 4711 }));
 * ```
 */
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
  /** A worker has tried again what had failed: the number of the try, since a person has helped. */
  readonly retry?: number;
  /** An incomplete record that a crash had left was removed before. */
  readonly recovered?: Recovered;
  /** The modules that have moved or changed since the run before; absent if none has. */
  readonly modules?: readonly {
    /** Where the module is from this run on. */
    readonly url: string;
    /** Where it was before, if it moved. */
    readonly from?: string;
    /** SHA-256 of its source from this run on, in hexadecimal, if that changed. */
    readonly sha256?: string;
  }[];
}

/**
 * Why a run ended.
 *
 * @example
 * ```ts
 * import type { InspectedAbort, InspectedStep } from "@x/resumable-tx";
 *
 * export function explainAbort({ step, error }: InspectedAbort, steps: readonly InspectedStep[]): string {
 *   // Before a step starts, what it needs is checked: a variable, or a part of a value, may be missing.
 *   const hasRun = steps.some(({ id, attempts }) => id === step && attempts > 0);
 *   return `step ${step} ${hasRun ? "failed" : "could not be started"}: ${JSON.stringify(error?.message)}`;
 * }
 * const error = { name: "Error", message: "no such variable" };
 * console.log(explainAbort({ step: "2", error }, [])); // step 2 could not be started: "no such variable"
 * ```
 */
export interface InspectedAbort {
  /** The step. */
  readonly step: string;
  /** What was thrown, or why the step could not be started. */
  readonly error?: StoredError;
}

/**
 * A rollback that is running or was interrupted.
 *
 * @example
 * ```ts
 * import { type InspectedRollback, Transaction } from "@x/resumable-tx";
 *
 * export async function toUndo(journal: string): Promise<number> {
 *   const { rollback }: { readonly rollback?: InspectedRollback } = await Transaction.inspect(journal);
 *   return rollback?.left ?? 0;
 * }
 * ```
 */
export interface InspectedRollback {
  /** The step that stays as it is, with all steps before it; absent if all are to be undone. */
  readonly to?: string;
  /** How many steps are undone, or have turned out not to have happened. */
  readonly done: number;
  /** How many steps are still to be undone. */
  readonly left: number;
  /** Ids of the steps that have happened and stay: they have no undo function, or that was decided. */
  readonly staying: readonly string[];
}

/**
 * What another process asked of the transaction while it was running, and has not got.
 *
 * @example
 * ```ts
 * import { type InspectedRequest, Transaction } from "@x/resumable-tx";
 *
 * // Approvals that came too late.
 * export async function listRefused(journal: string): Promise<readonly InspectedRequest[]> {
 *   const { requests = [] } = await Transaction.inspect(journal);
 *   return requests.filter(({ outcome, request }) => outcome === "refused" && request === "signal");
 * }
 * ```
 */
export interface InspectedRequest {
  /** `pending`: it is not answered yet. `foreign`: it is no request to this transaction, and is left alone. */
  readonly outcome: "pending" | "refused" | "foreign";
  /** Its id. */
  readonly id?: string;
  /** What was asked for. */
  readonly request?: "signal" | "cancel" | "stop";
  /** The name of the signal. */
  readonly signal?: string;
  /** Who sent it. */
  readonly by?: string;
  /** Why, in the words of that person. */
  readonly why?: string;
  /** When it was sent or, if it was refused, when that was, as an ISO date. */
  readonly at?: string;
  /** Why it was refused, or will be; or what is wrong with it. */
  readonly reason?: string;
  /** The path of a file that cannot be read as a request. */
  readonly place?: string;
}

/**
 * A signal that no wait has taken yet.
 *
 * @example
 * ```ts
 * import { type InspectedSignal, Transaction } from "@x/resumable-tx";
 *
 * // Signals that no step waits for: their names may be misspelt.
 * export async function findStray(journal: string): Promise<readonly InspectedSignal[]> {
 *   const { signals, steps } = await Transaction.inspect(journal);
 *   const awaited = new Set(steps.map(({ signal }) => signal));
 *   return signals.filter(({ signal }) => !awaited.has(signal));
 * }
 * ```
 */
export interface InspectedSignal {
  /** Its name. */
  readonly signal: string;
  /** When it arrived, as an ISO date. */
  readonly at: string;
  /** Who sent it. */
  readonly by?: string;
  /** Its value as stored. */
  readonly value?: Json;
  /** What in `value` is not plain JSON. */
  readonly valueMeta?: Json;
  /** Its value, cut to one line for reading. */
  readonly valueText: string;
}
