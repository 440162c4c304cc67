import { Fenced, JournalUnwritable, QueueFull } from "../../errors/storage_errors.ts";
import { encodeEvents, encodeRecord, joinEvents, MAX_LINE_BYTES } from "../../journal/encode_record.ts";
import { checkEvents, type Event } from "../../journal/event.ts";
import { MAX_COUNT } from "../../plan/node.ts";
import { quote } from "../../text/escape.ts";
import type { AppendOptions, CloseOptions, Distrust, OpenJournal, RecoverOptions } from "../open_journal.ts";
import type { Release, StepCommit, StepTransaction } from "../open_journal.ts";
import type { Owned, RecordRow } from "./table_rows.ts";
import { DatabaseError, type SqlDatabase, type SqlTransaction } from "./database.ts";
import { toJournalError } from "./journal_error.ts";
import { KeptRecords } from "./kept_records.ts";
import { noted, type Reading, type Written } from "./read_records.ts";
import { type RecordWriter, withCommit, type WriteEnd } from "./record_writer.ts";
import { SqlInbox } from "./sql_inbox.ts";
import type { SqlWorker } from "./sql_worker.ts";
import { takeBatch, type WaitingAppend as Waiting } from "./waiting_append.ts";

const DECODER = new TextDecoder();

/** What the open journals of a store share. */
export interface SqlParts {
  readonly database: SqlDatabase;
  readonly worker: SqlWorker;
  readonly writer: RecordWriter;
  readonly now: () => Date;
  /** Something is due now, or will be. */
  readonly announce: () => void;
  readonly expect: (dueAt: number) => void;
}

interface OpenSqlJournalOptions {
  readonly journal: string;
  readonly owned: Owned;
  readonly reading: Reading;
  readonly isAtRest: boolean;
  readonly isOver?: boolean;
  /** This process has created it. */
  readonly isNew: boolean;
  /** The table says that it is running, and lets requests in. */
  readonly isRunning?: boolean;
  /** The table says that it is running. */
  readonly isClaimed?: boolean;
}

/** A transaction in the tables that this process owns. */
export class OpenSqlJournal implements OpenJournal {
  readonly journal: string;
  readonly epoch: number;
  readonly distrust?: Distrust | undefined;
  readonly isAtRest: boolean;
  readonly isOver: boolean;
  readonly inbox: SqlInbox;
  readonly beginTransaction?: () => Promise<StepTransaction>;
  readonly #parts: SqlParts;
  readonly #owned: Owned;
  readonly #lost = new AbortController();
  #written: Written;
  #seq: number;
  #sum: string;
  readonly #kept = new KeptRecords();
  #waiting: Waiting[] = [];
  #work: Promise<void> | undefined;
  #isReady: boolean;
  #isRunning: boolean;
  readonly #isClaimed: boolean;
  #isReleased = false;
  #isClosed = false;
  /** A record was not written: what the caller says of its state is more than the records say. */
  #isBehind = false;
  #broken: JournalUnwritable | undefined;

  constructor(parts: SqlParts, options: OpenSqlJournalOptions) {
    const { journal, owned, reading, isNew, isRunning = isNew } = options;
    this.journal = journal;
    this.epoch = owned.epoch;
    [this.isAtRest, this.isOver] = [options.isAtRest, options.isOver === true];
    this.distrust = isNew ? undefined : parts.database.distrust?.();
    this.#parts = parts;
    this.#owned = owned;
    this.#written = { openedAt: reading.openedAt, lastAt: reading.lastAt };
    this.#seq = reading.records;
    this.#sum = reading.lastSum;
    this.#isReady = isNew;
    this.#isRunning = isRunning;
    this.#isClaimed = options.isClaimed === true;
    this.inbox = new SqlInbox({ ...parts, journal, owned, isOpen: isRunning });
    const { database } = parts;
    if (database.beginTransaction !== undefined) this.beginTransaction = () => this.#begin(database);
    parts.worker.held.set(owned.tx, this);
  }

