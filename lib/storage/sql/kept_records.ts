import type { RecordRow } from "./table_rows.ts";

const MAX_KEPT_RECORDS = 16;
const MAX_KEPT_CHARACTERS = 64 * 1024;

/** The newest records of a transaction, in memory: a failover may lose them, and then they are appended again. */
export class KeptRecords {
  readonly #rows: RecordRow[] = [];

  get rows(): readonly RecordRow[] {
    return this.#rows;
  }

  /** Something was written that cannot be written again without its effect, so that what came before it is of no use. */
  clear(): void {
    this.#rows.length = 0;
  }

  /** Keeps one, and forgets old ones if there are many. */
  keep(row: RecordRow): void {
    this.#rows.push(row);
    let characters = this.#rows.reduce((sum, { data }) => sum + data.length, 0);
    while (this.#rows.length > MAX_KEPT_RECORDS || (this.#rows.length > 1 && characters > MAX_KEPT_CHARACTERS)) {
      characters -= this.#rows.shift()?.data.length ?? 0;
    }
  }
}
