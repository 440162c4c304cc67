import type { Dropped, Recovered, StoredError } from "../../journal/stored.ts";
import type { Json } from "../../values/json.ts";

/**
 * One fact about a transaction, as an observer is told it. Which members there are depends on `type`; `docs/journal.md`
 * has all members of each. The members are those of the journal: all text may be a stranger's, and is not escaped.
 *
 * @example
 * ```ts
 * import type { JournalEvent } from "@x/resumable-tx";
 *
 * export function toLogLine({ type, step, attempt, ms, error }: JournalEvent): string | undefined {
 *   if (step === undefined) return undefined;
 *   const took = ms === undefined ? "" : ` after ${ms.toFixed(1)} ms`;
 *   const why = error === undefined ? "" : `, ${JSON.stringify(error.message)}`;
 *   return `step ${step}, attempt ${attempt ?? "-"}: ${type}${took}${why}`;
 * }
 * console.log(toLogLine({ type: "finished", step: "3", attempt: 1, ms: 12.34 }));
 * // step 3, attempt 1: finished after 12.3 ms
 * ```
 */
export interface JournalEvent {
  /** What has happened. */
  readonly type:
    | "opened"
    | "planned"
    | "ready"
    | "started"
    | "finished"
    | "failed"
    | "retrying"
    | "expanded"
    | "waiting"
    | "signalled"
    | "decided"
    | "resumed"
    | "aborted"
    | "cancelled"
    | "undoing"
    | "undone"
    | "ended";
  /** Id of the step that it is about; absent when it is about the transaction as a whole. */
  readonly step?: string;
  /** The attempt, counted from 1 over all runs. */
  readonly attempt?: number;
  /** The run of the transaction: 1, and one more for each resume. */
  readonly run?: number;
  /** How long the attempt took, in milliseconds. */
  readonly ms?: number;
  /** What was thrown (`failed`), or why the step could not be started (`aborted`). */
  readonly error?: StoredError;
  /** It was the step's undo that failed. */
  readonly undo?: true;
  /** A value as stored: of a step, a signal, a decision, or, with refs in it, of the transaction. */
  readonly value?: Json;
  /** What in `value` is not plain JSON. */
  readonly valueMeta?: Json;
  /** Stands in place of a value that could not be stored. */
  readonly dropped?: Dropped;
  /** In `ready` how many nodes were planned; in `planned` and its like the nodes themselves. */
  readonly nodes?: number | readonly object[];
  /** What was decided about the step. */
  readonly decision?: "retry" | "skip" | "remove" | "rewind" | "undecide" | "done" | "edit" | "insert" | "rollback";
  /** Who decided, sent the signal, or cancelled. */
  readonly by?: string;
  /** Why, in their words. */
  readonly why?: string;
  /** The node behind which more were planned. */
  readonly after?: string;
  /** The step at which a rollback ends. */
  readonly to?: string;
  /** What the transaction waits for. */
  readonly for?: "signal" | "time" | "decision";
  /** Until when it waits, or before when it is not tried again, as an ISO date. */
  readonly until?: string;
  /** Name of the signal. */
  readonly signal?: string;
  /** Id of the transaction. */
  readonly id?: string;
  /** URL of the home module. */
  readonly home?: string;
  /** Version of the library that planned or resumes. */
  readonly library?: string;
  /** Id of the process that runs the transaction. */
  readonly pid?: number;
  /** Name of its host. */
  readonly host?: string;
  /** An append that a crash had cut short was removed. */
  readonly recovered?: Recovered;
}
