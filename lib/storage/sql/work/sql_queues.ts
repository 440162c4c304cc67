import type { Queue, QueueChange, QueueLimits, QueueStore } from "../../work_store.ts";
import type { SqlDatabase } from "../database.ts";

interface QueueParts {
  readonly database: SqlDatabase;
  /** Makes the tables if there are none. */
  readonly join: () => Promise<unknown>;
  readonly reading: <T>(call: () => Promise<T>) => Promise<T>;
  /** More may be due now. */
  readonly announce: () => void;
}

/** The queues of a database. */
export class SqlQueues implements QueueStore {
  readonly #parts: QueueParts;

  constructor(parts: QueueParts) {
    this.#parts = parts;
  }

  list(): Promise<readonly Queue[]> {
    return this.#parts.reading(() => this.#parts.database.listQueues());
  }

  set(name: string, limits: QueueLimits): Promise<QueueChange> {
    return this.#change((database) => database.setQueue(name, limits));
  }

  pause(name: string): Promise<QueueChange> {
    return this.#change((database) => database.pauseQueue(name, true));
  }

  resume(name: string): Promise<QueueChange> {
    return this.#change((database) => database.pauseQueue(name, false));
  }

  async #change(change: (database: SqlDatabase) => Promise<boolean>): Promise<QueueChange> {
    const { database, join, reading, announce } = this.#parts;
    await join();
    const isNew = await reading(() => change(database));
    announce();
    return { isNew };
  }
}