  /** Compared with the clocks at every look: a process that was stopped must notice before it calls anything. */
  get lost(): AbortSignal {
    this.checkLease();
    return this.#lost.signal;
  }

  checkLease(): void {
    if (!this.#parts.worker.isOver || this.#lost.signal.aborted || this.#isClosed) return;
    this.#lose(
      "the lease of this process is over: it could not reach the database in time, or was stopped for too long",
    );
  }

  findOwner(): Promise<Fenced["owner"]> {
    return this.#parts.worker.findOwner(this.#owned);
  }

  checkRemovable(): Promise<void> {
    return Promise.resolve();
  }

  async recover({ runs = false }: RecoverOptions = {}): Promise<undefined> {
    if (runs && !this.#isRunning) {
      const begun = await this.#explain(this.#parts.writer.begin({ ...this.#owned, isClaimed: this.#isClaimed }));
      if (begun === "full") throw new QueueFull(this.journal);
      if (begun === "fenced") throw this.#lose("another process has taken it over");
      this.#isRunning = true;
      this.inbox.noteOpen();
    }
    this.#isReady = true;
  }

  async #begin(database: SqlDatabase): Promise<StepTransaction> {
    const { worker } = this.#parts;
    const options = { idleMs: worker.leaseMs, lost: this.#lost.signal };
    const open = await this.#explain(worker.persist(() => database.beginTransaction?.(options) ?? Promise.reject()));
    return withCommit(open, (events) => this.#add(events, {}, open));
  }

  /** Where a move continues: who owns it, and the number of records with the checksum of the last one. */
  get place(): { readonly owned: Owned; readonly records: number; readonly lastSum: string } {
    return { owned: this.#owned, records: this.#seq, lastSum: this.#sum };
  }

  /** Records were appended as lines. */
  advance({ seq, sum }: Pick<RecordRow, "seq" | "sum">): void {
    [this.#seq, this.#sum] = [seq + 1, sum];
  }

  /** The statement of a move has given it up. */
  noteReleased(): void {
    this.#isReleased = true;
    this.#forget();
  }

  /** Another owner has it, or what it has is not what was read. */
  lose(how = "another process has taken it over"): Fenced {
    return this.#lose(how);
  }

  append(events: readonly Event[], options: AppendOptions = {}): Promise<void> {
    return this.#add(events, options).then(() => {});
  }

  #add(events: readonly Event[], options: AppendOptions, transaction?: SqlTransaction): Promise<StepCommit> {
    if (this.#isClosed) throw new Fenced(this.journal, `Cannot write ${quote(this.journal)}: it was closed`);
    if (!this.#isReady) throw new TypeError("Cannot append before recover() was called");
    checkEvents(events);
    const text = encodeEvents(events);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ text, options, transaction, resolve, reject });
      this.#work ??= this.#drain();
    });
  }

