import type { Schedules, StoredSchedule } from "../../storage/schedules.ts";
import { type Schedule, timesOf } from "./define_schedules.ts";
import { loadSchedules } from "./load_schedules.ts";
import type { ScheduleLine } from "./schedule_report.ts";

const SHOWN_FIRINGS = 3;

/**
 * Lists the schedules of a store by their names, with their next firings.
 *
 * @param module URL of a module that defines schedules: those that the store does not know yet are listed too.
 * @throws {TypeError} The module cannot be used.
 */
export async function listSchedules(schedules: Schedules, module?: string): Promise<readonly ScheduleLine[]> {
  const defined = module === undefined ? [] : await loadSchedules(module);
  const { now, schedules: stored } = await schedules.list();
  const lines = stored.map((schedule) => toLine(schedule, defined.find(({ name }) => name === schedule.name), now));
  const others = defined.filter(({ name }) => !stored.some((schedule) => schedule.name === name));
  return [...lines, ...others.map((schedule) => toNewLine(schedule, now))].toSorted((a, b) => a.name < b.name ? -1 : 1);
}

function toLine(stored: StoredSchedule, defined: Schedule | undefined, now: number): ScheduleLine {
  const { name, definition, isPaused, lastAt, nextAt, memory } = stored;
  const times = timesOf(definition);
  const isEdited = defined !== undefined && defined.definition !== definition;
  const state = isPaused ? "paused" : isEdited ? "edited" : nextAt === undefined ? "ended" : "active";
  const next: string[] = [];
  // What is due is fired by the next worker; a paused one skips it.
  const from = isPaused && nextAt !== undefined && nextAt <= now ? times?.next(now) : nextAt;
  for (let at = from; at !== undefined && next.length < SHOWN_FIRINGS; at = times?.next(at)) {
    next.push(times === undefined ? new Date(at).toISOString() : withOffset(at, times.offset(at)));
  }
  return {
    name,
    state: times === undefined ? "unknown" : state,
    ...readPattern(definition),
    next,
    waiting: memory.waiting.length,
    last: lastAt === undefined ? undefined : withOffset(lastAt, times?.offset(lastAt)),
    lastSkip: memory.skips.at(-1),
    skips: memory.skips,
  };
}

function toNewLine({ name, definition, times }: Schedule, now: number): ScheduleLine {
  const next: string[] = [];
  for (let at = times.next(now); at !== undefined && next.length < SHOWN_FIRINGS; at = times.next(at)) {
    next.push(withOffset(at, times.offset(at)));
  }
  const rest = { next, waiting: 0, last: undefined, lastSkip: undefined, skips: [] };
  return { name, state: "new", ...readPattern(definition), ...rest };
}

/** It has been understood before, or nothing of it is shown. */
function readPattern(definition: string): Pick<ScheduleLine, "cron" | "timezone"> {
  if (timesOf(definition) === undefined) return { cron: undefined, timezone: undefined };
  const { cron, timezone }: { readonly cron: string; readonly timezone: string } = JSON.parse(definition);
  return { cron, timezone };
}

/** A time as the clocks of its zone show it: `2026-12-01T02:30:00+01:00`. */
function withOffset(at: number, offset = "+00:00"): string {
  const [, sign, hours, minutes, seconds = "0"] = /^([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(offset) ?? [];
  const shift = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * (sign === "-" ? -1000 : 1000);
  return `${new Date(at + (shift || 0)).toISOString().slice(0, 19)}${offset}`;
}
