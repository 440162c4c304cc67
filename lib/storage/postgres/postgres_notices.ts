import { LONGEST_CLAIM_MS } from "../notices.ts";
import { textIn, toRest } from "../sql/read_row.ts";
import type { ClaimUntold, Rest } from "../sql/table_rows.ts";
import * as sql from "./notice_statements.ts";
import { PostgresWorkers } from "./postgres_workers.ts";

/** The members of `SqlDatabase` about who was told of a transaction at rest. */
export class PostgresNotices extends PostgresWorkers {
  async addNotified(statuses: readonly number[]): Promise<void> {
    await this.common.query(sql.ADD_NOTIFIED, statuses);
  }

  async claimUntold({ statuses, limit, forMs }: ClaimUntold): Promise<readonly Rest[]> {
    const rows = await this.common.query(sql.CLAIM_UNTOLD, statuses, forMs, LONGEST_CLAIM_MS, limit);
    return rows.map(toRest);
  }

  async noteTold(tx: string, rest: string): Promise<void> {
    await this.common.query(sql.NOTE_TOLD, tx, rest);
  }

  async postponeTold(tx: string, rest: string, ms: number): Promise<void> {
    await this.common.query(sql.POSTPONE_TOLD, tx, rest, ms);
  }

  async claimSkips(schedule: string, mark: string, ms: number): Promise<string | undefined> {
    const [row] = await this.common.query(sql.CLAIM_SKIPS, schedule, mark, ms, LONGEST_CLAIM_MS);
    return row && textIn(row, "told");
  }

  async noteSkipsTold(schedule: string, mark: string): Promise<void> {
    await this.common.query(sql.NOTE_SKIPS_TOLD, schedule, mark);
  }

  async postponeSkips(schedule: string, ms: number): Promise<void> {
    await this.common.query(sql.POSTPONE_SKIPS, schedule, ms);
  }
}
