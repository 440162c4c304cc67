/** At most one look in this time, however often the log is written. */
const PAUSE_MS = 5;

/**
 * Watches the write-ahead log of a database, which every commit of every process changes. Where it cannot be watched, nothing is
 * told.
 */
export class LogWatch implements Disposable {
  readonly #look: () => Promise<boolean>;
  readonly #changed: () => void;
  #watcher: Deno.FsWatcher | undefined;
  #isLooking = false;
  #isAgain = false;

  /**
   * @param look Says whether another process has changed the database since it was called last.
   * @param changed Called then.
   */
  constructor(path: string, look: () => Promise<boolean>, changed: () => void) {
    this.#look = look;
    this.#changed = changed;
    try {
      this.#watcher = Deno.watchFs(`${path}-wal`);
    } catch {
      // Workers look from time to time, too.
      return;
    }
    void this.#follow(this.#watcher);
  }

  async #follow(watcher: Deno.FsWatcher): Promise<void> {
    // What has been written before is no change.
    await this.#look().catch(() => {});
    for await (const _ of watcher) void this.#notice();
  }

  /** What comes while it looks is looked at after a pause, all at once. */
  async #notice(): Promise<void> {
    this.#isAgain = true;
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      while (this.#isAgain && this.#watcher !== undefined) {
        this.#isAgain = false;
        if (await this.#look()) this.#changed();
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    } catch {
      // The database was closed, or is away: the next look may be better.
    } finally {
      this.#isLooking = false;
    }
  }

  [Symbol.dispose](): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }
}
