import { dirname } from "@std/path/dirname";
import { JournalLocked, JournalNotFound } from "../errors/opening_errors.ts";
import { JournalExists } from "../errors/planning_errors.ts";
import { Fenced } from "../errors/storage_errors.ts";
import type { JournalRecord } from "../journal/encode_record.ts";
import { checkEvents, type Event } from "../journal/event.ts";
import type { OpenJournal, ReadJournal, Store } from "./store.ts";

interface Entry {
  /** Records as text, so that nobody can change what was appended. */
  readonly records: string[];
  epoch: number;
  owner: object | undefined;
  isAtRest: boolean;
}

/** Keeps journals in memory, for tests: a crash of the process loses them. */
export class MemoryStore implements Store {
  readonly #entries = new Map<string, Entry>();
  readonly #now: () => Date;

  /** @param now What time it is; the real clock unless given. */
  constructor(now: () => Date = () => new Date()) {
    this.#now = now;
  }

  /** See {@linkcode Store}. */
  async create(journal: string, events: readonly Event[]): Promise<OpenJournal> {
    if (this.#entries.has(journal)) throw new JournalExists(journal);
    const entry: Entry = { records: [], epoch: 0, owner: undefined, isAtRest: false };
    const owned = this.#own(journal, entry, true);
    await owned.append(events);
    this.#entries.set(journal, entry);
    return owned;
  }

  /** See {@linkcode Store}. */
  // deno-lint-ignore require-await -- other stores have to wait
  async open(journal: string, apply: (record: JournalRecord) => void): Promise<OpenJournal> {
    const entry = this.#entry(journal);
    if (entry.owner !== undefined) throw new JournalLocked(journal);
    for (const text of entry.records) apply(JSON.parse(text));
    return this.#own(journal, entry, false);
  }

  /** See {@linkcode Store}. */
  // deno-lint-ignore require-await -- other stores have to wait
  async read(journal: string, apply: (record: JournalRecord) => void): Promise<ReadJournal> {
    const entry = this.#entry(journal);
    for (const text of entry.records) apply(JSON.parse(text));
    return { journal, isHeld: entry.owner !== undefined, isAtRest: entry.isAtRest, tornBytes: 0 };
  }

  /** See {@linkcode Store}. */
  async *list(folder: string): AsyncIterable<string> {
    for (const journal of this.#entries.keys()) {
      if (dirname(journal) === folder) yield journal;
    }
  }

  /** Takes a journal from its owner, as the crash of the process that owns it would. */
  crash(journal: string): void {
    this.#entry(journal).owner = undefined;
  }

  #entry(journal: string): Entry {
    const entry = this.#entries.get(journal);
    if (entry === undefined) throw new JournalNotFound(journal);
    return entry;
  }

  #own(journal: string, entry: Entry, isNew: boolean): OpenJournal {
    const owner = {};
    let isReady = isNew;
    const lost = new AbortController();
    const { isAtRest } = entry;
    entry.isAtRest = false;
    entry.owner = owner;
    entry.epoch += 1;
    const check = () => {
      if (entry.owner === owner) return;
      lost.abort();
      throw new Fenced(journal, `Cannot write ${JSON.stringify(journal)}: another owner took over`);
    };
    return {
      journal,
      epoch: entry.epoch,
      isAtRest,
      lost: lost.signal,
      checkRemovable: () => {},
      recover: () => {
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
