import { LONGEST_CLAIM_MS } from "../notices.ts";
import { textIn, toRest } from "../sql/read_row.ts";
import type { ClaimUntold, Rest } from "../sql/table_rows.ts";
import * as sql from "./notice_statements.ts";
import { WorkerTables } from "./worker_tables.ts";

/** The calls of `Tables` about who was told of a transaction at rest. */
export class NoticeTables extends WorkerTables {
  addNotified(statuses: readonly number[]): void {
    for (const status of statuses) this.run(sql.ADD_NOTIFIED, status, this.now());
  }

  claimUntold({ statuses, limit, forMs }: ClaimUntold): Rest[] {
    const now = this.now();
    const found: Rest[] = [];
    for (const status of statuses) {
      const rows = this.all(sql.CLAIM_UNTOLD, status, now, forMs, LONGEST_CLAIM_MS, limit - found.length);
      for (const row of rows) {
        found.push(toRest(row));
      }
    }
    return found;
  }

  noteTold(tx: string, rest: string): void {
    this.run(sql.NOTE_TOLD, tx, rest);
  }

  postponeTold(tx: string, rest: string, ms: number): void {
    this.run(sql.POSTPONE_TOLD, tx, rest, this.now(), ms);
  }

  claimSkips(schedule: string, mark: string, ms: number): string | undefined {
    const row = this.get(sql.CLAIM_SKIPS, schedule, mark, this.now(), ms, LONGEST_CLAIM_MS);
    return row && textIn(row, "told");
  }

  noteSkipsTold(schedule: string, mark: string): void {
    this.run(sql.NOTE_SKIPS_TOLD, schedule, mark);
  }

  postponeSkips(schedule: string, ms: number): void {
    this.run(sql.POSTPONE_SKIPS, schedule, this.now(), ms);
  }
}
