import { assert, assertEquals } from "@std/assert";
import { SYSTEM_CLOCK } from "../../../lib/run/session/clock.ts";
import { checkSchedules, type Schedule } from "../../../lib/work/schedules/define_schedules.ts";
import { ScheduleFirer } from "../../../lib/work/schedules/fire_schedules.ts";
import type { ScheduleOptions } from "../../../lib/work/schedules/schedule_options.ts";
import type { ScheduleReport } from "../../../lib/work/schedules/schedule_report.ts";
import { MemoryStore } from "../../support/memory_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { SeededRandom } from "../../support/seeded_random.ts";
import { ExpectedTimes, type Fate, type Policy } from "./expected_times.ts";
import { Killed, MemorySchedules } from "./memory_schedules.ts";

export function note(_at: string): void {}

const [BEGIN, END] = [Date.UTC(2021, 0, 1), Date.UTC(2026, 0, 1)];
const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const WORKERS = 8;

const run: ScheduleOptions["run"] = (t, { at }) => t.do(note, at.toISOString());

/** Ten zones, each with another policy; and what some are edited to. */
const LIST: Readonly<Record<string, Omit<ScheduleOptions, "run">>> = {
  berlin: { cron: "30 2 * * *", timezone: "Europe/Berlin" },
  lordHowe: { cron: "15 2 * * *", timezone: "Australia/Lord_Howe", overlap: "allow", missed: "all", maxMissed: 5 },
  newYork: { cron: "0,30 1 * * *", timezone: "America/New_York", overlap: "queue", missed: "skip" },
  kathmandu: { cron: "45 23 * * *", timezone: "Asia/Kathmandu", within: "2d", overlap: "allow" },
  saoPaulo: { cron: "0 0 * * *", timezone: "America/Sao_Paulo", missed: "all", maxMissed: 1000, overlap: "queue" },
  auckland: { cron: "0 3 * * 1-5", timezone: "Pacific/Auckland", missed: "skip" },
  utc: { cron: "0 */12 * * *", overlap: "allow", within: "12h", missed: "all" },
  casablanca: { cron: "0 3 * * *", timezone: "Africa/Casablanca", overlap: "allow" },
  chatham: { cron: "30 2,14 * * 0", timezone: "Pacific/Chatham", overlap: "queue" },
  losAngeles: { cron: "59 23 L * *", timezone: "America/Los_Angeles", missed: "all", maxMissed: 1 },
};
const EDITS: typeof LIST = {
  berlin: { cron: "0 4 * * *", timezone: "Europe/Berlin", missed: "skip" },
  chatham: { cron: "30 2 * * *", timezone: "Pacific/Chatham", overlap: "queue", missed: "all" },
  utc: { cron: "0 6,18 * * *", overlap: "skip" },
};

const known = new Map<string, readonly number[]>();

/** The times of the whole run, and some more. */
function policyOf({ times, definition, missed, maxMissed, withinMs = Infinity, overlap }: Schedule): Policy {
  let all = known.get(definition);
  if (all === undefined) {
    const found: number[] = [];
    for (let at = times.next(BEGIN); at !== undefined && at < END + 40 * DAY; at = times.next(at)) found.push(at);
    known.set(definition, all = found);
  }
  return { times: all, missed, maxMissed, withinMs, overlap };
}

/** Eight workers that are killed and started again, a person who edits and pauses, and a clock that is set. */
class World {
  readonly #random: SeededRandom;
  readonly schedules: MemorySchedules;
  readonly reports: ScheduleReport[] = [];
  readonly expected = new Map<string, ExpectedTimes>();
  #list = { ...LIST };
  #checked = checkAll(LIST);
  #firers: ScheduleFirer[] = [];

  constructor(random: SeededRandom) {
    this.#random = random;
    this.schedules = new MemorySchedules(random);
  }

