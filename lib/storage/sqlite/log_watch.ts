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
  #isBusy = false;
  #isAgain = false;
  #pause: ReturnType<typeof setTimeout> | undefined;

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

  /** What comes while it looks, and for a moment after that, is looked at together. */
  async #notice(): Promise<void> {
    this.#isAgain = this.#isBusy;
    if (this.#isBusy) return;
    this.#isBusy = true;
    // The database may be closed, or away: the next look may be better.
    const isChanged = await this.#look().catch(() => false);
    if (this.#watcher === undefined) return;
    if (isChanged) this.#changed();
    this.#pause = setTimeout(() => {
      this.#isBusy = false;
      if (this.#isAgain) void this.#notice();
    }, PAUSE_MS);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#pause);
    this.#watcher?.close();
    this.#watcher = undefined;
  }
}
