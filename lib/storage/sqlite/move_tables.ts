import { DatabaseError } from "../sql/database.ts";
import { optionalTextIn, textIn, toTaken } from "../sql/read_row.ts";
import { settledValues } from "../sql/listing.ts";
import type { ArrivingTransaction, Creation, Departure, Owned, Settlement, Taken } from "../sql/table_rows.ts";
import type { RecordLine } from "../open_journal.ts";
import * as sql from "./move_statements.ts";
import { BEGIN_BATCH, CREATED, FIRST_RECORD, NOTE_TAKEN, READ_TAKEN } from "./statements.ts";
import { NoticeTables } from "./notice_tables.ts";

/** The calls of `Tables` that move transactions between files and the database. */
export class MoveTables extends NoticeTables {
  takeExported(tx: string, worker: string): Taken | undefined {
    const row = this.get(sql.TAKE_EXPORTED, tx, worker, this.now());
    return row && toTaken(row);
  }

  arrive(row: ArrivingTransaction, creation: Creation): "created" | "taken" {
    const { id, name, owner, queue, priority, library, home, createdAt, exported: { file, host }, record } = row;
    const now = this.now();
    const isFirst = this.beginBatch(creation);
    const values = [id, name, now, owner, library, home, createdAt, file, host, queue, priority];
    if (this.get(CREATED, id, owner, 1, record.sum) !== undefined) return "created";
    if (!isFirst) return this.wasTaken(creation, id) ? "taken" : "created";
    if (this.run(sql.ARRIVE, ...values) === 0) {
      this.run(NOTE_TAKEN, owner, id);
      return "taken";
    }
    this.run(FIRST_RECORD, id, 1, record.data, record.sum);
    this.addQueue(queue, now);
    return "created";
  }

  appendLines({ tx, worker, epoch }: Owned, lines: readonly RecordLine[], before: string): boolean {
    const sumAt = (seq: number) => {
      const row = this.get(sql.SUM_AT, tx, seq);
      return row && textIn(row, "sum");
    };
    const isMine = this.get(sql.IS_OWNER, tx, worker, epoch) !== undefined;
    const isSame = lines.every(({ seq, sum }) => [sum, undefined].includes(sumAt(seq)));
    const [first] = lines;
    if (!isMine || !isSame || (first !== undefined && sumAt(first.seq - 1) !== before)) return false;
    for (const { seq, data, sum } of lines) {
      if (sumAt(seq) === undefined) this.run(sql.APPEND_LINE, tx, seq, epoch, data, sum);
    }
    return true;
  }

  depart({ owned: { tx, worker, epoch }, last, exported, release }: Departure): boolean {
    const { steps = 0, finished = 0, atStep, error } = release;
    const values = [
      tx,
      worker,
      epoch,
      last.seq,
      last.sum,
      exported.file,
      exported.host,
      steps,
      finished,
      atStep,
      error,
    ];
    return this.run(sql.DEPART, ...values) === 1 || this.get(sql.HAS_DEPARTED, tx, epoch) !== undefined;
  }

  settle({ owned: { tx, worker, epoch }, release, endedAt }: Settlement): boolean {
    const values = [tx, worker, epoch, ...settledValues(release, endedAt), this.now()];
    return this.run(sql.SETTLE, ...values) === 1 || this.get(sql.HAS_SETTLED, tx, epoch) !== undefined;
  }

  /** Whether it may add anything. */
  protected beginBatch({ worker, batch }: Creation): boolean {
    return this.run(BEGIN_BATCH, worker, this.now(), batch) === 1;
  }

  /** What an earlier try of the batch has found; throws if there was none. */
  protected wasTaken({ worker, batch }: Creation, id: string): boolean {
    const row = this.get(READ_TAKEN, worker, batch);
    if (row === undefined) throw new DatabaseError("refused", "the lease of this process is over");
    return optionalTextIn(row, "taken")?.includes(id) === true;
  }
}
