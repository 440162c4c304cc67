import { JournalExists } from "../../errors/planning_errors.ts";
import type { JournalRecord } from "../../journal/encode_record.ts";
import type { OpenJournal, Release } from "../open_journal.ts";
import type { Arrival, Exported, Moves, RecordLine } from "../open_journal.ts";
import type { SqlDatabase } from "./database.ts";
import { toJournalError } from "./journal_error.ts";
import { OpenSqlJournal, type SqlParts } from "./open_sql_journal.ts";
import { NOTHING_READ, readLines } from "./read_records.ts";

/** What moves use of their store. */
interface MovingStore {
  readonly database: SqlDatabase;
  readonly join: (journal: string) => Promise<SqlParts>;
  readonly openExported: (journal: string, apply: (record: JournalRecord) => void) => Promise<OpenJournal>;
  readonly findId: (journal: string) => Promise<string>;
  readonly nameOf: (journal: string) => string;
  /** The id of a row for a transaction whose own one may be no UUID. */
  readonly idOf: (id: string) => string;
}

/** Of a transaction that was not enqueued. */
const FIRST_COME = { queue: "default", priority: 0 } as const;

/** See `Moves`. */
export class SqlMoves implements Moves {
  readonly #store: MovingStore;
  readonly openExported: Moves["openExported"];

  constructor(store: MovingStore) {
    this.#store = store;
    this.openExported = store.openExported;
  }

  async *readLines(journal: string): AsyncIterable<readonly RecordLine[]> {
    const { database, findId } = this.#store;
    const lines = readLines({ database, journal, tx: await findId(journal) });
    try {
      yield* lines;
    } catch (error) {
      throw toJournalError(journal, error, "read");
    }
  }

  async depart(open: OpenJournal, exported: Exported, release: Release): Promise<void> {
    const own = ownJournal(open);
    const { owned, records, lastSum } = own.place;
    const departure = { owned, last: { seq: records - 1, sum: lastSum }, exported, release };
    const departed = await this.#write(own, (database) => database.depart(departure));
    if (!departed) throw own.lose("its records have changed since they were read");
    own.noteReleased();
  }

  async createExported(journal: string, { first, ...arrival }: Arrival): Promise<OpenJournal> {
    const { join, nameOf, idOf } = this.#store;
    const parts = await join(journal);
    return await parts.worker.taking(async () => {
      const { worker, database } = parts;
      const id = idOf(arrival.id);
      const name = nameOf(journal);
      const { queued = FIRST_COME, library, home, createdAt, from: exported } = arrival;
      const record = { data: first.data, sum: first.sum };
      const row = {
        id,
        name: name === id ? undefined : name,
        owner: worker.id,
        queue: queued.queue,
        priority: queued.priority,
        library,
        home,
        createdAt,
        exported,
        record,
      };
      const created = await worker.creating((creation) => database.arrive(row, creation)).catch((error) => {
        throw toJournalError(journal, error, "write");
      });
      if (created === "taken") throw new JournalExists(journal);
      return new OpenSqlJournal(parts, {
        journal,
        owned: { tx: id, worker: worker.id, epoch: 1 },
        reading: { ...NOTHING_READ, records: 1, lastSum: first.sum },
        isAtRest: true,
        isNew: false,
      });
    });
  }

  async appendLines(open: OpenJournal, lines: readonly RecordLine[]): Promise<void> {
    const own = ownJournal(open);
    const last = lines.at(-1);
    if (last === undefined) return;
    const { owned, lastSum } = own.place;
    const appended = await this.#write(own, (database) => database.appendLines(owned, lines, lastSum));
    if (!appended) throw own.lose("other records are in the database, or another process has taken it over");
    own.advance(last);
  }

  async settle(open: OpenJournal, release: Release, endedAt: number | undefined): Promise<void> {
    const own = ownJournal(open);
    const { owned } = own.place;
    if (!await this.#write(own, (database) => database.settle({ owned, release, endedAt }))) throw own.lose();
    own.noteReleased();
  }

  async #write<T>(own: OpenSqlJournal, write: (database: SqlDatabase) => Promise<T>): Promise<T> {
    const { worker } = await this.#store.join(own.journal);
    try {
      return await worker.persist(() => write(this.#store.database));
    } catch (error) {
      throw toJournalError(own.journal, error, "write");
    }
  }
}

function ownJournal(open: OpenJournal): OpenSqlJournal {
  if (open instanceof OpenSqlJournal) return open;
  throw new TypeError("It is not a journal of this store");
}
