import { DatabaseError } from "../sql/database.ts";
import { toTaken } from "../sql/read_row.ts";
import { settledValues } from "../sql/listing.ts";
import type { ArrivingTransaction, Creation, Departure, Owned, Settlement, Taken } from "../sql/table_rows.ts";
import type { RecordLine } from "../open_journal.ts";
import * as sql from "./move_statements.ts";
import { isTaken } from "./postgres_error.ts";
import { PostgresNotices } from "./postgres_notices.ts";
import { CREATED } from "./statements.ts";

/** The members of `SqlDatabase` that move transactions between files and the server. */
export class PostgresMoves extends PostgresNotices {
  async takeExported(tx: string, worker: string): Promise<Taken | undefined> {
    const [row] = await this.common.query(sql.TAKE_EXPORTED, tx, worker);
    return row && toTaken(row);
  }

  async arrive(row: ArrivingTransaction, { batch }: Creation): Promise<"created" | "taken"> {
    const { id, name, owner, queue, priority, library, home, createdAt, exported: { file, host }, record } = row;
    const place = [createdAt, file, host];
    const values = [id, name, owner, library, home, ...place, record.data, record.sum, queue, priority, batch];
    if ((await this.common.query(sql.ARRIVE, ...values)).length === 1) return "created";
    const [found] = await this.common.query(CREATED, [id], [owner], [record.sum], owner, batch);
    if (found?.["done"] !== true && found?.["same"] !== true) {
      throw new DatabaseError("refused", "the lease of this process is over");
    }
    return found["same"] === true ? "created" : "taken";
  }

  async appendLines({ tx, worker, epoch }: Owned, lines: readonly RecordLine[], before: string): Promise<boolean> {
    const [first, last] = [lines[0], lines.at(-1)];
    if (first === undefined || last === undefined) return true;
    const seqs = lines.map(({ seq }) => seq);
    // No line has a newline in it.
    const data = lines.map((line) => line.data).join("\n");
    const values = [tx, worker, epoch, seqs, data, lines.map(({ sum }) => sum), first.seq, before];
    try {
      if ((await this.common.query(sql.APPEND_LINES, ...values)).length === lines.length) return true;
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
    // An earlier try, whose answer was lost, may have appended all of them; none is appended without the others.
    const found = await this.common.query(sql.READ_SUMS, tx, first.seq, last.seq, worker, epoch);
    const sums = new Map(found.map((row) => [row["seq"], row["sum"]]));
    return lines.every(({ seq, sum }) => sums.get(seq) === sum);
  }

  async depart({ owned: { tx, worker, epoch }, last, exported, release }: Departure): Promise<boolean> {
    const { steps = 0, finished = 0, atStep, error } = release;
    const columns = [exported.file, exported.host, steps, finished, atStep, error];
    try {
      const [, , departed] = await this.common.transaction([
        { text: sql.PROBE, values: [tx, last.seq + 1] },
        { text: sql.REMOVE_PROBE, values: [tx, last.seq + 1] },
        { text: sql.DEPART, values: [tx, worker, epoch, last.seq, last.sum, ...columns] },
      ]);
      if (departed?.length === 1) return true;
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
    return (await this.common.query(sql.HAS_DEPARTED, tx, epoch)).length === 1;
  }

  async settle({ owned: { tx, worker, epoch }, release, endedAt }: Settlement): Promise<boolean> {
    const values = [tx, worker, epoch, ...settledValues(release, endedAt)];
    if ((await this.common.query(sql.SETTLE, ...values)).length === 1) return true;
    return (await this.common.query(sql.HAS_SETTLED, tx, epoch)).length === 1;
  }
}
