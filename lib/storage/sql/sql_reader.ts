import { JournalDamaged, JournalNotFound, JournalRefused, JournalTooNew } from "../../errors/opening_errors.ts";
import type { JournalRecord } from "../../journal/encode_record.ts";
import { locatorOf, nameIn } from "../locator.ts";
import type { Examination, FaultyLine, FollowedJournal, PendingRequest, ReadJournal } from "../store.ts";
import type { SqlDatabase } from "./database.ts";
import { toJournalError } from "./journal_error.ts";
import { type SqlClock, withPatience } from "./patience.ts";
import { findRecordFaults, NOTHING_READ, readRecords } from "./read_records.ts";
import { toPending } from "./sql_inbox.ts";
import { isAtRest, isHeld, type TransactionRow } from "./table_rows.ts";

/** So long a database that is away is tried again before anything is owned. */
const PATIENCE_MS = 10_000;
const LIST_PAGE = 500;
const FOLLOW_PAUSE_MS = 50;

/** Reads the journals of a database. Owns none. */
export class SqlReader {
  protected readonly database: SqlDatabase;
  protected readonly clock: SqlClock;

  constructor(database: SqlDatabase, clock: SqlClock) {
    this.database = database;
    this.clock = clock;
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
      isAtRest: !isNowHeld && isAtRest(row ?? before),
      ...(unknown === undefined ? {} : { unknown }),
    };
  }

  async *list(scope: string): AsyncIterable<string> {
    if (scope !== this.locator) throw new JournalNotFound(scope);
    let after: TransactionRow | undefined;
    do {
      const page = await this.reading(scope, () => this.database.list({ limit: LIST_PAGE, after }));
      for (const { name, id } of page) yield this.journalOf(name ?? id);
      after = page.length < LIST_PAGE ? undefined : page.at(-1);
    } while (after !== undefined);
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
    if (row === "ambiguous") throw new JournalRefused(journal, "several transactions have an id that begins so");
    return row;
  }

  protected reading<T>(journal: string, call: () => Promise<T>): Promise<T> {
    const patient = withPatience(call, (waitedMs) => waitedMs < PATIENCE_MS, this.clock);
    return patient.catch((error) => {
      throw toJournalError(journal, error, "read");
    });
  }
}
