import { homeAt } from "../../modules/module_source.ts";
import { PlanBuilder } from "../../plan/plan_builder.ts";
import { namePlan } from "../../run/call/plan_nodes.ts";
import type { Clock } from "../../run/session/clock.ts";
import { enqueueTransaction } from "../../run/start/enqueue_transaction.ts";
import { newId } from "../../storage/locator.ts";
import {
  type FireAnswer,
  KEPT_SKIPS,
  MAX_WAITING,
  nameOfFiring,
  type ScheduleChange,
  type ScheduleMemory,
  type Schedules,
  type Skip,
  type StoredSchedule,
} from "../../storage/schedules.ts";
import type { Store } from "../../storage/store.ts";
import { withoutUndefined } from "../../values/json.ts";
import { decideTimes, type Verdict } from "./decide_times.ts";
import { type Schedule, timesOf } from "./define_schedules.ts";
import type { ScheduleReport } from "./schedule_report.ts";

export interface FiringPlace {
  readonly store: Store;
  readonly schedules: Schedules;
  /** URL of the module that defines the schedules: it is the home of what they fire. */
  readonly module: string;
  readonly clock: Clock;
  readonly report: (report: ScheduleReport) => void;
}

/** What others change is looked at again after this time; the clock of the store may be set, too. */
const LONGEST_MS = 30_000;
/** Another worker was quicker. */
const RACE_MS = 100;
/** Nobody tells when a firing is over for which another one waits. */
const WAITING_MS = 1000;
/** The pauses between tries after a failure: the first, and the longest. */
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [10_000, 600_000];
/** How many times are counted that a schedule leaves out because it was edited. */
const MAX_COUNTED = 10_000;

interface Failure {
  readonly at: number;
  readonly tries: number;
  /** By the clock that cannot be set. */
  readonly until: number;
}

/** A schedule as it is stored now; or how long to wait before it is looked at again. */
type Step = StoredSchedule | { readonly pauseMs: number };

/** Fires the schedules of one module. What several workers do at the same time happens once. */
export class ScheduleFirer {
  readonly #place: FiringPlace;
  /** Those whose definition this process has found in the store, or written there. */
  readonly #defined = new Set<string>();
  readonly #differing = new Set<string>();
  readonly #failures = new Map<string, Failure>();

  constructor(place: FiringPlace) {
    this.#place = place;
  }

  /**
   * Fires what is due, and returns after how many milliseconds something can be due again.
   *
   * @throws {JournalError} The store cannot be used.
   */
  async fireDue(list: readonly Schedule[], signal?: AbortSignal): Promise<number> {
    const { schedules } = this.#place;
    const { now, schedules: stored } = await schedules.list();
    let pauseMs = LONGEST_MS;
    for (const schedule of list) {
      if (signal?.aborted === true) break;
      const found = await this.#define(schedule, stored.find(({ name }) => name === schedule.name), now);
      const end = "pauseMs" in found ? found : await this.#fireOne(schedule, found, now);
      pauseMs = Math.min(pauseMs, "pauseMs" in end ? end.pauseMs : (end.nextAt ?? Infinity) - now);
    }
    return Math.max(0, pauseMs);
  }

  /** Sees to it that the store has the definition of this process. A process that had its own there leaves a later one. */
  async #define(schedule: Schedule, stored: StoredSchedule | undefined, now: number): Promise<Step> {
    const { name, definition, times } = schedule;
    const { schedules, report } = this.#place;
    if (stored?.definition === definition) {
      this.#defined.add(name);
      this.#differing.delete(name);
      return stored;
    }
    if (stored !== undefined && this.#defined.has(name)) {
      if (!this.#differing.has(name)) report({ kind: "schedule differs", schedule: name });
      this.#differing.add(name);
      return { pauseMs: LONGEST_MS };
    }
    const skip = stored === undefined ? undefined : editedSkip(stored, now);
    const nextAt = times.next(Math.max(now, stored === undefined ? now : lastDecided(stored)));
    const memory = addSkip({ skips: [], ...stored?.memory, waiting: [] }, skip);
    const change = { name, definition, version: stored?.version ?? 0, nextAt, memory };
    if (!await schedules.define(change)) return { pauseMs: RACE_MS };
    this.#defined.add(name);
    if (skip !== undefined) report({ kind: "schedule skipped", schedule: name, ...skip });
    report({ kind: "schedule defined", schedule: name, next: isoOf(nextAt) });
    return { lastAt: undefined, isPaused: false, ...stored, ...change, version: change.version + 1 };
  }

