import type { SqlDatabase } from "./database.ts";
import { type SqlClock, withPatience } from "./patience.ts";

/** The pause between two looks at the rows of every watched transaction. */
const LOOK_MS = 200;
/** So long a database that is away is tried again. */
const PATIENCE_MS = 10_000;

/** One who waits for a transaction. */
class Watcher {
  readonly tx: string;
  /** The mark that was seen last; `gone` without a row. At first there is none, so the first look tells. */
  seen: string | undefined = undefined;
  #change = Promise.withResolvers<void>();

  constructor(tx: string) {
    this.tx = tx;
    // It may fail while nobody waits for it.
    this.#change.promise.catch(() => {});
  }

  wake(): void {
    this.#change.resolve();
  }

  fail(error: unknown): void {
    this.#change.reject(error);
  }

  async next(): Promise<void> {
    await this.#change.promise;
    this.#change = Promise.withResolvers();
    this.#change.promise.catch(() => {});
  }
}

/** Tells when transactions were given up or removed: one look for all of a process, however many are watched. */
export class RowWatch {
  readonly #database: Pick<SqlDatabase, "findMarks">;
  readonly #clock: SqlClock;
  readonly #watchers = new Set<Watcher>();
  #stop: (() => void) | undefined;
  #isLooking = false;

  constructor(database: Pick<SqlDatabase, "findMarks">, clock: SqlClock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** Yields at once, after the first look, and when what a look finds is something else. */
  async *changes(tx: string, signal: AbortSignal | undefined): AsyncGenerator<void> {
    const watcher = new Watcher(tx);
    const end = () => watcher.wake();
    this.#watchers.add(watcher);
    signal?.addEventListener("abort", end);
    try {
      while (signal?.aborted !== true) {
        yield;
        this.#stop ??= this.#clock.every(LOOK_MS, () => void this.#look());
        await watcher.next();
      }
    } finally {
      signal?.removeEventListener("abort", end);
      this.#watchers.delete(watcher);
      if (this.#watchers.size === 0) this.#end();
    }
  }

  #end(): void {
    this.#stop?.();
    this.#stop = undefined;
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    // Who comes later was not asked about.
    const watchers = [...this.#watchers];
    try {
      const ids = [...new Set(watchers.map(({ tx }) => tx))];
      const isWanted = () => this.#watchers.size > 0;
      const mayWait = (waitedMs: number) => isWanted() && waitedMs < PATIENCE_MS;
      const found = await withPatience(() => this.#database.findMarks(ids), mayWait, this.#clock);
      const marks = new Map(found.map(({ id, mark }) => [id, mark]));
      for (const watcher of watchers) {
        const mark = marks.has(watcher.tx) ? marks.get(watcher.tx) : "gone";
        // While it runs, or is about to, there is nothing to see.
        if (mark !== undefined && mark !== watcher.seen) watcher.wake();
        watcher.seen = mark;
      }
    } catch (error) {
      for (const watcher of watchers) watcher.fail(error);
    } finally {
      this.#isLooking = false;
    }
  }
}
