import type { Release } from "./open_journal.ts";

/**
 * What workers have to know of a journal in a folder. A database has it in columns; a store of files never folds, so the room
 * `work` says it, and the store keeps it until the file changes.
 */
export interface FolderSummary {
  readonly id: string;
  /** A process had it while it was read: the rest is out of date when that process gives it up. */
  readonly isHeld: boolean;
  /** What the column of a database would say. `unusable`: no process may run anything of it. */
  readonly status: NonNullable<Release["status"]> | "unusable";
  /** When it is due, or since when it would be: milliseconds since 1970. */
  readonly dueAt: number;
  /** URL of the home module. */
  readonly home: string;
  readonly queue: string;
  /** Lower ones come first. */
  readonly priority: number;
  /** The signals for which it waits, if it waits for nothing that only a person can answer. */
  readonly awaits: readonly string[];
  /** In which way it is at rest, and which time that is: see `Notices`. */
  readonly rest?: string | undefined;
  /** It is aborted, and its author lets workers try it again: when, and the number of that try. */
  readonly retry?: { readonly at: number; readonly number: number } | undefined;
  /** Why a person should look at the file, in words. */
  readonly trouble?: string | undefined;
}

/** Reads a journal. Nothing if there is none (any more). */
export type Summarize = (journal: string) => Promise<FolderSummary | undefined>;

/** What no worker runs before a person has looked at it: damaged, of a newer version, or perhaps of another user. */
export type ReportTrouble = (journal: string, reason: string) => void;

/** What a folder of journals needs beside its files. */
export interface FolderTools {
  readonly summarize: Summarize;
  /** Called once for each journal that no worker may run, and again if there is another reason. */
  readonly report?: ReportTrouble | undefined;
  /** The present time, in milliseconds since 1970. */
  readonly now?: (() => number) | undefined;
}
