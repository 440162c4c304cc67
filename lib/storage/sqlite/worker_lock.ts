/**
 * A file beside the database that a worker keeps locked (flock) as long as its process lives. The system frees it with the
 * process, so what a killed worker owned can be taken over at once, and not only when its lease is over.
 */
export class WorkerLocks {
  readonly #path: string;
  readonly #own = new Map<string, Deno.FsFile>();

  /** @param path Of the database. */
  constructor(path: string) {
    this.#path = path;
  }

  /** Before the worker is in the table: without its lock it would look dead. Where there are no locks, the lease decides alone. */
  lock(worker: string): void {
    if (this.#own.has(worker)) return;
    const file = Deno.openSync(this.#pathOf(worker), { read: true, write: true, create: true, mode: 0o600 });
    try {
      file.tryLockSync(true);
    } catch {
      // Others will notice the same.
    }
    this.#own.set(worker, file);
  }

  unlock(worker: string): void {
    this.#own.get(worker)?.close();
    this.#own.delete(worker);
    this.forget(worker);
  }

  /** Whether a worker's process is dead for sure. */
  isGone(worker: string): boolean {
    if (this.#own.has(worker)) return false;
    try {
      using file = Deno.openSync(this.#pathOf(worker), { read: true });
      // Shared, so that two that look at the same time do not take each other for the worker.
      if (!file.tryLockSync(false)) return false;
      file.unlockSync();
      return true;
    } catch (error) {
      return error instanceof Deno.errors.NotFound;
    }
  }

  /** Removes the lock of a worker that is dead, and is no longer asked for. */
  forget(worker: string): void {
    try {
      Deno.removeSync(this.#pathOf(worker));
    } catch {
      // It is empty, and nobody looks at it again.
    }
  }

  close(): void {
    for (const worker of [...this.#own.keys()]) this.unlock(worker);
  }

  #pathOf(worker: string): string {
    return `${this.#path}-worker-${worker}`;
  }
}