  #start(lastCall?: number): ScheduleFirer {
    return new ScheduleFirer({
      store: new MemoryStore(),
      schedules: this.schedules.connect(lastCall),
      module: import.meta.url,
      clock: SYSTEM_CLOCK,
      report: (report) => void this.reports.push(report),
    });
  }

  /** Some workers look at the same time; the last one looks again when the others are through, or dead. */
  async look(now: number): Promise<void> {
    this.schedules.now = now;
    for (const schedule of this.#checked) {
      const expected = this.expected.get(schedule.name);
      if (expected === undefined) this.expected.set(schedule.name, new ExpectedTimes(policyOf(schedule), now));
      else expected.look(now, this.schedules.isOpen(schedule.name));
    }
    const awake = this.#random.below(4) === 0 ? WORKERS : 1 + this.#random.below(2);
    while (this.#firers.length < awake) this.#firers.push(this.#start(this.#lastCall()));
    const looks = this.#firers.slice(0, awake).map(async (firer, index) => {
      try {
        await firer.fireDue(this.#checked);
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
        this.#firers[index] = this.#start(this.#lastCall());
      }
    });
    await Promise.all(looks);
    await this.#start().fireDue(this.#checked);
  }

  #lastCall(): number {
    return 1 + this.#random.below(200);
  }

  endSome(): void {
    for (const one of this.schedules.open) if (this.#random.below(10) < 7) this.schedules.open.delete(one);
  }

  /** All workers get another version of the module. */
  edit(name: string, now: number): void {
    const edited = this.#list[name] === LIST[name] ? EDITS[name] : LIST[name];
    if (edited === undefined) return;
    this.#list = { ...this.#list, [name]: edited };
    this.#checked = checkAll(this.#list);
    this.#firers = [];
    const schedule = this.#checked.find((one) => one.name === name);
    if (schedule !== undefined) this.expected.get(name)?.edit(policyOf(schedule), now);
  }

  pause(name: string, now: number): void {
    this.schedules.now = now;
    const isPaused = this.schedules.rows.get(name)?.isPaused !== true;
    if (!this.schedules.setPaused(name, isPaused)) return;
    if (isPaused) this.expected.get(name)?.pause();
    else this.expected.get(name)?.resume(now);
  }

  /** The next time that any schedule names. */
  next(now: number): number {
    const times = this.#checked.flatMap((schedule) => policyOf(schedule).times.find((at) => at > now) ?? []);
    return Math.min(...times);
  }
}

function checkAll(list: typeof LIST): readonly Schedule[] {
  return checkSchedules(Object.fromEntries(Object.entries(list).map(([name, one]) => [name, { ...one, run }])));
}

/** What has become of each time, as the store has it: each once. */
function fatesIn({ schedules, expected }: World, name: string): ReadonlyMap<number, Fate> {
  const fates = new Map<number, Fate>();
  const add = (at: number, fate: Fate) => {
    assertEquals([new Date(at), fates.get(at)], [new Date(at), undefined], `${name} is decided twice`);
    fates.set(at, fate);
  };
  for (const { schedule, at } of schedules.transactions.values()) if (schedule === name) add(at, "fired");
  for (const time of schedules.rows.get(name)?.memory.waiting ?? []) add(Date.parse(time), "waits");
  const times = [...expected.get(name)?.fates.keys() ?? []];
  for (const { schedule, skip: { from, to, count, reason } } of schedules.skips) {
    if (schedule !== name) continue;
    const covered = times.filter((at) => at >= Date.parse(from) && at <= Date.parse(to) && !fates.has(at));
    // What was skipped together was skipped with nothing in between, but for what had waited before an edit.
    assert(reason === "edited" ? covered.length <= count : covered.length === count, `${name} ${from} ${count}`);
    for (const at of covered) add(at, reason);
  }
  return fates;
}

permittedTest("five years in ten time zones: each time is fired once, or skipped with a record", ["read"], async () => {
  const seed = Number(Math.random().toString().slice(2, 10));
  const random = new SeededRandom(seed);
  const world = new World(random);
  try {
    await world.look(BEGIN);
    for (let now = BEGIN; now < END;) {
      const gap = random.below(20);
      now = gap < 13
        ? world.next(now) + random.below(50_000)
        : now + (gap < 17 ? random.below(20) * HOUR : random.below(12) * DAY);
      if (random.below(3) > 0) world.endSome();
      const names = Object.keys(LIST);
      const name = names[random.below(names.length)] ?? "";
      if (random.below(60) === 0) world.pause(name, now);
      if (random.below(80) === 0) world.edit(name, now);
      await world.look(now);
      // The clock is set forward, and back.
      if (random.below(150) === 0) await world.look(now + random.below(9) * HOUR + random.below(60) * MINUTE);
    }
    let all = 0;
    for (const [name, expected] of world.expected) {
      const sorted = (fates: ReadonlyMap<number, Fate>) =>
        [...fates].toSorted(([a], [b]) => a - b).map(([at, fate]) => `${new Date(at).toISOString()} ${fate}`);
      assertEquals(sorted(fatesIn(world, name)), sorted(expected.fates), name);
      all += expected.fates.size;
    }
    assert(all > 10_000, `${all} times`);
    const told = world.reports.filter(({ kind }) => kind === "schedule fired").length;
    assert(told <= world.schedules.transactions.size && told > 0.9 * world.schedules.transactions.size);
  } catch (error) {
    throw new Error(`with seed ${seed}`, { cause: error });
  }
});
