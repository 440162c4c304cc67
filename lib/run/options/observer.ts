import type { JournalRecord } from "../../journal/encode_record.ts";
import type { Event } from "../../journal/event.ts";
import type { Dropped, Recovered, StoredError } from "../../journal/stored.ts";
import { type Progress, progressOf } from "../../state/progress.ts";
import type { State } from "../../state/state.ts";
import type { Json } from "../../values/json.ts";

/**
 * One fact about a transaction, as an observer receives it. The members depend on `type`: `docs/journal.md` lists them. They
 * are those of the journal. Texts are not escaped, and another user may have written them.
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
    | "stopped"
    | "refused"
    | "reclaimed"
    | "undoing"
    | "undone"
    | "ended";
  /** Id of the step. Absent if the event is about the transaction as a whole. */
  readonly step?: string;
  /** Number of the attempt, counted from 1 over all runs. */
  readonly attempt?: number;
  /** Number of the run: 1, and one more for each resume. */
  readonly run?: number;
  /** How long the attempt took, in milliseconds. */
  readonly ms?: number;
  /** What was thrown (`failed`), or why the step could not start (`aborted`). */
  readonly error?: StoredError;
  /** The undo of the step failed, not the step itself. */
  readonly undo?: true;
  /** A stored value: of a step, of a signal, of a decision, or, with refs in it, of the transaction. */
  readonly value?: Json;
  /** What in `value` is not plain JSON. */
  readonly valueMeta?: Json;
  /** Replaces a value that could not be stored. */
  readonly dropped?: Dropped;
  /** With `ready` the number of planned nodes. Otherwise the nodes themselves. */
  readonly nodes?: number | readonly object[];
  /** What was decided about the step. */
  readonly decision?: "retry" | "skip" | "remove" | "rewind" | "undecide" | "done" | "edit" | "insert" | "rollback";
  /** Who decided, sent the signal or the request, or cancelled the transaction. */
  readonly by?: string;
  /** Why, in the words of that person. */
  readonly why?: string;
  /** The node after which more nodes were inserted. */
  readonly after?: string;
  /** The last step that a rollback does not undo. */
  readonly to?: string;
  /** What the transaction waits for. */
  readonly for?: "signal" | "time" | "decision";
  /** When the wait ends, or when the next attempt is due, as an ISO date. */
  readonly until?: string;
  /** Name of the signal. */
  readonly signal?: string;
  /** Id of the transaction (`opened`), or of the request that the event answers. */
  readonly id?: string;
  /** The request of another process that was refused. */
  readonly request?: "signal" | "cancel" | "stop";
  /** Why it was refused. */
  readonly reason?: string;
  /** Path of the file that is gone (`reclaimed`). */
  readonly file?: string;
  /** URL of the home module. */
  readonly home?: string;
  /** Version of the library that plans or resumes. */
  readonly library?: string;
  /** Id of the process that runs the transaction. */
  readonly pid?: number;
  /** Name of its host. */
  readonly host?: string;
  /** What was removed because a crash had cut it short. */
  readonly recovered?: Recovered;
}

/**
 * Receives what happens in a run, in order. What its functions return is ignored. If one of them throws, the run continues,
 * and `notice` is called, once in a run.
 *
 * @example
 * ```ts
 * import { type Observer, Transaction } from "@x/resumable-tx";
 *
 * const observer: Observer = {
 *   event: (event, readProgress) => {
 *     if (event.type === "failed") console.log(`step ${event.step}: ${event.error?.message}`);
 *     if (event.type !== "finished") return;
 *     const { done, all } = readProgress();
 *     console.log(`${done} of ${all} steps`);
 *   },
 *   notice: ({ message }) => console.error(message),
 * };
 * const t = new Transaction(import.meta, { observer });
 * ```
 */
export interface Observer {
  /**
   * Called with each event once it is durable.
   *
   * @param event The event.
   * @param readProgress Says how far the transaction is when it is called: frozen, plain data. An event that was not asked
   * about costs nothing. A call visits every step of the plan, so with a long plan do not call it at every event.
   */
  readonly event?: (event: JournalEvent, readProgress: () => Progress) => void;