  async #fireOne(schedule: Schedule, stored: StoredSchedule, now: number): Promise<Step> {
    const { schedules } = this.#place;
    let current: Step = stored;
    for (let first = stored.memory.waiting[0]; first !== undefined; first = current.memory.waiting[0]) {
      if (current.isPaused || await schedules.hasOpen(schedule.name)) break;
      const memory = { ...current.memory, waiting: current.memory.waiting.slice(1) };
      const next: Step = await this.#fire(schedule, { ...current, memory }, Date.parse(first));
      if ("pauseMs" in next) return next;
      current = next;
    }
    for (const verdict of decideTimes(schedule, current, now)) {
      const next: Step = await this.#settle(schedule, current, { verdict, now });
      if ("pauseMs" in next) return next;
      current = next;
    }
    return current.memory.waiting.length === 0 ? current : { pauseMs: WAITING_MS };
  }

  /** Does what was decided, unless an earlier firing has something to do with it. */
  async #settle(
    schedule: Schedule,
    current: StoredSchedule,
    { verdict, now }: { readonly verdict: Verdict; readonly now: number },
  ): Promise<Step> {
    const { name, overlap } = schedule;
    const { schedules, report } = this.#place;
    const { nextAt } = verdict;
    const { memory } = current;
    const notedAt = new Date(now).toISOString();
    if (verdict.kind === "skip") {
      const [from, to] = [new Date(verdict.from).toISOString(), new Date(verdict.to).toISOString()];
      return await this.#skip(current, nextAt, { from, to, count: verdict.count, reason: verdict.reason, notedAt });
    }
    const at = new Date(verdict.at).toISOString();
    const isOpen = overlap !== "allow" && (memory.waiting.length > 0 || await schedules.hasOpen(name));
    if (!isOpen) return await this.#fire(schedule, { ...current, nextAt }, verdict.at);
    if (overlap === "skip" || memory.waiting.length >= MAX_WAITING) {
      const reason = overlap === "skip" ? "open" : "full";
      return await this.#skip(current, nextAt, { from: at, to: at, count: 1, reason, notedAt });
    }
    const next = await this.#advance({ ...current, nextAt, memory: { ...memory, waiting: [...memory.waiting, at] } });
    if (!("pauseMs" in next)) report({ kind: "schedule waits", schedule: name, due: at });
    return next;
  }

  async #skip(current: StoredSchedule, nextAt: number | undefined, skip: Skip): Promise<Step> {
    const next = await this.#advance({ ...current, nextAt, memory: addSkip(current.memory, skip) });
    if (!("pauseMs" in next)) this.#place.report({ kind: "schedule skipped", schedule: current.name, ...skip });
    return next;
  }

  async #advance(changed: StoredSchedule): Promise<Step> {
    const { name, version, nextAt, memory } = changed;
    const isDone = await this.#place.schedules.advance({ name, version, nextAt, memory });
    return isDone ? { ...changed, version: version + 1 } : { pauseMs: RACE_MS };
  }

  /** @param changed How the schedule changes with it. */
  async #fire(schedule: Schedule, changed: StoredSchedule, at: number): Promise<Step> {
    const { name } = schedule;
    const { clock, report, schedules } = this.#place;
    const failure = this.#failures.get(name);
    const leftMs = failure?.at === at ? failure.until - clock.elapsed() : 0;
    if (leftMs > 0) return { pauseMs: leftMs };
    const change = { name, version: changed.version, nextAt: changed.nextAt, lastAt: at, memory: changed.memory };
    let answer: FireAnswer;
    try {
      answer = await this.#record(schedule, change, at);
    } catch (error) {
      return this.#fail(name, at, error);
    }
    if (answer === "open" || answer === "passed") return { pauseMs: RACE_MS };
    this.#failures.delete(name);
    const journal = schedules.journalOf(nameOfFiring(name, at));
    report({ kind: "schedule fired", schedule: name, due: new Date(at).toISOString(), journal });
    return { ...changed, lastAt: at, version: changed.version + 1 };
  }

  #fail(schedule: string, at: number, error: unknown): Step {
    const { clock, report } = this.#place;
    const before = this.#failures.get(schedule);
    const tries = before?.at === at ? before.tries + 1 : 1;
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1));
    this.#failures.set(schedule, { at, tries, until: clock.elapsed() + pauseMs });
    const reason = error instanceof Error ? error.message : String(error);
    const again = new Date(clock.now() + pauseMs).toISOString();
    report({ kind: "schedule failed", schedule, due: new Date(at).toISOString(), reason, again });
    return { pauseMs };
  }

  /** Plans the transaction, as `Transaction.enqueue` does, and records it together with the change of the schedule. */
  async #record(schedule: Schedule, change: ScheduleChange, at: number): Promise<FireAnswer> {
    const { store, schedules, module, clock } = this.#place;
    const { name, run, defaults, queue, priority, onFailure, overlap } = schedule;
    const transaction = nameOfFiring(name, at);
    const home = homeAt(module);
    const builder = new PlanBuilder();
    const plan = builder.seal(run(builder.planner(defaults ?? {}), { schedule: name, at: new Date(at) }));
    const named = await namePlan(home, plan);
    let answer: FireAnswer = "passed";
    await enqueueTransaction(store, {
      ...named,
      home,
      id: newId(),
      journal: schedules.journalOf(transaction),
      name: transaction,
      clock,
      options: withoutUndefined({ queue, priority, onFailure, dueAt: at }),
      record: async (records, release) => {
        const firing = { ...change, at, transaction, overlaps: overlap === "allow", records, release };
        answer = await schedules.fire(firing);
      },
    });
    return answer;
  }
}

/** What a schedule has not fired when it gets another definition. */
function editedSkip({ definition, memory, nextAt }: StoredSchedule, now: number): Skip | undefined {
  const times = timesOf(definition);
  const due = memory.waiting.map((time) => Date.parse(time));
  let next = nextAt;
  while (next !== undefined && next <= now && due.length < MAX_COUNTED) {
    due.push(next);
    next = times?.next(next);
  }
  const [first, last] = [due.at(0), due.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const notedAt = new Date(now).toISOString();
  const [from, to] = [new Date(first).toISOString(), new Date(last).toISOString()];
  return { from, to, count: due.length, reason: "edited", notedAt };
}

/** What is decided already does not come again, also if the clock was set back. */
function lastDecided({ lastAt = -Infinity, memory: { waiting, skips } }: StoredSchedule): number {
  return Math.max(lastAt, ...waiting.map((time) => Date.parse(time)), Date.parse(skips.at(-1)?.to ?? "") || -Infinity);
}

function addSkip(memory: ScheduleMemory, skip: Skip | undefined): ScheduleMemory {
  return skip === undefined ? memory : { ...memory, skips: [...memory.skips, skip].slice(-KEPT_SKIPS) };
}

function isoOf(time: number | undefined): string | undefined {
  return time === undefined ? undefined : new Date(time).toISOString();
}
