import type { JournalRecord } from "../journal/encode_record.ts";
import type { Event } from "../journal/event.ts";
import type { Request } from "../journal/request.ts";
import type { Recovered } from "../journal/stored.ts";

/**
 * Keeps journals. A store knows names, records and owners. It does not know what the events in the records mean. The file
 * store is the reference; every store passes the suite in `tests/storage/conformance.ts`.
 *
 * A name identifies one journal in its store, and a scope many. `openStore` makes both from what a user types. The members
 * from `requireAccess` on are capabilities: a store leaves out what does not apply to it.
 */
export interface Store {
  /**
   * Creates a journal with its first record, owned by the caller.
   *
   * A crash leaves no journal, a journal without a record (an open passes nothing, a later `close` can remove it), or
   * the whole first record.
   *
   * @throws {JournalExists} The name is taken.
   * @throws {JournalUnwritable} The store failed. Nothing is left.
   */
  create(name: string, events: readonly Event[]): Promise<OpenJournal>;

  /**
   * Takes ownership of a journal and passes its records to `apply`, in order. Changes no record; a crash frees the journal.
   *
   * Does not promise that what `apply` got is sound before it has resolved: damage in a long journal may be noticed after
   * later records were passed.
   *
   * @throws {JournalNotFound} There is no such journal.
   * @throws {JournalLocked} Another owner has it.
   * @throws {JournalRefused} It is not safe to use as it is stored.
   * @throws {JournalDamaged} It cannot be read. It is unchanged.
   * @throws {JournalTooNew} A newer version wrote in it.
   */
  open(name: string, apply: (record: JournalRecord) => void): Promise<OpenJournal>;

  /**
   * Passes the records of a journal to `apply`, in order, without owning it and without writing, also while its owner
   * appends. Does not promise the newest record, only a beginning of the journal that was whole at some moment.
   *
   * @throws {JournalNotFound} There is no such journal.
   * @throws {JournalRefused} It may not be read.
   * @throws {JournalDamaged} It cannot be read.
   * @throws {JournalTooNew} Its format is newer. What is new in a known format is left out and reported as `unknown`.
   */
  read(name: string, apply: (record: JournalRecord) => void, options?: ReadOptions): Promise<ReadJournal>;

  /**
   * Lists the names of the journals in a scope, in no order. Does not promise a snapshot: a journal that is created or
   * removed meanwhile may be listed or not.
   *
   * @throws {JournalNotFound} There is no such scope.
   * @throws {JournalRefused} It may not be read.
   */
  list(scope: string): AsyncIterable<string>;

  /** Says what a name means; `undefined` if nothing has it. Throws if that cannot be found out. */
  kindOf(name: string): Promise<"journal" | "scope" | undefined>;

  /**
   * Sends a request to the process that owns a journal, or to its next owner. It is durable when this returns `true`. Then
   * {@linkcode Inbox.read} passes it until it is answered, whatever dies meanwhile, unless the journal itself is removed.
   *
   * Returns `false` if nothing was sent, because no owner lets requests in now. The caller opens the journal itself, or tries
   * again: an owner lets requests in within two seconds. A second call with the same request sends it once.
   *
   * @throws {RangeError} The request is too long. Nothing is sent.
   * @throws {JournalRefused} {@linkcode JournalUnwritable} It cannot be written. Nothing is sent.
   */
  send(name: string, request: Request): Promise<boolean>;

  /** What was sent to a journal and is not answered, in the order in which it was sent. Changes nothing. */
  pending(name: string): Promise<readonly PendingRequest[]>;

  /** Checks, without a prompt, that a journal or a scope may be used. Throws `JournalRefused` with the missing flag. */
  requireAccess?(name: string, access: "read" | "write", kind?: "scope"): Promise<void>;

  /** Looks at how a journal is kept, and changes nothing. What cannot be found out is left out. */
  examine?(name: string): Promise<Examination>;

  /**
   * Passes records to `apply` as they are appended, without owning the journal, until the caller stops iterating.
   * Yields whenever every record that was there has been passed. Throws as `read`.
   */
  follow?(name: string, apply: (record: JournalRecord) => void): AsyncIterable<FollowedJournal>;

