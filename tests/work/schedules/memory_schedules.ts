import type { FireAnswer, Firing, ScheduleChange, Schedules } from "../../../lib/storage/schedules.ts";
import type { ScheduleTable, Skip, StoredSchedule } from "../../../lib/storage/schedules.ts";
import type { SeededRandom } from "../../support/seeded_random.ts";

/** The process of a worker is killed. */
export class Killed extends Error {
  override readonly name = "Killed";
}

/** What is remembered of each firing. */
interface FiredTransaction {
  readonly schedule: string;
  readonly at: number;
}

/** A database of schedules in memory, as the interface describes it, that many workers use at the same time. */
export class MemorySchedules {
  readonly rows = new Map<string, StoredSchedule>();
  readonly transactions = new Map<string, FiredTransaction>();
  /** Those that are not over. */
  readonly open = new Set<FiredTransaction>();
  /** Every skip that was ever recorded, also those that a row keeps no longer. */
  readonly skips: { readonly schedule: string; readonly skip: Skip }[] = [];
  now = 0;
  readonly #random: SeededRandom;

  /** @param random Decides in which order overlapping calls are done. */
  constructor(random: SeededRandom) {
    this.#random = random;
  }

  isOpen(schedule: string): boolean {
    return [...this.open].some((one) => one.schedule === schedule);
  }

  /** What a worker has of it. It is killed before or after its call of this number. */
  connect(lastCall = Infinity): Schedules {
    let calls = 0;
    const call = async <T>(work: () => T): Promise<T> => {
      calls += 1;
      const isLast = calls >= lastCall;
      for (let turns = this.#random.below(6); turns > 0; turns -= 1) await Promise.resolve();
      if (isLast && this.#random.below(2) === 0) throw new Killed();
      const result = work();
      if (isLast) throw new Killed();
      return result;
    };
    return {
      list: () => call(() => this.#list()),
      define: (change) => call(() => this.#define(change)),
      advance: (change) => call(() => this.#change(change, this.rows.get(change.name))),
      hasOpen: (name) => call(() => this.isOpen(name)),
      journalOf: (transaction) => transaction,
      fire: (firing) => call(() => this.#fire(firing)),
      setPaused: (name, isPaused) => call(() => this.setPaused(name, isPaused)),
      remove: (name) => call(() => this.rows.delete(name)),
      findUnpassed: () => Promise.resolve(new Set()),
    };
  }

  setPaused(name: string, isPaused: boolean): boolean {
    const row = this.rows.get(name);
    if (row === undefined) return false;
    const resumedAt = isPaused ? row.memory.resumedAt : new Date(this.now).toISOString();
    this.rows.set(name, { ...row, isPaused, version: row.version + 1, memory: { ...row.memory, resumedAt } });
    return true;
  }

  #list(): ScheduleTable {
    return { now: this.now, schedules: [...this.rows.values()] };
  }

  #define({ definition, ...change }: ScheduleChange & Pick<StoredSchedule, "definition">): boolean {
    const { name, version, nextAt, memory } = change;
    const row = this.rows.get(name);
    if (row === undefined && version === 0) {
      const first = { name, definition, nextAt, lastAt: undefined, isPaused: false, version: 1, memory };
      return this.rows.set(name, first) !== undefined;
    }
    return this.#change(change, row && { ...row, definition });
  }

  #change(change: ScheduleChange, row: StoredSchedule | undefined): boolean {
    const { name, version, nextAt, lastAt, memory } = change;
    if (row?.version !== version) return false;
    const skip = memory.skips.at(-1);
    if (skip !== undefined && skip !== row.memory.skips.at(-1)) this.skips.push({ schedule: name, skip });
    this.rows.set(name, { ...row, version: version + 1, nextAt, lastAt: lastAt ?? row.lastAt, memory });
    return true;
  }

  #fire({ at, transaction, overlaps, ...change }: Firing): FireAnswer {
    const { name, version } = change;
    const row = this.rows.get(name);
    if (row?.version !== version || row.isPaused) return "passed";
    if (this.transactions.has(transaction)) throw new Error(`${transaction} is fired twice`);
    if (!overlaps && this.isOpen(name)) return "open";
    const fired = { schedule: name, at };
    this.transactions.set(transaction, fired);
    this.open.add(fired);
    this.#change(change, row);
    return "fired";
  }
}
