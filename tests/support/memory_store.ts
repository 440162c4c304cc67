// deno-lint-ignore-file require-await -- what one store does at once, others have to wait for
import { dirname } from "@std/path/dirname";
import { JournalLocked, JournalNotFound } from "../../lib/errors/opening_errors.ts";
import { JournalExists } from "../../lib/errors/planning_errors.ts";
import { Fenced } from "../../lib/errors/storage_errors.ts";
import type { JournalRecord } from "../../lib/journal/encode_record.ts";
import { checkEvents, type Event } from "../../lib/journal/event.ts";
import { compareRequests, decodeRequest, encodeRequest, type Request } from "../../lib/journal/request.ts";
import type { Inbox, OpenJournal } from "../../lib/storage/open_journal.ts";
import type { CreateOptions, PendingRequest, ReadJournal, Store } from "../../lib/storage/store.ts";

interface Entry {
  /** Records as text: what was appended cannot change. */
  readonly records: string[];
  epoch: number;
  /** Aborts `lost` of the present owner. */
  owner: AbortController | undefined;
  isAtRest: boolean;
  /** Requests by id, as text. */
  readonly requests: Map<string, string>;
  /** Tells the owner of a request; absent while none is let in. */
  arrived: (() => void) | undefined;
}

/** Keeps journals in memory: the second store, which shows that nothing above storage/ needs files. */
export class MemoryStore implements Store {
  readonly #entries = new Map<string, Entry>();
  readonly #now: () => Date;

  constructor(now: () => Date = () => new Date()) {
    this.#now = now;
  }

  async create(name: string, events: readonly Event[], _options?: CreateOptions): Promise<OpenJournal> {
    if (this.#entries.has(name)) throw new JournalExists(name);
    const entry: Entry = { records: [], epoch: 0, owner: undefined, isAtRest: false, ...noRequests() };
    const owned = this.#own(name, entry, true);
    await owned.append(events);
    this.#entries.set(name, entry);
    return owned;
  }

  async open(name: string, apply: (record: JournalRecord) => void): Promise<OpenJournal> {
    const entry = this.#entry(name);
    if (entry.owner !== undefined) throw new JournalLocked(name);
    for (const text of entry.records) apply(JSON.parse(text));
    return this.#own(name, entry, false);
  }

  async read(name: string, apply: (record: JournalRecord) => void): Promise<ReadJournal> {
    const { records, owner, isAtRest } = this.#entry(name);
    for (const text of records) apply(JSON.parse(text));
    return { journal: name, isHeld: owner !== undefined, isAtRest };
  }

  async send(name: string, request: Request): Promise<boolean> {
    const { requests, arrived } = this.#entry(name);
    if (arrived === undefined) return false;
    requests.set(request.id, encodeRequest(request));
    arrived();
    return true;
  }

  async pending(name: string): Promise<readonly PendingRequest[]> {
    return readRequests(this.#entry(name));
  }

  async *list(scope: string): AsyncIterable<string> {
    if (await this.kindOf(scope) !== "scope") throw new JournalNotFound(scope);
    for (const name of this.#entries.keys()) if (dirname(name) === scope) yield name;
  }

  async kindOf(name: string): Promise<"journal" | "scope" | undefined> {
    if (this.#entries.has(name)) return "journal";
    return Array.from(this.#entries.keys(), dirname).includes(name) ? "scope" : undefined;
  }

  /** Takes a journal from its owner, as a crash of its process does. The owner does not notice before it appends. */
  crash(name: string): void {
    this.#entry(name).owner = undefined;
  }

  /** Takes a journal from its owner, who notices at once. */
  lose(name: string): void {
    const { owner } = this.#entry(name);
    this.crash(name);
    owner?.abort();
  }

  #entry(name: string): Entry {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new JournalNotFound(name);
    return entry;
  }

  #own(journal: string, entry: Entry, isNew: boolean): OpenJournal {
    const owner = new AbortController();
    let isReady = isNew;
    const { isAtRest } = entry;
    entry.isAtRest = false;
    entry.owner = owner;
    entry.epoch += 1;
    const check = () => {
      if (entry.owner === owner) return;
      owner.abort();
      throw new Fenced(journal, `Cannot write ${JSON.stringify(journal)}: another owner took over`);
    };
    return {
      journal,
      epoch: entry.epoch,
      isAtRest,
      lost: owner.signal,
      inbox: inboxOf(entry),
      checkRemovable: () => Promise.resolve(),
      recover: async () => {
        check();
        isReady = true;
        return undefined;
      },
      append: (events) => {
        check();
        if (!isReady) throw new TypeError("Cannot append before recover() was called");
        checkEvents(events);
        entry.records.push(JSON.stringify({ seq: entry.records.length, at: this.#now().toISOString(), events }));
      },
      close: (options = {}) => {
        if (entry.owner === owner) {
          entry.owner = undefined;
          entry.isAtRest = isReady || isAtRest;
          if (options.remove === true) this.#entries.delete(journal);
        }
        return Promise.resolve();
      },
    };
  }
}

function noRequests(): Pick<Entry, "requests" | "arrived"> {
  return { requests: new Map(), arrived: undefined };
}

function readRequests({ requests }: Entry): readonly Request[] {
  const read = Array.from(requests.values(), decodeRequest);
  return read.filter((request) => typeof request !== "string").sort(compareRequests);
}

function inboxOf(entry: Entry): Inbox {
  const read = async (transaction: string) =>
    readRequests(entry).filter((request) => request.transaction === transaction);
  return {
    listen: (arrived) => void (entry.arrived = arrived),
    hurry: () => {},
    read,
    forget: async (requests) => requests.forEach(({ id }) => entry.requests.delete(id)),
    close: async (transaction) => {
      if ((await read(transaction)).length > 0) return false;
      entry.arrived = undefined;
      return true;
    },
  };
}
