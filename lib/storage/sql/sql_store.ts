import { JournalDamaged, JournalLocked, JournalNotFound } from "../../errors/opening_errors.ts";
import { JournalRefused, JournalTooNew } from "../../errors/opening_errors.ts";
import { JournalExists } from "../../errors/planning_errors.ts";
import { encodeRecord, type JournalRecord, MAX_LINE_BYTES } from "../../journal/encode_record.ts";
import { checkEvents, type Event, type EventOf } from "../../journal/event.ts";
import { encodeRequest, type Request } from "../../journal/request.ts";
import { VERSION } from "../../version.ts";
import { locatorOf, nameIn } from "../locator.ts";
import type { Examination, FaultyLine, FollowedJournal, OpenedStore, OpenJournal, PendingRequest } from "../store.ts";
import type { ReadJournal } from "../store.ts";
import { isAtRest, isHeld, type NewTransaction, type SqlDatabase, type TransactionRow } from "./database.ts";
import { GroupCommit } from "./group_commit.ts";
import { toJournalError } from "./journal_error.ts";
import { isUuid, newId } from "./new_id.ts";
import { OpenSqlJournal, type SqlParts } from "./open_sql_journal.ts";
import { type SqlClock, SYSTEM_CLOCK, withPatience } from "./patience.ts";
import { findRecordFaults, NOTHING_READ, readRecords } from "./read_records.ts";
import { RecordWriter } from "./record_writer.ts";
import { toPending } from "./sql_inbox.ts";
import { LEASE_TIMES, type LeaseTimes, SqlWorker } from "./sql_worker.ts";

/** So long a database that is away is tried again before anything is owned. */
const PATIENCE_MS = 10_000;
const LIST_PAGE = 500;
const FOLLOW_PAUSE_MS = 50;

export interface SqlStoreOptions {
  /** How many appends the database takes at once. */
  readonly maxInFlight: number;
  readonly now?: () => Date;
  readonly clock?: SqlClock;
  readonly times?: LeaseTimes;
}

/**
 * Keeps journals in a database. A scope is the database's locator, `sqlite:/srv/tx.db`; the name of a journal is that, `#`,
 * and the name or the id of its transaction.
 */
export class SqlStore implements OpenedStore {
  readonly #database: SqlDatabase;
  readonly #options: SqlStoreOptions;
  readonly #clock: SqlClock;
  #parts: SqlParts;
  #creations: GroupCommit<NewTransaction, "created" | "taken">;

  /** Owns the database from now on, and closes it. */
  constructor(database: SqlDatabase, options: SqlStoreOptions) {
    this.#database = database;
    this.#options = options;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    [this.#parts, this.#creations] = this.#begin();
  }

  #begin(): [SqlParts, GroupCommit<NewTransaction, "created" | "taken">] {
    const { now = () => new Date(), times = LEASE_TIMES, maxInFlight } = this.#options;
    const database = this.#database;
    const worker = new SqlWorker(database, { clock: this.#clock, times });
    const creations = new GroupCommit<NewTransaction, "created" | "taken">(
      (rows) => worker.persist(() => database.create(rows)),
      { maxInFlight: 1, sizeOf: ({ record }) => record.data.length, countWriters: () => worker.held.size + 1 },
    );
    return [{ database, worker, writer: new RecordWriter(database, worker, { maxInFlight }), now }, creations];
  }

  /** Adds this process to the database if it is not there. After its lease was over it comes back as another worker. */
  async #join(journal: string): Promise<SqlParts> {
    if (this.#parts.worker.isDead) {
      const { worker } = this.#parts;
      [this.#parts, this.#creations] = this.#begin();
      await worker.stop();
    }
    const parts = this.#parts;
    await this.#reading(journal, () => parts.worker.start());
    return parts;
  }

  /** The scope of all its journals. */
  get locator(): string {
    return this.#database.locator;
  }

  /** The journal of a transaction, as commands take it. */
  journalOf(name: string): string {
    return locatorOf(this.locator, name);
  }

  /** The name or id in the name of a journal; nothing for a scope. */
  #nameIn(journal: string): string | undefined {
    return journal.startsWith(`${this.locator}#`) ? nameIn(journal) : undefined;
  }