  /** Reads a damaged journal to its end, reports every damaged line, and returns the number of lines. */
  findFaults?(name: string, report: (fault: FaultyLine) => void): Promise<number>;

  /** Finds what `recover` has saved in a scope. Throws as `list`. */
  tornCopies?(scope: string): Promise<TornCopies>;
}

/**
 * A database that is open for many transactions, as `openStore` of `./sqlite` gives it.
 *
 * @example
 * ```ts
 * import { openStore, type StoreConnection } from "@x/resumable-tx/sqlite";
 *
 * // How commands name a transaction of that store.
 * export function locatorOf(store: StoreConnection, name: string): string {
 *   return `${store.locator}#${name}`;
 * }
 * await using store = await openStore("sqlite:tx.db");
 * console.log(locatorOf(store, "backup").endsWith("/tx.db#backup")); // true
 * ```
 */
export interface StoreConnection extends AsyncDisposable {
  /** Where it is, without a password. The name of a transaction follows after `#`. */
  readonly locator: string;
}

/** A store that is closed when nothing is run with it any more. Names of journals and its scope begin with its locator. */
export interface OpenedStore extends Store, StoreConnection {}

export interface ReadOptions {
  /** Each record is used at once: pass none that follows damage. */
  readonly verifiesFirst?: boolean;
}

export interface ReadJournal {
  readonly journal: string;
  /** An owner has it at this moment. */
  readonly isHeld: boolean;
  /** It has no owner, and the last one closed it in order to keep it. */
  readonly isAtRest: boolean;
  /** The size of what a crash left after the last record, which `recover` will cut off. */
  readonly tornBytes?: number;
  /** What a newer version wrote, in words. */
  readonly unknown?: string;
}

/** A request that is not answered; or what cannot be read as one, with the reason as the end of a sentence. */
export type PendingRequest = Request | { readonly place: string; readonly fault: string };

/**
 * Requests of other processes to the transaction whose journal this process owns.
 *
 * None is lost: the owner answers it by an event with its id, forgets it when that is durable, and closes the inbox before the
 * record that ends its run. What comes between closing and giving the journal up is read by the next owner, which may be the
 * sender. Every read after a crash passes what was not forgotten: the owner then finds the id in its journal.
 */
export interface Inbox {
  /**
   * Lets requests in, and from then on calls `arrived` when there may be one, possibly for nothing. Called at the beginning
   * of each run, so it must cost next to nothing: a store may let requests in later, but within two seconds.
   */
  listen(arrived: () => void): void;

  /** The owner only waits now: requests are let in at once. */
  hurry(): void;

  /** Called between steps, also by a run in which no timer fires: a store that has to look may do so now, if not each time. */
  glance?(): void;

  /** Requests to this transaction that were not forgotten, in the order in which they were sent. */
  read(transaction: string): Promise<readonly Request[]>;

  /** Forgets requests that are answered by durable events. A crash may bring them back. */
  forget(requests: readonly Request[]): Promise<void>;

  /**
   * Lets no request in any more, until the next `listen`. Returns `false`, and stays open, if there is a request to this
   * transaction that was not forgotten.
   */
  close(transaction: string): Promise<boolean>;
}

/** A journal that this process owns. */
export interface OpenJournal {
  readonly journal: string;
  /** Counts the owners of the journal, so that an append of an earlier one is refused; 0 in a store that does not count. */
  readonly epoch: number;
  readonly distrust?: Distrust | undefined;
  readonly isAtRest: boolean;
  /**
   * Aborted when the store notices that this process has lost the journal. The run reads this right before each call of a
   * function: a store whose ownership expires compares its clock then. Does not promise to notice at once.
   */
  readonly lost: AbortSignal;
  readonly inbox: Inbox;

  /** Checks, before anything runs, that the journal can be removed later. Throws `JournalRefused` if it cannot. */
  checkRemovable(): Promise<void>;

  /**
   * Cuts off what a crash left after the last record, and makes room for what will be written. Called once after `open`,
   * before the first append. A crash leaves the same records, and `recover` can be called by the next owner.
   *
   * @returns What was cut off, if anything was.
   * @throws {StorageFull} There is no room to continue. The journal is unchanged.
   */
  recover(options?: RecoverOptions): Promise<Recovered | undefined>;

