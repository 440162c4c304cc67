import { JournalDamaged, JournalNotFound, JournalRefused, JournalTooNew } from "../../errors/opening_errors.ts";
import type { JournalRecord } from "../../journal/encode_record.ts";
import { locatorOf, nameIn } from "../locator.ts";
import type {
  Examination,
  FaultyLine,
  FollowedJournal,
  FoundListing,
  PendingRequest,
  ReadJournal,
  SearchFilter,
} from "../store.ts";
import { readListing } from "./listing.ts";
import { LISTED } from "./schema.ts";
import type { SqlDatabase } from "./database.ts";
import { toJournalError } from "./journal_error.ts";
import { type SqlClock, withPatience } from "./patience.ts";
import { isProcessGone } from "./process_identity.ts";
import { findRecordFaults, NOTHING_READ, readRecords } from "./read_records.ts";
import { RowWatch } from "./row_watch.ts";
import { toPending } from "./sql_inbox.ts";
import { isAtRest, isHeld, type Search, type TransactionRow } from "./table_rows.ts";

/** So long a database that is away is tried again before anything is owned. */
const PATIENCE_MS = 10_000;
const LIST_PAGE = 500;
const FOLLOW_PAUSE_MS = 50;
/** How many candidates are named if the beginning of an id is not unique. */
const MAX_CANDIDATES = 5;

/** Reads the journals of a database. Owns none. */
export class SqlReader {
  protected readonly database: SqlDatabase;
  protected readonly clock: SqlClock;
  /** Whether it is known without a look that nobody has sent a journal anything. */
  protected isQuiet: (journal: string) => boolean = () => false;
  readonly #watch: RowWatch;

  constructor(database: SqlDatabase, clock: SqlClock) {
    this.database = database;
    this.clock = clock;
    this.#watch = new RowWatch(database, clock);
  }

  /** The scope of all its journals. */
  get locator(): string {
    return this.database.locator;
  }

  /** The journal of a transaction, as commands take it. */
  journalOf(name: string): string {
    return locatorOf(this.locator, name);
  }

  /** The name or id in the name of a journal; nothing for a scope. */
  protected nameOf(journal: string): string | undefined {
    return journal.startsWith(`${this.locator}#`) ? nameIn(journal) : undefined;
  }

  async read(journal: string, apply: (record: JournalRecord) => void): Promise<ReadJournal> {
    const database = this.database;
    // Asked first: a run that ends after this has left its transaction at rest.
    const before = await this.find(journal);
    const { records, unknown } = await this.reading(
      journal,
      () => readRecords({ database, journal, tx: before.id }, apply),
    );
    const row = isHeld(before) ? before : await this.findIn(journal);
    if (records === 0 && row === undefined) throw new JournalNotFound(journal);
    if (records === 0) throw new JournalDamaged(journal, 1, `transaction ${before.id} has no records`);
    if (unknown?.startsWith("format ")) throw new JournalTooNew(journal, unknown);
    const isNowHeld = row !== undefined && isHeld(row);
    return {
      journal,
      isHeld: isNowHeld,
      ...(isNowHeld ? { holder: holderOf(row) } : {}),
      isAtRest: !isNowHeld && isAtRest(row ?? before),
      ...(unknown === undefined ? {} : { unknown }),
      ...((row ?? before).exported === undefined ? {} : { exported: (row ?? before).exported }),
    };
  }

  async *list(scope: string): AsyncIterable<string> {
    if (scope !== this.locator) throw new JournalNotFound(scope);
    let after: string | undefined;
    do {
      const page = await this.reading(scope, () => this.database.list(LIST_PAGE, after));
      for (const { name, id } of page) yield this.journalOf(name ?? id);
      after = page.length < LIST_PAGE ? undefined : page.at(-1)?.id;
    } while (after !== undefined);
  }

  async *search(scope: string, { statuses, name, queue, error, latest }: SearchFilter): AsyncIterable<FoundListing> {
    if (scope !== this.locator) throw new JournalNotFound(scope);
    yield* this.#searchPages({ listed: undefined, name, queue, limit: LIST_PAGE });
    for (const listed of LISTED) {
      if (statuses?.has(listed) === false || (error !== undefined && listed !== "aborted")) continue;
      yield* this.#searchPages({ listed, name, queue, error, latest, limit: LIST_PAGE });
    }
  }