  /** One record at a time: the next one names the sum of this one, and is sent when this one is acknowledged. */
  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = takeBatch(this.#waiting);
      try {
        const end = await this.#write(batch.map(({ text }) => text), batch.at(-1));
        for (const { resolve } of batch) resolve(end);
      } catch (error) {
        this.#isBehind ||= error instanceof JournalUnwritable;
        for (const { reject } of batch) reject(error);
      }
    }
    this.#work = undefined;
  }

  async #write(texts: readonly string[], last: Waiting | undefined): Promise<StepCommit> {
    if (this.#broken !== undefined) throw this.#broken;
    this.checkLease();
    if (this.#lost.signal.aborted) throw this.#lost.signal.reason;
    const { writer, now } = this.#parts;
    const transaction = last?.transaction;
    const release = last?.options.release?.();
    const at = now().toISOString();
    const row = this.#encode(joinEvents(texts), at);
    const written = { ...this.#written, lastAt: at };
    const write = (): Promise<WriteEnd | StepCommit> => {
      if (transaction !== undefined) return writer.commit(row, transaction);
      return release === undefined
        ? writer.append(row)
        : writer.conclude({ record: row, release: noted(release, written) });
    };
    let end = await this.#try(write);
    if (end === "lost tail") {
      end = await this.#try(() => writer.appendAgain(this.#kept.rows));
      // A transaction that was not committed cannot be.
      if (end === "written") end = transaction === undefined ? await this.#try(write) : { kind: "lost" };
    }
    if (typeof end === "object") return end;
    if (end !== "written") throw this.#refuse(end);
    this.#written = written;
    this.advance(row);
    if (transaction === undefined) this.#kept.keep(row);
    else this.#kept.clear();
    if (release !== undefined) {
      this.#isReleased = true;
      this.#forget();
      this.#tell(release);
    }
    return { kind: "committed" };
  }

  #encode(events: string, at: string): RecordRow {
    const { tx, epoch } = this.#owned;
    if (this.#seq > MAX_COUNT) throw new RangeError(`Cannot write a record: the journal has ${this.#seq} already`);
    const { bytes, sum } = encodeRecord({ seq: this.#seq, at, events }, this.#sum);
    if (bytes.length - 2 > MAX_LINE_BYTES) {
      throw new RangeError(`Cannot write a record of ${bytes.length} bytes: ${MAX_LINE_BYTES} is the most`);
    }
    // Without the marker, the newline and the bracket that a file has around it.
    return { tx, seq: this.#seq, epoch, data: DECODER.decode(bytes.subarray(1, -2)), sum, before: this.#sum };
  }

  async #try<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      const told = toJournalError(this.journal, error, "write");
      // Whether it was written is unknown: another record in its place could be a second one.
      const isUnknown = error instanceof DatabaseError && (error.trouble === "away" || error.trouble === "failed");
      if (isUnknown && told instanceof JournalUnwritable) this.#broken = told;
      this.checkLease();
      throw told;
    }
  }

  #refuse(end: Exclude<WriteEnd, "written">): Fenced {
    if (end === "fenced") return this.#lose("another process has taken it over");
    return this.#lose(
      end === "late"
        ? "a record of its last owner arrived after this process had read it. Resume it again"
        : "records that were acknowledged are missing in the database",
    );
  }

  #lose(how: string): Fenced {
    const error = new Fenced(this.journal, `Cannot continue ${quote(this.journal)}: ${how}`);
    this.#broken ??= error;
    this.#lost.abort(this.#broken);
    return error;
  }

  async close({ remove = false, release }: CloseOptions = {}): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#work;
    const { database, worker } = this.#parts;
    try {
      if (this.#lost.signal.aborted) return;
      if (remove) await this.#parts.writer.remove(this.#owned);
      // A run that does not say how it ended is not begun again by itself.
      else if (!this.#isReleased) {
        const status = this.#isRunning ? "aborted" : undefined;
        // What could not be written is not to be listed.
        const said = this.#isBehind ? undefined : release?.();
        const left = noted(said ?? { status }, this.#written);
        await worker.persist(() => database.leave(this.#owned, left));
        this.#tell(left);
      }
    } catch (error) {
      throw toJournalError(this.journal, error, "write");
    } finally {
      // If that failed, it is a stray, which the next heartbeat releases.
      this.#forget();
    }
  }

  #forget(): void {
    const { worker } = this.#parts;
    worker.held.delete(this.#owned.tx);
    worker.listeners.delete(this.#owned.tx);
  }

  #explain<T>(write: Promise<T>): Promise<T> {
    return write.catch((error) => {
      throw toJournalError(this.journal, error, "write");
    });
  }

  /** Workers may want to know. */
  #tell({ status, dueAt }: Release): void {
    if (status === "ready") this.#parts.announce();
    if (status === "sleeping" && dueAt !== undefined) this.#parts.expect(dueAt);
  }
}
