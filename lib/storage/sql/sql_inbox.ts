import { compareRequests, decodeRequest, type Request } from "../../journal/request.ts";
import type { Inbox } from "../open_journal.ts";
import type { PendingRequest } from "../store.ts";
import type { Owned, RequestRow } from "./table_rows.ts";
import type { SqlDatabase } from "./database.ts";
import { toJournalError } from "./journal_error.ts";
import type { RecordWriter } from "./record_writer.ts";
import type { SqlWorker } from "./sql_worker.ts";

interface SqlInboxOptions {
  /** As errors name it. */
  readonly journal: string;
  readonly database: SqlDatabase;
  readonly worker: SqlWorker;
  readonly writer: RecordWriter;
  readonly owned: Owned;
  /** Requests are let in already: the run has just been created. */
  readonly isOpen: boolean;
}

/** Requests to a transaction that this process owns: rows of the table `inbox`. */
export class SqlInbox implements Inbox {
  readonly #options: SqlInboxOptions;
  /** How many requests had come when this process has looked last. */
  #seen: number | undefined;
  /** How often the inbox was opened or closed: it is open while this is odd. */
  #turn: number;
  #opening: Promise<unknown> = Promise.resolve();

  constructor(options: SqlInboxOptions) {
    this.#options = options;
    this.#turn = options.isOpen ? 1 : 0;
    this.#seen = options.isOpen ? 0 : undefined;
  }

  /** Settles when requests that were to be let in are let in. */
  get opening(): Promise<unknown> {
    return this.#opening;
  }

  listen(arrived: () => void): void {
    const { database, worker, owned } = this.#options;
    worker.listen(owned.tx, arrived);
    if (this.#isOpen) return;
    this.#turn += 1;
    const opened = { ...owned, turn: this.#turn };
    // If this fails, what is sent is refused, and the sender waits until the run has ended.
    this.#opening = worker.persist(() => database.listen(opened)).catch(() => {});
  }

  /** The run begins in the table, and with it requests are let in. */
  noteOpen(): void {
    this.#turn = 1;
  }

  get #isOpen(): boolean {
    return this.#turn % 2 === 1;
  }

  hurry(): void {
    this.#options.worker.lookForRequests();
  }

  async read(transaction: string): Promise<readonly Request[]> {
    const { database, worker, owned } = this.#options;
    const read = worker.persist(() => database.readRequests(owned.tx));
    const { seen, requests } = await this.#explain(read, "read");
    this.#seen = seen;
    return toPending(requests).filter((request) => "id" in request)
      .filter((request) => request.transaction === transaction);
  }

  async forget(requests: readonly Request[]): Promise<void> {
    if (requests.length === 0) return;
    const { database, worker } = this.#options;
    await this.#explain(worker.persist(() => database.removeRequests(requests.map(({ id }) => id))), "write");
  }

  async close(transaction: string): Promise<boolean> {
    const { worker, writer, owned } = this.#options;
    if (this.#seen === undefined && (await this.read(transaction)).length > 0) return false;
    const turn = this.#isOpen ? this.#turn + 1 : this.#turn;
    // Fails if one has come since this process has looked.
    while (!await this.#explain(writer.stopListening({ ...owned, seen: this.#seen ?? 0, turn }), "write")) {
      const before = this.#seen;
      if ((await this.read(transaction)).length > 0) return false;
      // Not by a request: this process has lost the transaction, which the next append finds out.
      if (this.#seen === before) break;
    }
    this.#turn = turn;
    worker.listeners.delete(owned.tx);
    return true;
  }

  #explain<T>(call: Promise<T>, verb: "read" | "write"): Promise<T> {
    return call.catch((error) => {
      throw toJournalError(this.#options.journal, error, verb);
    });
  }
}

/** In the order in which they were sent, then what cannot be read. */
export function toPending(rows: readonly RequestRow[]): readonly PendingRequest[] {
  const found = rows.map(({ id, data }): PendingRequest => {
    const request = decodeRequest(data);
    return typeof request === "string" ? { place: `request ${id}`, fault: request } : request;
  });
  const requests = found.filter((request) => "id" in request).toSorted(compareRequests);
  return [...requests, ...found.filter((request) => "fault" in request)];
}
