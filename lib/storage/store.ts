import type { JournalLocked } from "../errors/opening_errors.ts";
import type { JournalRecord } from "../journal/encode_record.ts";
import type { Event } from "../journal/event.ts";
import type { Request } from "../journal/request.ts";
import type { Distrust, Exported, Listing, Moves, OpenJournal, Release } from "./open_journal.ts";

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
  create(name: string, events: readonly Event[], options?: CreateOptions): Promise<OpenJournal>;

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

  /**
   * Takes a journal from an owner whose process is known to be dead, although its lease is not over: `open` gives it then.
   * Does nothing if there is no owner, or if its lease is over. Where a dead process holds nothing, this member is left out.
   *
   * @throws {JournalLocked} The owner is alive, or nobody can know from here.
   */
  takeOver?(name: string): Promise<void>;

  /** From now on, says what a call waits for, if that takes longer than about a second. */
  noteWaits?(note: (wait: StoreWait) => void): void;

  /** Its open journals have {@linkcode OpenJournal.beginTransaction}: steps can work in the same database. */
  readonly hasTransactions?: boolean;

  /**
   * Creates a journal with its only record, owned by nobody: as `create` and `close`, but many at once share one commit.
   * Throws as `create`.
   */
  enqueue?(name: string, events: readonly Event[], release: Release): Promise<void>;

  /** Checks, without a prompt, that a journal or a scope may be used. Throws `JournalRefused` with the missing flag. */
  requireAccess?(name: string, access: "read" | "write", kind?: "scope"): Promise<void>;

  /** Looks at how a journal is kept, and changes nothing. What cannot be found out is left out. */
  examine?(name: string): Promise<Examination>;

  /**
   * Passes records to `apply` as they are appended, without owning the journal, until the caller stops iterating.
   * Yields whenever every record that was there has been passed. Ends when `signal` is aborted. Throws as `read`.
   */
  follow?(
    name: string,
    apply: (record: JournalRecord) => void,
    options?: { readonly signal?: AbortSignal | undefined },
  ): AsyncIterable<FollowedJournal>;

  /**
   * Yields at once, and then when a journal may have been given up in a status that needs a look, or removed, possibly for
   * nothing. Costs the same however many journals are watched. Ends when `signal` is aborted. Throws as `read`.
   */
  watch?(name: string, options: { readonly signal: AbortSignal | undefined }): AsyncIterable<void>;

  /** Reads a damaged journal to its end, reports every damaged line, and returns the number of lines. */
  findFaults?(name: string, report: (fault: FaultyLine) => void): Promise<number>;

  /**
   * Finds journals in a scope by what their last owners said of them, and reads no records. First come those of which only
   * their records tell it, without a `listing`: they match `name` and `queue`, and the caller reads them and judges the rest. Then
   * come the others, in the order of a list: by status, those that need a person first; then by `lastAt`, the oldest first. One
   * without a `listing` may be among these too. Does not promise a snapshot. Throws as `list`.
   */
  search?(scope: string, filter: SearchFilter): AsyncIterable<FoundListing>;

  /** How many journals there are in a scope. */
  count?(scope: string): Promise<number>;

  /**
   * Removes what a search has found, if it is over, and if nobody has owned it since. Returns the names of those that it has
   * removed. A crash leaves each of them whole, or nothing of it.
   */
  prune?(scope: string, found: readonly FoundListing[]): Promise<ReadonlySet<string>>;

  /** Finds what `recover` has saved in a scope. Throws as `list`. */
  tornCopies?(scope: string): Promise<TornCopies>;

  /** Of a store whose journals can be moved into a file and back. */
  readonly moves?: Moves;
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

export interface CreateOptions {
  /** More of the plan follows. Until the caller begins to run it or gives it up, nobody may run it, also if the caller dies. */
  readonly isPartial?: boolean;
}

export interface ReadOptions {
  /** Each record is used at once: pass none that follows damage. */
  readonly verifiesFirst?: boolean;
}

export interface ReadJournal {
  readonly journal: string;
  /** An owner has it at this moment. */
  readonly isHeld: boolean;
  /** Who that is, where the journal alone does not say it. */
  readonly holder?: ConstructorParameters<typeof JournalLocked>[1];
  /** It has no owner, and the last one closed it in order to keep it. */
  readonly isAtRest: boolean;
  /** The size of what a crash left after the last record, which `recover` will cut off. */
  readonly tornBytes?: number;
  /** What a newer version wrote, in words. */
  readonly unknown?: string;
  /** A file has it, and the store does not run it. */
  readonly exported?: Exported | undefined;
}

/** A request that is not answered; or what cannot be read as one, with the reason as the end of a sentence. */
export type PendingRequest = Request | { readonly place: string; readonly fault: string };

/** An owner has not renewed its lease. It is given this time to show that it lives. */
export interface StoreWait {
  readonly journal: string;
  readonly pid: number | undefined;
  readonly host: string | undefined;
  readonly ms: number;
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
  /** It has been removed, as that of a transaction that has finished. All its records have been passed. */
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

export interface SearchFilter {
  /** Any by default. */
  readonly statuses?: ReadonlySet<string> | undefined;
  /** The name contains it. */
  readonly name?: string | undefined;
  readonly queue?: string | undefined;
  /** The transaction is aborted, and the error contains it. */
  readonly error?: string | undefined;
  /** The last record was written then or before: milliseconds since 1970. */
  readonly latest?: number | undefined;
}

export interface FoundListing {
  readonly journal: string;
  /** What a list says of it. */
  readonly listing: Listing | undefined;
  /** An owner has it at this moment. */
  readonly isHeld: boolean;
  /** A file has it now: nothing here may run or remove it. */
  readonly isExported: boolean;
  /** Why workers do not run it, until somebody does. */
  readonly blocked?: string | undefined;
  /** Workers have given it up, although its records do not say that it is aborted. */
  readonly isGivenUp?: boolean;
  /** Changes with every owner. */
  readonly mark: string;
}

/** Copies of what recoveries have cut off the journals of a scope. */
export interface TornCopies {
  of(journal: string): readonly string[];
  /** Removes a journal's copies. Throws `JournalUnwritable` if one cannot be removed. */
  remove(journal: string): void;
}
