import type { JournalRecord } from "../journal/encode_record.ts";
import type { Event } from "../journal/event.ts";
import type { Recovered } from "../journal/stored.ts";
import type { Distrust } from "./file/file_trust.ts";

/** How a journal is read. */
export interface ReadOptions {
  /** Somebody uses each record as soon as it is handed over: nothing is handed over behind damage. */
  readonly verifiesFirst?: boolean;
}

/**
 * Keeps journals. A store knows records and who owns a journal; it does not know what the events in them mean. The file
 * store is the reference; every store passes the suite in `tests/storage/conformance.ts`.
 */
export interface Store {
  /**
   * Makes a new journal with its first record, owned by the caller.
   *
   * @throws {JournalExists} There is one of that name.
   * @throws {JournalUnwritable} It cannot be written; nothing is left behind.
   */
  create(journal: string, events: readonly Event[]): Promise<OpenJournal>;

  /**
   * Takes ownership of a journal and hands over its records in order. Nothing is written until `recover` or `append`. What
   * was handed over counts when this has returned: of a long journal, damage may be noticed after records behind it.
   *
   * @throws {JournalNotFound} There is none of that name.
   * @throws {JournalLocked} Somebody else owns it.
   * @throws {JournalRefused} It is not safe to use as it lies there.
   * @throws {JournalDamaged} It cannot be read; not a byte of it was changed.
   * @throws {JournalTooNew} A newer version wrote in it.
   */
  open(journal: string, apply: (record: JournalRecord) => void): Promise<OpenJournal>;

  /**
   * Hands over the records of a journal in order, without owning it and without writing, also while another process
   * appends to it. What was handed over counts when this has returned, as with `open`.
   *
   * @throws {JournalNotFound} There is none of that name.
   * @throws {JournalRefused} It may not be read.
   * @throws {JournalDamaged} It cannot be read.
   * @throws {JournalTooNew} Its format is a newer one; what is new in this format is left out and told as `unknown`.
   */
  read(journal: string, apply: (record: JournalRecord) => void, options?: ReadOptions): Promise<ReadJournal>;

  /**
   * Names the journals of a folder, in no order.
   *
   * @throws {JournalNotFound} There is no such folder.
   * @throws {JournalRefused} It may not be read.
   */
  list(folder: string): AsyncIterable<string>;
}

/** A journal that this process owns. */
export interface OpenJournal {
  /** Its absolute path, or its name in a store that has no paths. */
  readonly journal: string;
  /** Counts the owners of the journal, where the store can; an append by an earlier owner is refused. */
  readonly epoch: number;
  /** Why what it names should not be run before a person has looked at it; absent when it is to be trusted. */
  readonly distrust?: Distrust;
  /** Its last owner has closed it so that it stays, and did not die before, nor while it was to be removed. */
  readonly isAtRest: boolean;
  /** Aborted when the store notices that the journal is not this process's any more. */
  readonly lost: AbortSignal;

  /**
   * Looks whether the journal can be removed in the end. To be called before anything is run whose end removes it.
   *
   * @throws {JournalRefused} This user may not remove it. Nothing was changed.
   */
  checkRemovable(): void;

  /**
   * Makes good what a crash left at the end of the journal, and makes room for what will be written. To be called once
   * before the first append after `open`.
   *
   * @returns What was cut off, if something was.
   * @throws {StorageFull} There is no room to go on; the journal is as it was.
   */
  recover(): Recovered | undefined;

  /**
   * Appends one record. When this returns, or its promise resolves, the record survives a crash.
   *
   * @throws {TypeError} An event is not of the form that its reader expects, or `recover` was not called. Nothing is
   * written.
   * @throws {RangeError} The record is longer than a journal may hold. Nothing is written.
   * @throws {StorageFull} There is no room. The journal is as before, and still takes a `last` record.
   * @throws {Fenced} The journal is not this process's any more. It may still take a `last` record.
   * @throws {JournalUnwritable} The disk failed. Nothing can be appended any more.
   */
  append(events: readonly Event[], options?: AppendOptions): void | Promise<void>;

  /** Gives the journal up; calling it again does nothing. `remove` deletes it. */
  close(options?: { readonly remove?: boolean }): Promise<void>;
}

/** What the store may want to know of an append. */
export interface AppendOptions {
  /**
   * How many steps are at work after this record. Each will want to write its end.
   *
   * @default 1
   */
  readonly stepsInFlight?: number;
  /** Nothing will run after this record: it may use the room that is kept for the end. */
  readonly last?: boolean;
}

/** What reading a journal without owning it tells besides its records. */
export interface ReadJournal {
  /** Its absolute path, or its name in a store that has no paths. */
  readonly journal: string;
  /** Somebody owns it at this moment. */
  readonly isHeld: boolean;
  /** Nobody owns it, and its last owner has closed it so that it stays. */
  readonly isAtRest: boolean;
  /** A crash left bytes behind the last record that `recover` will cut off. */
  readonly tornBytes: number;
  /** What a newer version wrote, in words; absent when all of it is known. */
  readonly unknown?: string;
}
