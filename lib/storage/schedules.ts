import type { Event } from "../journal/event.ts";
import { attempt, dateText, list, objectOf, wholeNumber, word } from "../values/shape.ts";
import type { Release } from "./open_journal.ts";

/**
 * What a store keeps of schedules: for each, which times are decided, and what was skipped. Times that a schedule names are
 * nominal: when it should fire. The store does not know how they are computed.
 *
 * Each change is made under the condition that the schedule still has the version that was read, so that of several workers
 * one decides each time. A crash leaves a change whole, or nothing of it.
 */
export interface Schedules {
  /** All schedules by their names, and what time it is for the store: for a database by the clock of its server. */
  list(): Promise<ScheduleTable>;

  /** Adds a schedule (`version` 0), or replaces its definition and position. Fires nothing. False: it has another version. */
  define(definition: ScheduleChange & Pick<StoredSchedule, "definition">): Promise<boolean>;

  /** Decides times without firing. False: it has another version. */
  advance(change: ScheduleChange): Promise<boolean>;

  /** Whether an earlier firing is not over: anything but finished, cancelled and undone. */
  hasOpen(name: string): Promise<boolean>;

  /** The name of a firing's journal in the store. */
  journalOf(transaction: string): string;

  /**
   * Records the transaction of a firing, owned by nobody, and advances the schedule; both or nothing, or as if it was:
   * whatever crashes, the transaction is recorded once.
   *
   * @throws {JournalUnwritable} The store failed. Called again, it does what is missing.
   */
  fire(firing: Firing): Promise<FireAnswer>;

  /** From now on it does not fire, or fires again; `resumedAt` is the present time. False: there is no such schedule. */
  setPaused(name: string, isPaused: boolean): Promise<boolean>;

  /** Forgets a schedule. What it has fired stays. False: there is no such schedule. */
  remove(name: string): Promise<boolean>;

  /** Finds, among the names of journals, firings that are not older than the position of their schedule. They must stay. */
  findUnpassed(journals: readonly string[]): Promise<ReadonlySet<string>>;
}

export interface ScheduleTable {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly schedules: readonly StoredSchedule[];
}

export interface StoredSchedule {
  readonly name: string;
  /** JSON, compared as it is. */
  readonly definition: string;
  /** The first time that is not decided, in milliseconds since 1970. None: it never fires again. */
  readonly nextAt: number | undefined;
  /** The time for which it has fired last. */
  readonly lastAt: number | undefined;
  readonly isPaused: boolean;
  /** Counts the changes, but for pauses. */
  readonly version: number;
  readonly memory: ScheduleMemory;
}

/** How a schedule of a version changes. Without `lastAt`, that stays as it is. */
export interface ScheduleChange extends Pick<StoredSchedule, "name" | "version" | "nextAt" | "memory"> {
  readonly lastAt?: number | undefined;
}

/** What a schedule knows besides its position. Dates are as ISO writes them. */
export interface ScheduleMemory {
  /** Times that are decided to fire, each after the firing before is over, oldest first. */
  readonly waiting: readonly string[];
  /** The last times that it did not fire for, oldest first. */
  readonly skips: readonly Skip[];
  /** When a pause has ended: what was not decided then is not fired. */
  readonly resumedAt?: string | undefined;
  /** Of skips up to this time (`to`), a person was told. */
  readonly toldTo?: string | undefined;
}

/** Successive times for which a schedule did not fire. */
export interface Skip {
  readonly from: string;
  readonly to: string;
  readonly count: number;
  readonly reason: SkipReason;
  /** When that was decided. */
  readonly notedAt: string;
}

/**
 * - `missed`: no worker was there, and the schedule does not make up for it.
 * - `late`: it was missed for longer than the schedule allows (`within`).
 * - `open`: an earlier firing was not over.
 * - `full`: too many times were waiting for an earlier firing.
 * - `paused`: the schedule was paused.
 * - `edited`: the schedule got another definition before anything had fired.
 */
export type SkipReason = "missed" | "late" | "open" | "full" | "paused" | "edited";

export interface Firing extends ScheduleChange {
  /** For which time it fires. */
  readonly at: number;
  /** The name of its transaction: the same for each try, in every process. */
  readonly transaction: string;
  /** It fires also while an earlier firing is open. */
  readonly overlaps: boolean;
  /** The events of its plan, record by record. */
  readonly records: readonly (readonly Event[])[];
  readonly release: Release;
}

/**
 * `fired`: now. `present`: the transaction was there already, and the schedule has advanced. `open`: nothing was done, since
 * an earlier firing is open. `passed`: nothing was done, since the schedule has changed or is paused.
 */
export type FireAnswer = "fired" | "present" | "open" | "passed";

/** How many skips are kept of each schedule. */
export const KEPT_SKIPS = 50;
export const MAX_WAITING = 1000;

const SKIP = objectOf<Skip>({
  from: dateText,
  to: dateText,
  count: wholeNumber(1, Number.MAX_SAFE_INTEGER),
  reason: word("missed", "late", "open", "full", "paused", "edited"),
  notedAt: dateText,
});

const MEMORY = objectOf<ScheduleMemory>({
  waiting: list(dateText),
  skips: list(SKIP),
  "resumedAt?": dateText,
  "toldTo?": dateText,
});

/** Checks a memory, which any program may have written; nothing if it is none. */
export function readMemory(value: unknown): ScheduleMemory | undefined {
  return isMemory(value) ? value : undefined;
}

/** The same as a text. */
export function parseMemory(text: string): ScheduleMemory | undefined {
  return readMemory(attempt(() => JSON.parse(text)));
}

function isMemory(value: unknown): value is ScheduleMemory {
  return MEMORY(value) === undefined;
}

/** The first time that is not fired or skipped: no firing for it, or for a later time, may be removed. */
export function positionOf({ memory, nextAt = Infinity }: Pick<StoredSchedule, "memory" | "nextAt">): number {
  return Math.min(nextAt, ...memory.waiting.map((time) => Date.parse(time)));
}

/** The name of a firing's transaction: `nightly@2026-11-30T01:30:00Z`. */
export function nameOfFiring(schedule: string, at: number): string {
  return `${schedule}@${new Date(at).toISOString().replace(".000Z", "Z")}`;
}

const FILE = /^(.+)@(\d{4}-\d\d-\d\dT)(\d\d)(\d\d)(\d\d)Z\.json$/;

/** The name of its file. Not every file system, and not every program that copies files, takes a colon. */
export function fileOfFiring(transaction: string): string {
  return `${transaction.replaceAll(":", "")}.json`;
}

/** Reads the name of such a file. */
export function readFiringFile(file: string): { readonly schedule: string; readonly at: number } | undefined {
  const [, schedule, date, hours, minutes, seconds] = FILE.exec(file) ?? [];
  const at = Date.parse(`${date}${hours}:${minutes}:${seconds}Z`);
  return schedule === undefined || Number.isNaN(at) ? undefined : { schedule, at };
}