  async *#searchPages(search: Search): AsyncIterable<FoundListing> {
    let after: TransactionRow | undefined;
    do {
      const page = await this.reading(this.locator, () => this.database.search({ ...search, after }));
      for (const row of page) yield this.#toFound(row);
      after = page.length < search.limit ? undefined : page.at(-1);
    } while (after !== undefined);
  }

  #toFound(row: TransactionRow): FoundListing {
    const { id, name, owner, epoch, status } = row;
    const journal = this.journalOf(name ?? id);
    // Of what an owner has done that died, only the records tell.
    const listing = owner !== undefined && !isHeld(row) ? undefined : readListing(row.listing, journal);
    // Its last owner has left it without a word: only a claim that gives it up does so.
    const isGivenUp = status === "aborted" && row.blocked !== undefined && listing === undefined;
    const told = { listing, isHeld: isHeld(row), isExported: status === "exported" };
    return { journal, ...told, blocked: row.blocked, isGivenUp, mark: `${id} ${epoch}` };
  }

  async count(scope: string): Promise<number> {
    return await this.reading(scope, () => this.database.count());
  }

  async prune(scope: string, found: readonly FoundListing[]): Promise<ReadonlySet<string>> {
    const byId = new Map(found.map(({ mark, journal }) => [mark.split(" ")[0] ?? "", { mark, journal }]));
    const seen = Array.from(byId, ([id, { mark }]) => ({ id, epoch: Number(mark.split(" ")[1]) }));
    // After a lost answer, what is gone already is not told again: it was removed, and is not counted.
    const removed = await this.reading(scope, () => this.database.prune(seen));
    return new Set(removed.flatMap((id) => byId.get(id)?.journal ?? []));
  }

  async kindOf(name: string): Promise<"journal" | "scope" | undefined> {
    if (name === this.locator) return "scope";
    return await this.findIn(name) === undefined ? undefined : "journal";
  }

  async examine(journal: string): Promise<Examination> {
    if (await this.findIn(journal) === undefined) return {};
    return { isJournal: true, distrust: this.database.distrust?.({ isDry: true }) };
  }

  async pending(journal: string): Promise<readonly PendingRequest[]> {
    if (this.isQuiet(journal)) return [];
    const { id } = await this.find(journal);
    return toPending((await this.reading(journal, () => this.database.readRequests(id))).requests);
  }

  async *follow(journal: string, apply: (record: JournalRecord) => void): AsyncIterable<FollowedJournal> {
    const database = this.database;
    let row: TransactionRow | undefined = await this.find(journal);
    const { id } = row;
    for (let reading = NOTHING_READ;;) {
      const from = reading;
      reading = await this.reading(journal, () => readRecords({ database, journal, tx: id, from }, apply));
      if (reading.unknown?.startsWith("format ")) throw new JournalTooNew(journal, reading.unknown);
      yield { isHeld: row !== undefined && isHeld(row), isGone: row === undefined };
      await this.clock.delay(FOLLOW_PAUSE_MS);
      row = await this.findIn(this.journalOf(id));
    }
  }

  async *watch(journal: string, { signal }: { readonly signal: AbortSignal | undefined }): AsyncIterable<void> {
    const { id } = await this.find(journal);
    try {
      yield* this.#watch.changes(id, signal);
    } catch (error) {
      throw toJournalError(journal, error, "read");
    }
  }

  async findFaults(journal: string, report: (fault: FaultyLine) => void): Promise<number> {
    const { id } = await this.find(journal);
    return await this.reading(journal, () => findRecordFaults({ database: this.database, tx: id }, report));
  }

  protected async find(journal: string): Promise<TransactionRow> {
    const row = await this.findIn(journal);
    if (row === undefined) throw new JournalNotFound(journal);
    return row;
  }

  protected async findIn(journal: string): Promise<TransactionRow | undefined> {
    const name = this.nameOf(journal);
    if (name === undefined) return undefined;
    const row = await this.reading(journal, () => this.database.find(name));
    if (row !== "ambiguous") return row;
    throw new JournalRefused(journal, await this.#describeCandidates(journal, name));
  }

  async #describeCandidates(journal: string, beginning: string): Promise<string> {
    const page = await this.reading(journal, () => this.database.list(MAX_CANDIDATES + 1, firstId(beginning)));
    const ids = page.map(({ id }) => id).filter((id) => id.startsWith(beginning));
    const shown = ids.slice(0, MAX_CANDIDATES).map((id) => this.journalOf(id)).join(", ");
    const others = ids.length > MAX_CANDIDATES ? " and others" : "";
    const why = "Ids of transactions that were created within a minute begin alike: write more of the id";
    return `several transactions have an id that begins so: ${shown}${others}. ${why}`;
  }

  protected reading<T>(journal: string, call: () => Promise<T>): Promise<T> {
    const patient = withPatience(call, (waitedMs) => waitedMs < PATIENCE_MS, this.clock);
    return patient.catch((error) => {
      throw toJournalError(journal, error, "read");
    });
  }
}

/** Lies before every id with this beginning, apart from one that is as improbable as any other. */
function firstId(beginning: string): string {
  return beginning + "00000000-0000-0000-0000-000000000000".slice(beginning.length);
}

/** Who has a transaction, for the error that says so. */
export function holderOf({ worker }: TransactionRow): ReadJournal["holder"] {
  if (worker === undefined) return {};
  const { pid, host, process, leaseUntil } = worker;
  return { pid, host, until: new Date(leaseUntil).toISOString(), isDead: isProcessGone(pid, process) };
}
