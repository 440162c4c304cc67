import { JournalDamaged, JournalExported, JournalLocked, JournalNotFound } from "../../errors/opening_errors.ts";
import { JournalRefused, JournalTooNew } from "../../errors/opening_errors.ts";
import { JournalExists } from "../../errors/planning_errors.ts";
import { type JournalRecord, MAX_LINE_BYTES } from "../../journal/encode_record.ts";
import { checkEvents, type Event } from "../../journal/event.ts";
import { encodeRequest, type Request } from "../../journal/request.ts";
import type { OpenJournal, Release } from "../open_journal.ts";
import type { CreateOptions, OpenedStore, StoreWait } from "../store.ts";
import { isAtRest, isOver, type NewTransaction, type TransactionRow } from "./table_rows.ts";
import type { SqlDatabase } from "./database.ts";
import { toJournalError } from "./journal_error.ts";
import { newId } from "../locator.ts";
import type { WorkStore } from "../work_store.ts";
import { type BegunTransaction, isUuid, toBegun } from "./begun_transaction.ts";
import { SqlDue } from "./work/sql_due.ts";
import { SqlQueues } from "./work/sql_queues.ts";
import { OpenSqlJournal, type SqlParts } from "./open_sql_journal.ts";
import { type SqlClock, SYSTEM_CLOCK } from "./patience.ts";
import { NOTHING_READ, readRecords } from "./read_records.ts";
import { isProcessGone } from "./process_identity.ts";
import { SqlMoves } from "./sql_moves.ts";
import { SqlSchedules } from "./work/sql_schedules.ts";
import { SqlNotices } from "./work/sql_notices.ts";
import { holderOf, SqlReader } from "./sql_reader.ts";
import { RecordWriter } from "./record_writer.ts";
import { LEASE_TIMES, type LeaseTimes, SqlWorker } from "./sql_worker.ts";

export interface SqlStoreOptions {
  /** How many appends the database takes at once. */
  readonly maxInFlight: number;
  readonly now?: () => Date;
  readonly clock?: SqlClock;
  readonly times?: LeaseTimes;
}

/** How often a transaction is taken that nobody seems to have. */
const MAX_TAKES = 3;
/** A wait that is not longer needs no word. */
const UNNOTICED_MS = 1000;

/**
 * Keeps journals in a database. A scope is the database's locator, `sqlite:/srv/tx.db`; the name of a journal is that, `#`,
 * and the name or the id of its transaction.
 */
export class SqlStore extends SqlReader implements OpenedStore, WorkStore {
  readonly moves: SqlMoves = new SqlMoves({
    database: this.database,
    join: (journal) => this.#join(journal),
    openExported: (journal, apply) => this.#open(journal, apply, "takeExported"),
    findId: async (journal) => (await this.find(journal)).id,
    nameOf: (journal) => this.#requireName(journal),
    idOf: (id) => isUuid(id) ? id : newId(),
  });
  readonly schedules: SqlSchedules = new SqlSchedules({
    database: this.database,
    join: () => this.#join(this.locator),
    reading: (call) => this.reading(this.locator, call),
    writing: (call) => this.#writing(this.locator, () => this.#parts.worker.persist(call)),
    begun: (journal, events) => this.#begun(journal, events),
  });
  readonly notices: SqlNotices = new SqlNotices({
    database: this.database,
    journalOf: (name) => this.journalOf(name),
    persist: async (journal, call) => {
      const { worker } = await this.#join(journal);
      return await this.#writing(journal, () => worker.persist(call));
    },
  });
  readonly due: SqlDue = new SqlDue({
    database: this.database,
    clock: this.clock,
    join: () => this.#join(this.locator),
    current: () => this.#parts,
    reading: (call) => this.reading(this.locator, call),
    journalOf: (name) => this.journalOf(name),
    nameOf: (journal) => this.nameOf(journal),
    findId: async (journal) => (await this.find(journal)).id,
  });
  readonly queues: SqlQueues = new SqlQueues({
    database: this.database,
    join: () => this.#join(this.locator),
    reading: (call) => this.reading(this.locator, call),
    announce: () => this.due.announce(),
  });
  readonly #options: SqlStoreOptions;
  #parts: SqlParts;
  #noteWait: ((wait: StoreWait) => void) | undefined;

