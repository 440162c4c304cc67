import type { Beginning, Begun, Conclusion, Listener, NewTransaction, Owned, Place, RecordRow } from "./table_rows.ts";
import type { StepCommit, StepTransaction } from "../open_journal.ts";
import type { SqlDatabase, SqlTransaction } from "./database.ts";
import { GroupCommit } from "./group_commit.ts";
import type { SqlClock } from "./patience.ts";
import type { SqlWorker } from "./sql_worker.ts";

/** `late`: a record of an earlier owner is in the place, although this process owns the transaction. */
export type WriteEnd = "written" | "fenced" | "late" | "lost tail";

interface WriterOptions {
  /** How many writes the database takes at once. */
  readonly maxInFlight: number;
  readonly clock: SqlClock;
}

/** Writes the records of all transactions of this process, those that wait together by one statement. */
export class RecordWriter {
  readonly #database: SqlDatabase;
  readonly #worker: SqlWorker;
  readonly #creations: GroupCommit<NewTransaction, "created" | "taken">;
  readonly #appends: GroupCommit<RecordRow, WriteEnd>;
  readonly #conclusions: GroupCommit<Conclusion, WriteEnd>;
  readonly #beginnings: GroupCommit<Beginning, Begun>;
  readonly #listeners: GroupCommit<Listener, boolean>;
  readonly #removals: GroupCommit<Owned, boolean>;
  /** How many transactions are being created. */
  #creating = 0;

  constructor(database: SqlDatabase, worker: SqlWorker, { maxInFlight, clock }: WriterOptions) {
    this.#database = database;
    this.#worker = worker;
    const countWriters = () => worker.held.size;
    this.#creations = new GroupCommit((rows) => worker.creating((creation) => database.create(rows, creation)), {
      maxInFlight: 1,
      clock,
      countWriters: () => Math.max(worker.held.size + 1, this.#creating),
      sizeOf: ({ record }) => record.data.length,
    });
    this.#appends = new GroupCommit((rows) => this.#append(rows), {
      maxInFlight,
      clock,
      countWriters,
      sizeOf: ({ data }) => data.length,
    });
    this.#conclusions = new GroupCommit((rows) => this.#conclude(rows), {
      maxInFlight: 1,
      clock,
      countWriters,
      sizeOf: ({ record }) => record.data.length,
    });
    const few = { maxInFlight: 1, clock, countWriters, sizeOf: () => 0 };
    this.#beginnings = new GroupCommit((rows) => worker.persist(() => database.begin(worker.id, rows)), few);
    this.#listeners = new GroupCommit((rows) => worker.persist(() => database.stopListening(rows)), few);
    this.#removals = new GroupCommit((rows) => worker.persist(() => database.remove(rows)), few);
  }

  /** Adds a transaction, of nobody or of the process that adds it. */
  async create(row: NewTransaction): Promise<"created" | "taken"> {
    this.#creating += 1;
    try {
      return await this.#creations.add(row);
    } finally {
      this.#creating -= 1;
    }
  }

  /** The caller waits for the answer before it appends the next record of the same transaction. */
  append(row: RecordRow): Promise<WriteEnd> {
    return this.#appends.add(row);
  }

  /** Appends the newest records of one transaction again, one after the other. Returns what happened to the last one. */
  async appendAgain(rows: readonly RecordRow[]): Promise<WriteEnd> {
    let end: WriteEnd = "lost tail";
    for (const row of rows) end = await this.append(row);
    return end;
  }

  conclude(conclusion: Conclusion): Promise<WriteEnd> {
    return this.#conclusions.add(conclusion);
  }

  begin(row: Beginning): Promise<Begun> {
    return this.#beginnings.add(row);
  }

  stopListening(listener: Listener): Promise<boolean> {
    return this.#listeners.add(listener);
  }

  remove(owned: Owned): Promise<boolean> {
    return this.#removals.add(owned);
  }

  async #append(rows: readonly RecordRow[]): Promise<readonly WriteEnd[]> {
    const write = (some: readonly RecordRow[]) =>
      this.#worker.persist(() => this.#database.append(this.#worker.id, some));
    const inserted = await write(rows);
    const refused = rows.filter((_, index) => inserted[index] !== true);
    if (refused.length === 0) return rows.map(() => "written");
    // The answer to an earlier try may have been lost while its commit was in flight: an insert waits for it, a read does not.
    const again = await write(refused);
    const places = await this.#look(refused);
    const ends = new Map<unknown, WriteEnd>(refused.map((row, index) => {
      return [row, again[index] === true ? "written" : endAt(places[index], row)];
    }));
    return rows.map((row) => ends.get(row) ?? "written");
  }

  async #conclude(rows: readonly Conclusion[]): Promise<readonly WriteEnd[]> {
    const done = await this.#worker.persist(() => this.#database.conclude(this.#worker.id, rows));
    const refused = rows.filter((_, index) => done[index] !== true);
    if (refused.length === 0) return rows.map(() => "written");
    const places = await this.#look(refused.map(({ record }) => record));
    const ends = new Map<unknown, WriteEnd>(refused.map((row, index) => {
      return [row, endAt(places[index], row.record)];
    }));
    return rows.map((row) => ends.get(row) ?? "written");
  }

  /** Writes a record together with what a step has done in the database. If the answer is lost, this finds out what it was. */
  async commit(row: RecordRow, transaction: SqlTransaction): Promise<WriteEnd | StepCommit> {
    const answer = await transaction.commit(this.#worker.id, row);
    if (answer.kind === "written") return "written";
    if (answer.kind === "refused" || answer.kind === "ended") return answer;
    // An insert would wait for one that is still in progress, and could be taken for it.
    if (answer.kind === "unknown") await this.#worker.persist(() => transaction.settle());
    const [place] = await this.#look([row]);
    const end = endAt(place, row);
    return answer.kind === "unknown" && end === "lost tail" ? { kind: "lost" } : end;
  }

  #look(rows: readonly RecordRow[]): ReturnType<SqlDatabase["look"]> {
    return this.#worker.persist(() => this.#database.look(this.#worker.id, rows));
  }
}

/** What happened to a row that was not inserted by the last try. */
function endAt({ isOwner, found }: Place = { isOwner: false, found: undefined }, row: RecordRow): WriteEnd {
  if (found?.epoch === row.epoch && found.sum === row.sum) return "written";
  if (!isOwner) return "fenced";
  return found === undefined ? "lost tail" : "late";
}

/** A transaction as a run gets it: it commits in the order of the appends. */
export function withCommit(open: SqlTransaction, commit: StepTransaction["commit"]): StepTransaction {
  return {
    database: open.database,
    commit,
    rollback: (options) => open.rollback(options),
    get isLost() {
      return open.isLost;
    },
  };
}