  /**
   * Called with what a step reports by `context().progress(…)`. It is not stored.
   *
   * @param progress The step, and its report.
   */
  readonly progress?: (progress: StepProgress) => void;

  /**
   * Called with what a person should know and that is not an error. The library itself prints nothing.
   *
   * @param notice What to tell.
   */
  readonly notice?: (notice: Notice) => void;
}

/**
 * The progress that a step reports.
 *
 * @example
 * ```ts
 * import type { Observer } from "@x/resumable-tx";
 *
 * const observer: Observer = {
 *   progress: ({ step, fraction, text }) => console.log(step, text ?? `${Math.round((fraction ?? 0) * 100)} %`),
 * };
 * console.log(observer);
 * ```
 */
export interface StepProgress {
  /** Id of the step. */
  readonly step: string;
  /** From 0 to 1, if the report was a number. */
  readonly fraction?: number;
  /** The report, if it was a text. */
  readonly text?: string;
}

/**
 * Something about a run that a person should know and that is not an error.
 *
 * - `observer-failed`: a function of the observer threw an error.
 * - `waiting-for-step`: a signal arrived, and the process ends when the running steps have finished.
 * - `stopped`: the run ended because of a signal, which is about to end the process. An error that the run throws then is
 *   usually never seen.
 * - `late-end-lost`: a step finished after its run had ended, and that could not be recorded.
 *
 * If a program has no `notice` function, nothing is printed: a signal ends the process as it would without this library, once
 * what has happened is recorded. `inspect` shows how to continue.
 *
 * @example
 * ```ts
 * import type { Notice, Observer } from "@x/resumable-tx";
 *
 * const notices: Notice[] = [];
 * export const observer: Observer = {
 *   notice: (notice) => {
 *     notices.push(notice);
 *     // The line that `resume` on the command line prints.
 *     console.error(notice.message);
 *   },
 * };
 * ```
 */
export interface Notice {
  /** What has happened. */
  readonly kind: "observer-failed" | "waiting-for-step" | "stopped" | "late-end-lost";
  /** The journal's absolute path, or its name in a store that has no paths. */
  readonly journal: string;
  /** The text for a person, in one line or several. With `stopped` it says what to type next. */
  readonly message: string;
  /** The signal, with `waiting-for-step` and `stopped`. */
  readonly signal?: "SIGINT" | "SIGTERM" | "SIGHUP";
  /** What was thrown, with `observer-failed` and `late-end-lost`. */
  readonly error?: unknown;
}

/** An observer of this library's own: it sees the state itself, which it must not change. */
export interface EventObserver extends Pick<Observer, "progress" | "notice"> {
  /** Called with each record of a journal that is being opened. */
  readonly record?: (record: JournalRecord) => void;
  /** Called when a journal has been opened and read, before anything else. An error that it throws refuses the run. */
  readonly opened?: (state: State) => void;
  /** Called with each event once it is durable, and with the state in which it was applied. */
  readonly event?: (event: Event, state: State) => void;
  /** Called before the journal is closed: nothing may be shown of the run afterwards. */
  readonly closing?: () => void;
}

/** Makes a user's observer one of this library's. Progress is made only when it is asked for. */
export function toEventObserver(observer: Observer | undefined): EventObserver | undefined {
  if (observer === undefined) return undefined;
  return {
    event: (event, state) => observer.event?.(event, () => progressOf(state)),
    progress: (progress) => observer.progress?.(progress),
    notice: observer.notice === undefined ? undefined : (notice) => observer.notice?.(notice),
  };
}

/** A user's options, with an observer of this library's. */
export function withEventObserver<T extends { readonly observer?: Observer | undefined }>(
  options: T,
): Omit<T, "observer"> & { readonly observer: EventObserver | undefined } {
  return { ...options, observer: toEventObserver(options.observer) };
}
