import { DatabaseError } from "./database.ts";
import { type SqlClock, SYSTEM_CLOCK } from "./patience.ts";

/** Rows that wait share the next write, up to this size. */
const MAX_BYTES = 8 * 1024 * 1024;
/** What waits is divided among the writes that may be on their way, unless it is less than this. */
const LEAST_ROWS = 32;

export interface GroupOptions<Row> {
  /** How many writes may be on their way at once. */
  readonly maxInFlight: number;
  /** In characters, as far as it matters. */
  readonly sizeOf: (row: Row) => number;
  /** How many transactions may have rows. With one, nothing else is about to come. */
  readonly countWriters: () => number;
  readonly clock?: Pick<SqlClock, "soon">;
}

interface Waiting<Row, Answer> {
  readonly row: Row;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Collects rows of many transactions, and writes them together: a commit costs about the same for one row and for hundreds.
 * The caller sees to it that rows which wait at the same time belong to different transactions.
 */
export class GroupCommit<Row, Answer> {
  readonly #write: (rows: readonly Row[]) => Promise<readonly Answer[]>;
  readonly #options: GroupOptions<Row>;
  #waiting: Waiting<Row, Answer>[] = [];
  #inFlight = 0;
  #isScheduled = false;

  /** @param write Gives an answer for each row, in order. A {@linkcode DatabaseError} of kind `data` splits the list. */
  constructor(write: (rows: readonly Row[]) => Promise<readonly Answer[]>, options: GroupOptions<Row>) {
    this.#write = write;
    this.#options = options;
  }

  add(row: Row): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ row, resolve, reject });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#isScheduled || this.#waiting.length === 0 || this.#inFlight >= this.#options.maxInFlight) return;
    if (this.#options.countWriters() <= 1) return this.#flush();
    // What was answered together continues in the same turn of the event loop, each after a few promises.
    this.#isScheduled = true;
    const { clock = SYSTEM_CLOCK } = this.#options;
    clock.soon(() => {
      this.#isScheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#waiting.length === 0) return;
    const batch = this.#takeBatch();
    this.#inFlight += 1;
    this.#writeAll(batch).finally(() => {
      this.#inFlight -= 1;
      this.#schedule();
    });
    this.#schedule();
  }

  #takeBatch(): readonly Waiting<Row, Answer>[] {
    const { countWriters, maxInFlight } = this.#options;
    const maxRows = Math.max(LEAST_ROWS, Math.ceil(countWriters() / maxInFlight));
    let bytes = 0;
    const end = this.#waiting.findIndex(({ row }, index) => {
      bytes += this.#options.sizeOf(row);
      return index > 0 && (bytes > MAX_BYTES || index >= maxRows);
    });
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }

  async #writeAll(batch: readonly Waiting<Row, Answer>[]): Promise<void> {
    try {
      const answers = await this.#write(batch.map(({ row }) => row));
      for (const [index, answer] of answers.entries()) batch[index]?.resolve(answer);
    } catch (error) {
      const isSplit = error instanceof DatabaseError && error.trouble === "data" && batch.length > 1;
      if (!isSplit) { for (const { reject } of batch) reject(error); }
      else {
        // One bad row fails alone.
        const middle = Math.ceil(batch.length / 2);
        await this.#writeAll(batch.slice(0, middle));
        await this.#writeAll(batch.slice(middle));
      }
    }
  }
}