  /**
   * Appends one record. It is durable when this returns, or when the promise resolves. A crash before that leaves the whole
   * record or none of it. Appends that overlap may share a record; their order is kept.
   *
   * After {@linkcode StorageFull} and {@linkcode Fenced} a store may accept a `last` record where it can do so safely.
   *
   * @throws {TypeError} An event has the wrong form, or `recover` was not called. Nothing is written.
   * @throws {RangeError} The record is too long. Nothing is written.
   * @throws {StorageFull} There is no room. The journal is unchanged.
   * @throws {Fenced} This process has lost the journal, or closed it.
   * @throws {JournalUnwritable} The store failed: whether the record was written is unknown. No further append succeeds.
   */
  append(events: readonly Event[], options?: AppendOptions): void | Promise<void>;

  /**
   * Gives the journal up; a second call does nothing. `remove` deletes it, unless this process has lost it. A crash leaves
   * it as it was, without an owner.
   */
  close(options?: CloseOptions): Promise<void>;
}

export interface RecoverOptions {
  /** A run begins, and not only a repair: if this process dies, others may continue the run. */
  readonly runs?: boolean;
}

export interface CloseOptions {
  readonly remove?: boolean;
  /** For a store with columns, unless the last record was appended with one. */
  readonly release?: (() => Release) | undefined;
}

/** What a store with columns shows, and searches, of a journal that nobody owns: the run says it, the store never folds. */
export interface Release {
  /** Undefined: as it was. `ready`: any process may run it as soon as it is due. */
  readonly status: "ready" | "sleeping" | "asking" | "aborted" | "finished" | "cancelled" | "undone" | undefined;
  /** When it is due, if it sleeps: milliseconds since 1970. */
  readonly dueAt?: number | undefined;
  readonly steps?: number | undefined;
  /** How many of the steps are settled. */
  readonly finished?: number | undefined;
  /** The step at which it stands. */
  readonly atStep?: string | undefined;
  readonly error?: string | undefined;
}

export interface AppendOptions {
  /** The number of steps that run after this record, 1 by default. Each will want to write its end. */
  readonly stepsInFlight?: number;
  /** Nothing will run after this record: it may use the room that is kept for the end. */
  readonly last?: boolean;
  /** A store with columns gives the journal up together with this record, so that no crash can come between. */
  readonly release?: (() => Release) | undefined;
}

/** Why what a journal names should not be run before a person has looked at it. */
export interface Distrust {
  /** A sentence without its full stop. */
  readonly reason: string;
  /** Another user can have written it; otherwise this process may not find out. */
  readonly isKnown: boolean;
}

/** How a journal is kept. Texts are sentences without their full stop. */
export interface Examination {
  /** It begins as a journal does. */
  readonly isJournal?: boolean;
  /** Why a run would refuse to open it. */
  readonly refusal?: string;
  readonly distrust?: Distrust | undefined;
  /** Why it could not be removed when all steps have finished. */
  readonly staying?: string;
  /** Who may read or write it besides its owner. */
  readonly exposure?: string;
  /** What is unsafe about the place where it is stored. */
  readonly hazard?: string;
  /** When it was last changed, as an ISO date. */
  readonly changedAt?: string;
}

export interface FollowedJournal {
  /** An owner had it right before: more records may come. */
  readonly isHeld: boolean;
  /** It has been removed, as that of a transaction that has finished. */
  readonly isGone: boolean;
}

/** A line of a damaged journal that is no sound record, or not understood completely. */
export interface FaultyLine {
  /** Counted from 1. */
  readonly line: number;
  readonly reason: string;
  /** It is sound, but `reason` names something in it that a newer version wrote. */
  readonly isNew: boolean;
}

/** Copies of what recoveries have cut off the journals of a scope. */
export interface TornCopies {
  of(journal: string): readonly string[];
  /** Removes a journal's copies. Throws `JournalUnwritable` if one cannot be removed. */
  remove(journal: string): void;
}