  /** Owns the database from now on, and closes it. */
  constructor(database: SqlDatabase, options: SqlStoreOptions) {
    super(database, options.clock ?? SYSTEM_CLOCK);
    this.#options = options;
    this.isQuiet = (journal) => this.due.isQuiet(journal);
    this.#parts = this.#begin();
  }

  #begin(): SqlParts {
    const { now = () => new Date(), times = LEASE_TIMES, maxInFlight } = this.#options;
    const database = this.database;
    const worker = new SqlWorker(database, { clock: this.clock, times });
    const writer = new RecordWriter(database, worker, { maxInFlight, clock: this.clock });
    const { due } = this;
    const tell = { announce: () => due.announce(), expect: (dueAt: number) => due.expect(dueAt) };
    return { database, worker, writer, now, ...tell };
  }

  /** Adds this process to the database if it is not there. After its lease was over it comes back as another worker. */
  async #join(journal: string): Promise<SqlParts> {
    const { worker } = this.#parts;
    if (worker.isOver) await this.reading(journal, () => worker.confirm());
    if (worker.isDead && worker === this.#parts.worker) {
      this.#parts = this.#begin();
      await worker.stop();
    }
    const parts = this.#parts;
    await this.reading(journal, () => parts.worker.start());
    return parts;
  }

  get hasTransactions(): boolean {
    return this.database.beginTransaction !== undefined;
  }

  async create(journal: string, events: readonly Event[], options: CreateOptions = {}): Promise<OpenJournal> {
    const { isPartial = false } = options;
    const { at, ...begun } = this.#begun(journal, events);
    const parts = await this.#join(journal);
    const { worker } = parts;
    return await worker.taking(async () => {
      await this.#add(journal, parts, { ...begun, owner: worker.id, isPartial, dueAt: undefined });
      return new OpenSqlJournal(parts, {
        journal,
        owned: { tx: begun.id, worker: worker.id, epoch: 1 },
        reading: { records: 1, lastSum: begun.record.sum, openedAt: at, lastAt: at, unknown: undefined },
        isAtRest: false,
        isNew: true,
        isRunning: !isPartial,
      });
    });
  }

  async enqueue(journal: string, events: readonly Event[], release: Release): Promise<void> {
    const { at, ...begun } = this.#begun(journal, events);
    const parts = await this.#join(journal);
    const listing = release.listing && { ...release.listing, openedAt: at, lastAt: at };
    const row = { ...begun, owner: undefined, dueAt: release.dueAt, release: { ...release, listing } };
    await this.#add(journal, parts, row);
    this.due.announce();
  }

  /** What the first record says of a transaction. */
  #begun(journal: string, events: readonly Event[]): BegunTransaction {
    checkEvents(events);
    return toBegun(this.#requireName(journal), events, this.#parts.now().toISOString());
  }

  /** By the worker that owns it: this process may be another one by now. */
  async #add(journal: string, { writer }: SqlParts, row: NewTransaction): Promise<void> {
    const created = await this.#writing(journal, () => writer.create(row));
    if (created === "taken") throw new JournalExists(journal);
  }

  #requireName(journal: string): string {
    const name = this.nameOf(journal);
    if (name === undefined) throw new JournalRefused(journal, "it has no name after #");
    return name;
  }

  open(journal: string, apply: (record: JournalRecord) => void): Promise<OpenJournal> {
    const hold = this.due.takeHold(journal);
    if (hold === undefined) return this.#open(journal, apply, "take");
    const { parts, owned } = hold;
    return this.#read(parts, { journal, owned, isAtRest: false, isClaimed: true }, apply);
  }

  async #open(
    journal: string,
    apply: (record: JournalRecord) => void,
    take: "take" | "takeExported",
  ): Promise<OpenJournal> {
    for (let attempt = 1;; attempt += 1) {
      // Before this process adds itself, which makes the tables.
      const found = await this.find(journal);
      const parts = await this.#join(journal);
      const free = await this.#freed(journal, found);
      const open = await parts.worker.taking(() => this.#take(parts, { journal, row: free, apply, take }));
      if (open !== undefined) return open;
      const row = await this.find(journal);
      if (row.exported !== undefined && row.owner === undefined && take === "take") {
        throw new JournalExported(journal, row.exported);
      }
      if (row.owner !== undefined || attempt === MAX_TAKES) throw new JournalLocked(journal, holderOf(row));
      // It was given up meanwhile; or this process was declared dead, and comes back as another worker.
      await this.reading(journal, () => parts.worker.confirm());
    }
  }

  /** Nothing if it could not be taken. */
  async #take(parts: SqlParts, { journal, row, apply, take }: Taking): Promise<OpenJournal | undefined> {
    const { worker, database } = parts;
    // If an answer is lost, it is a stray that the next heartbeat releases.
    const taken = await this.reading(journal, () => database[take](row.id, worker.id));
    if (taken === undefined) return undefined;
    const owned = { tx: row.id, worker: worker.id, epoch: taken.epoch };
    return await this.#read(parts, { journal, owned, isAtRest: isAtRest(row), isOver: isOver(row) }, apply);
  }

  async #read(parts: SqlParts, taken: TakenJournal, apply: (record: JournalRecord) => void): Promise<OpenJournal> {
    const { database } = parts;
    const { journal, owned: { tx } } = taken;
    const open = (reading = NOTHING_READ) => new OpenSqlJournal(parts, { ...taken, reading, isNew: false });
    try {
      const reading = await this.reading(journal, () => readRecords({ database, journal, tx }, apply));
      if (reading.records === 0) throw new JournalDamaged(journal, 1, `transaction ${tx} has no records`);
      if (reading.unknown !== undefined) throw new JournalTooNew(journal, reading.unknown);
      return open(reading);
    } catch (error) {
      // The first error is the one to report.
      await open().close().catch(() => {});
      throw error;
    }
  }

  /** A transaction without a living owner. One whose owner has died is freed; if only its lease is over, after a while. */
  async #freed(journal: string, found: TransactionRow): Promise<TransactionRow> {
    const { worker } = this.#parts;
    let row = found;
    for (let attempt = 0; row.owner !== undefined && row.owner !== worker.id && attempt < 2; attempt += 1) {
      if (attempt > 0) {
        if (row.worker?.isDead !== true) break;
        const { beatMs: ms } = this.#options.times ?? LEASE_TIMES;
        if (ms > UNNOTICED_MS) this.#noteWait?.({ journal, pid: row.worker.pid, host: row.worker.host, ms });
        await this.clock.delay(ms);
      }
      await this.reading(journal, () => worker.sweep());
      row = await this.find(journal);
    }
    return row;
  }

  async takeOver(journal: string): Promise<void> {
    const row = await this.find(journal);
    const { owner, worker } = row;
    // If its lease is over, `open` frees it.
    if (owner === undefined || worker?.isDead !== false) return;
    if (!isProcessGone(worker.pid, worker.process)) throw new JournalLocked(journal, holderOf(row));
    await this.reading(journal, () => this.#parts.worker.bury(owner));
  }

  noteWaits(note: (wait: StoreWait) => void): void {
    this.#noteWait = note;
  }

  async send(journal: string, request: Request): Promise<boolean> {
    const { id } = await this.find(journal);
    // The name belongs to another transaction by now: nobody would ever answer it there.
    if (isUuid(request.transaction) && request.transaction !== id) throw new JournalNotFound(journal);
    const data = encodeRequest(request);
    if (data.length > MAX_LINE_BYTES) throw new RangeError("Cannot send a request of more than 16 MiB");
    await this.#parts.worker.held.get(id)?.inbox.opening;
    return await this.#writing(journal, () => this.database.addRequest({ id: request.id, tx: id, data }));
  }

  #writing<T>(journal: string, call: () => Promise<T>): Promise<T> {
    return call().catch((error) => {
      throw toJournalError(journal, error, "write");
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.due.close();
    await this.#parts.worker.stop();
    await this.database[Symbol.asyncDispose]();
  }
}

type TakenJournal = Omit<ConstructorParameters<typeof OpenSqlJournal>[1], "reading" | "isNew">;

interface Taking {
  readonly journal: string;
  readonly row: TransactionRow;
  readonly apply: (record: JournalRecord) => void;
  readonly take: "take" | "takeExported";
}
