import type { JournalRecord } from "../../../lib/journal/encode_record.ts";
import type { Event } from "../../../lib/journal/event.ts";
import { MemoryStore } from "../../support/memory_store.ts";
import type { OpenJournal } from "../../../lib/storage/open_journal.ts";
import type { ReadJournal, Store } from "../../../lib/storage/store.ts";
import type { MachineWorld } from "./machine_world.ts";

/** A record, with what the world had seen when it was appended, and when it was acknowledged as durable. */
export interface Moment {
  /** The record, as text, which cannot change afterwards. */
  readonly text: string;
  /** How many deeds were done when it was appended. */
  readonly submitted: number;
  /** How many when it was acknowledged. */
  acknowledged: number | undefined;
  /** What time it was. */
  readonly time: number;
}

/** A memory store of one journal that remembers when each record came. Appending may take time, and records may be short. */
export class MachineStore implements Store {
  /** The records, those included that were there from the beginning. */
  readonly moments: Moment[] = [];
  readonly #inner: MemoryStore;
  readonly #world: MachineWorld;
  readonly #whenOpen: () => void;
  #appended = Promise.resolve();

  /**
   * An empty store in a world. Where it is in the world's gate it leaves it with its first record.
   *
   * @param whenOpen Is called when the journal is about to be made or opened.
   */
  constructor(world: MachineWorld, whenOpen: () => void = () => {}) {
    this.#whenOpen = whenOpen;
    this.#world = world;
    this.#inner = new MemoryStore(() => new Date(world.clock.now()));
  }

  /** Puts in place what a process has left that died. */
  async restore(journal: string, records: readonly (readonly Event[])[]): Promise<void> {
    const [first = [], ...rest] = records;
    const open = await this.#inner.create(journal, first);
    for (const events of rest) await open.append(events);
    this.#inner.crash(journal);
    const deeds = this.#world.deeds.length;
    for (const events of records) this.#note(events).acknowledged = deeds;
  }

  /** The events of all records. */
  get records(): readonly (readonly Event[])[] {
    return this.moments.map(({ text }) => JSON.parse(text));
  }

  /** A journal as text, a record to a line; empty if it is not there. */
  async text(journal: string): Promise<string> {
    const lines: string[] = [];
    if (this.moments.length > 0) await this.#inner.read(journal, (record) => lines.push(JSON.stringify(record)));
    return lines.join("\n");
  }

  /** See {@linkcode Store}. */
  async create(journal: string, events: readonly Event[]): Promise<OpenJournal> {
    this.#whenOpen();
    const opened = await this.#inner.create(journal, events);
    this.#note(events).acknowledged = this.#world.deeds.length;
    this.#world.gate.leave(this);
    return this.#wrap(opened);
  }

  /** See {@linkcode Store}. */
  async open(journal: string, apply: (record: JournalRecord) => void): Promise<OpenJournal> {
    this.#whenOpen();
    return this.#wrap(await this.#inner.open(journal, apply));
  }

  /** See {@linkcode Store}. */
  read(journal: string, apply: (record: JournalRecord) => void): Promise<ReadJournal> {
    return this.#inner.read(journal, apply);
  }

  /** See {@linkcode Store}. */
  list(folder: string): AsyncIterable<string> {
    return this.#inner.list(folder);
  }

  kindOf(name: string): ReturnType<Store["kindOf"]> {
    return this.#inner.kindOf(name);
  }

  /** See {@linkcode Store}. */
  send(...sent: Parameters<Store["send"]>): Promise<boolean> {
    return this.#inner.send(...sent);
  }

  pending(name: string): ReturnType<Store["pending"]> {
    return this.#inner.pending(name);
  }

  #wrap(opened: OpenJournal): OpenJournal {
    return {
      ...opened,
      // As if the process had died in the middle of an append, now and then.
      recover: async () => await opened.recover() ?? (this.moments.length % 3 === 0 ? { cutBytes: 7 } : undefined),
      append: (events, options) => {
        if (this.#world.isOver) return;
        this.#world.gate.leave(this);
        const { isSlow, width = Infinity } = this.#world.spec;
        if (events.length > width) throw new RangeError("The record is too long");
        const done = opened.append(events, options);
        if (done !== undefined) throw new Error("The memory store has taken time");
        const moment = this.#note(events);
        const acknowledge = () => void (moment.acknowledged = this.#world.deeds.length);
        if (!isSlow) return acknowledge();
        const written = this.#world.giveWay(1 + this.#world.below(2));
        // A record is durable when all before it are, even if more are appended meanwhile.
        return this.#appended = Promise.all([this.#appended, written]).then(acknowledge);
      },
    };
  }

  #note(events: readonly Event[]): Moment {
    const submitted = this.#world.deeds.length;
    const moment = { text: JSON.stringify(events), submitted, acknowledged: undefined, time: this.#world.clock.time };
    this.moments.push(moment);
    return moment;
  }
}
