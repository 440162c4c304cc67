import { encodeRecord } from "../../../journal/encode_record.ts";
import type { Event } from "../../../journal/event.ts";
import { locatorOf } from "../../locator.ts";
import {
  type FireAnswer,
  type Firing,
  nameOfFiring,
  positionOf,
  type ScheduleChange,
  type Schedules,
  type ScheduleTable,
  type StoredSchedule,
} from "../../schedules.ts";
import type { SqlDatabase } from "../database.ts";
import type { NewTransaction, RecordRow } from "../table_rows.ts";

/** What schedules use of their store. */
interface ScheduleStore {
  readonly database: SqlDatabase;
  /** Makes the tables if there are none. */
  readonly join: () => Promise<unknown>;
  readonly reading: <T>(call: () => Promise<T>) => Promise<T>;
  readonly writing: <T>(call: () => Promise<T>) => Promise<T>;
  /** What the first record says of a transaction. */
  readonly begun: (
    journal: string,
    events: readonly Event[],
  ) => Omit<NewTransaction, "owner" | "dueAt"> & { readonly at: string };
}

/** Others may change it at the same time. */
const MAX_ATTEMPTS = 20;

/** See `Schedules`. */
export class SqlSchedules implements Schedules {
  readonly #store: ScheduleStore;

  constructor(store: ScheduleStore) {
    this.#store = store;
  }

  list(): Promise<ScheduleTable> {
    const { database, reading } = this.#store;
    return reading(() => database.listSchedules());
  }

  async define(definition: ScheduleChange & Pick<StoredSchedule, "definition">): Promise<boolean> {
    const { database, join, writing } = this.#store;
    await join();
    return await writing(() => database.defineSchedule(definition));
  }

  advance(change: ScheduleChange): Promise<boolean> {
    const { database, writing } = this.#store;
    return writing(() => database.advanceSchedule(change));
  }

  hasOpen(name: string): Promise<boolean> {
    const { database, reading } = this.#store;
    return reading(() => database.hasOpenFiring(name));
  }

  journalOf(transaction: string): string {
    return locatorOf(this.#store.database.locator, transaction);
  }

  async fire({ transaction, at, overlaps, records, release, ...change }: Firing): Promise<FireAnswer> {
    const { database, begun, writing } = this.#store;
    const journal = this.journalOf(transaction);
    const [first = [], ...others] = records;
    const { at: openedAt, ...row } = begun(journal, first);
    const listing = release.listing && { ...release.listing, openedAt, lastAt: openedAt };
    const more: Pick<RecordRow, "data" | "sum">[] = [];
    for (const [index, events] of others.entries()) {
      const before = more.at(-1)?.sum ?? row.record.sum;
      const { bytes, sum } = encodeRecord({ seq: index + 1, at: openedAt, events }, before);
      more.push({ data: new TextDecoder().decode(bytes.subarray(1, -2)), sum });
    }
    const firing = { ...change, at, overlaps };
    const fired = { ...row, owner: undefined, dueAt: release.dueAt, release: { ...release, listing }, more, firing };
    const kind = await writing(() => database.fire(fired));
    if (kind !== "taken") return kind;
    return await this.advance(change) ? "present" : "passed";
  }

  async setPaused(name: string, isPaused: boolean): Promise<boolean> {
    const { database, writing } = this.#store;
    for (let attempt = 1;; attempt += 1) {
      const { now, schedules } = await this.list();
      const found = schedules.find((schedule) => schedule.name === name);
      if (found === undefined) return false;
      if (found.isPaused === isPaused) return true;
      const resumedAt = isPaused ? found.memory.resumedAt : new Date(now).toISOString();
      const pause = { name, version: found.version, isPaused, memory: { ...found.memory, resumedAt } };
      if (await writing(() => database.pauseSchedule(pause))) return true;
      if (attempt === MAX_ATTEMPTS) throw new Error(`The schedule "${name}" changes all the time`);
    }
  }

  async remove(name: string): Promise<boolean> {
    const { database, writing } = this.#store;
    const { schedules } = await this.list();
    if (!schedules.some((schedule) => schedule.name === name)) return false;
    return await writing(() => database.removeSchedule(name));
  }

  async findUnpassed(journals: readonly string[]): Promise<ReadonlySet<string>> {
    const { database } = this.#store;
    const { schedules } = await this.list();
    return new Set(journals.filter((journal) =>
      schedules.some((schedule) => {
        const begin = `${database.locator}#${schedule.name}@`;
        const at = journal.startsWith(begin) ? Date.parse(journal.slice(begin.length)) : NaN;
        return at >= positionOf(schedule) && journal === locatorOf(database.locator, nameOfFiring(schedule.name, at));
      })
    ));
  }
}