  async create(journal: string, events: readonly Event[]): Promise<OpenJournal> {
    checkEvents(events);
    const name = this.#nameIn(journal);
    if (name === undefined) throw new JournalRefused(journal, "it has no name after #");
    const opened = events.find((event): event is EventOf<"opened"> => event.type === "opened");
    const id = isUuid(opened?.id) ? opened.id : newId();
    const parts = await this.#join(journal);
    return await parts.worker.taking(() => this.#create(parts, { journal, name, id, opened, events }));
  }

  async #create(parts: SqlParts, { journal, name, id, opened, events }: Creation): Promise<OpenJournal> {
    const { worker, now } = parts;
    const { bytes, sum } = encodeRecord({ seq: 0, at: now().toISOString(), events }, "");
    const record = { data: new TextDecoder().decode(bytes.subarray(1, -2)), sum };
    const created = await this.#writing(journal, () =>
      this.#creations.add({
        id,
        name: name === id ? undefined : name,
        owner: worker.id,
        queue: "default",
        priority: 0,
        dueAt: undefined,
        library: opened?.library ?? VERSION,
        home: opened?.home ?? "",
        record,
      }));
    if (created === "taken") throw new JournalExists(journal);
    return new OpenSqlJournal(parts, {
      journal,
      owned: { tx: id, worker: worker.id, epoch: 1 },
      reading: { records: 1, lastSum: sum, unknown: undefined },
      isAtRest: false,
      isNew: true,
    });
  }

  async open(journal: string, apply: (record: JournalRecord) => void): Promise<OpenJournal> {
    const parts = await this.#join(journal);
    const row = await this.#freed(journal);
    return await parts.worker.taking(() => this.#take(parts, { journal, row, apply }));
  }

  async #take(parts: SqlParts, { journal, row, apply }: Taking): Promise<OpenJournal> {
    const { worker, database } = parts;
    // If an answer is lost, it is a stray that the next heartbeat releases.
    const taken = await this.#reading(journal, () => database.take(row.id, worker.id));
    if (taken === undefined) throw await this.#heldError(journal);
    const owned = { tx: row.id, worker: worker.id, epoch: taken.epoch };
    const open = (reading = NOTHING_READ) =>
      new OpenSqlJournal(parts, { journal, owned, reading, isAtRest: isAtRest(row), isNew: false });
    try {
      const reading = await this.#reading(journal, () => readRecords({ database, journal, tx: row.id }, apply));
      if (reading.records === 0) throw new JournalDamaged(journal, 1, `transaction ${row.id} has no records`);
      if (reading.unknown !== undefined) throw new JournalTooNew(journal, reading.unknown);
      return open(reading);
    } catch (error) {
      // The first error is the one to report.
      await open().close().catch(() => {});
      throw error;
    }
  }

  /** A transaction without a living owner. One whose owner has died is freed; if only its lease is over, after a while. */
  async #freed(journal: string): Promise<TransactionRow> {
    const { worker } = this.#parts;
    let row = await this.#find(journal);
    for (let attempt = 0; row.owner !== undefined && row.owner !== worker.id && attempt < 2; attempt += 1) {
      if (attempt > 0) {
        if (row.worker?.isDead !== true) break;
        await this.#clock.delay((this.#options.times ?? LEASE_TIMES).beatMs);
      }
      await this.#reading(journal, () => worker.sweep());
      row = await this.#find(journal);
    }
    return row;
  }

  async #heldError(journal: string): Promise<Error> {
    const { owner, worker, status } = await this.#find(journal);
    if (status === "exported") return new JournalRefused(journal, "it was exported: a file has it, and runs it");
    if (owner === undefined && this.#parts.worker.isOver) {
      return new JournalRefused(journal, "the lease of this process is over");
    }
    return new JournalLocked(journal, owner === undefined ? {} : worker);
  }

  async read(journal: string, apply: (record: JournalRecord) => void): Promise<ReadJournal> {
    const database = this.#database;
    // Asked first: a run that ends after this has left its transaction at rest.
    const before = await this.#find(journal);
    const { records, unknown } = await this.#reading(
      journal,
      () => readRecords({ database, journal, tx: before.id }, apply),
    );
    const row = isHeld(before) ? before : await this.#findIn(journal);
    if (records === 0 && row === undefined) throw new JournalNotFound(journal);
    if (records === 0) throw new JournalDamaged(journal, 1, `transaction ${before.id} has no records`);
    if (unknown?.startsWith("format ")) throw new JournalTooNew(journal, unknown);
    const isNowHeld = row !== undefined && isHeld(row);
    return {
      journal,
      isHeld: isNowHeld,
      isAtRest: !isNowHeld && isAtRest(row ?? before),
      ...(unknown === undefined ? {} : { unknown }),
    };
  }

  async *list(scope: string): AsyncIterable<string> {
    if (scope !== this.locator) throw new JournalNotFound(scope);
    let after: TransactionRow | undefined;
    do {
      const page = await this.#reading(scope, () => this.#database.list({ limit: LIST_PAGE, after }));
      for (const { name, id } of page) yield this.journalOf(name ?? id);
      after = page.length < LIST_PAGE ? undefined : page.at(-1);
    } while (after !== undefined);
  }

  async kindOf(name: string): Promise<"journal" | "scope" | undefined> {
    if (name === this.locator) return "scope";
    return await this.#findIn(name) === undefined ? undefined : "journal";
  }

  async examine(journal: string): Promise<Examination> {
    if (await this.#findIn(journal) === undefined) return {};
    return { isJournal: true, distrust: this.#database.distrust?.({ isDry: true }) };
  }

  async send(journal: string, request: Request): Promise<boolean> {
    const { id } = await this.#find(journal);
    const data = encodeRequest(request);
    if (data.length > MAX_LINE_BYTES) throw new RangeError("Cannot send a request of more than 16 MiB");
    await this.#parts.worker.held.get(id)?.inbox.opening;
    return await this.#writing(journal, () => this.#database.addRequest({ id: request.id, tx: id, data }));
  }

  async pending(journal: string): Promise<readonly PendingRequest[]> {
    const { id } = await this.#find(journal);
    return toPending((await this.#reading(journal, () => this.#database.readRequests(id))).requests);
  }

  async *follow(journal: string, apply: (record: JournalRecord) => void): AsyncIterable<FollowedJournal> {
    const database = this.#database;
    let row: TransactionRow | undefined = await this.#find(journal);
    const { id } = row;
    for (let reading = NOTHING_READ;;) {
      const from = reading;
      reading = await this.#reading(journal, () => readRecords({ database, journal, tx: id, from }, apply));
      if (reading.unknown?.startsWith("format ")) throw new JournalTooNew(journal, reading.unknown);
      yield { isHeld: row !== undefined && isHeld(row), isGone: row === undefined };
      await this.#clock.delay(FOLLOW_PAUSE_MS);
      row = await this.#findIn(this.journalOf(id));
    }
  }

  async findFaults(journal: string, report: (fault: FaultyLine) => void): Promise<number> {
    const { id } = await this.#find(journal);
    return await this.#reading(journal, () => findRecordFaults({ database: this.#database, tx: id }, report));
  }

  async #find(journal: string): Promise<TransactionRow> {
    const row = await this.#findIn(journal);
    if (row === undefined) throw new JournalNotFound(journal);
    return row;
  }

  async #findIn(journal: string): Promise<TransactionRow | undefined> {
    const name = this.#nameIn(journal);
    if (name === undefined) return undefined;
    const row = await this.#reading(journal, () => this.#database.find(name));
    if (row === "ambiguous") throw new JournalRefused(journal, "several transactions have an id that begins so");
    return row;
  }

  #reading<T>(journal: string, call: () => Promise<T>): Promise<T> {
    const patient = withPatience(call, (waitedMs) => waitedMs < PATIENCE_MS, this.#clock);
    return patient.catch((error) => {
      throw toJournalError(journal, error, "read");
    });
  }

  #writing<T>(journal: string, call: () => Promise<T>): Promise<T> {
    return call().catch((error) => {
      throw toJournalError(journal, error, "write");
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.worker.stop();
    await this.#database[Symbol.asyncDispose]();
  }
}

interface Creation {
  readonly journal: string;
  readonly name: string;
  readonly id: string;
  readonly opened: EventOf<"opened"> | undefined;
  readonly events: readonly Event[];
}

interface Taking {
  readonly journal: string;
  readonly row: TransactionRow;
  readonly apply: (record: JournalRecord) => void;
}
