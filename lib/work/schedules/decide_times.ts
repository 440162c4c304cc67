import type { SkipReason, StoredSchedule } from "../../storage/schedules.ts";
import type { Schedule } from "./define_schedules.ts";

/** What is decided of one or several successive times. `nextAt` is the first time after them. */
export type Verdict =
  | { readonly kind: "fire"; readonly at: number; readonly nextAt: number | undefined }
  | {
    readonly kind: "skip";
    readonly from: number;
    readonly to: number;
    readonly count: number;
    readonly reason: SkipReason;
    readonly nextAt: number | undefined;
  };

/** A worker may notice a time so much later without having missed it. */
export const LATE_MS = 60_000;
/** The most times that are looked at together. Of more, the oldest are decided first. */
const MAX_TIMES = 2000;
/** Of times that are cut off, those before the last `maxMissed` are missed for sure. */
const KEPT_TIMES = 1000;

type Policy = Pick<Schedule, "missed" | "maxMissed" | "withinMs"> & {
  readonly times: Pick<Schedule["times"], "next">;
};

/** Decides the times that have come, in order. What an earlier firing has to do with it, is decided when each fires. */
export function decideTimes(policy: Policy, schedule: StoredSchedule, now: number): readonly Verdict[] {
  const { times, next } = dueTimes(policy, schedule.nextAt, now);
  const isCut = times.length === MAX_TIMES;
  const decided = isCut ? times.slice(0, -KEPT_TIMES) : times;
  const verdicts: Verdict[] = [];
  for (const [index, at] of decided.entries()) {
    const nextAt = times[index + 1] ?? next;
    const reason = isCut
      ? pausedReason(schedule, at) ?? lateReason(policy, now - at) ?? "missed"
      : reasonToSkip(policy, schedule, { now, times, index });
    const last = verdicts.at(-1);
    if (reason === undefined) verdicts.push({ kind: "fire", at, nextAt });
    else if (last?.kind === "skip" && last.reason === reason) {
      verdicts[verdicts.length - 1] = { ...last, to: at, count: last.count + 1, nextAt };
    } else verdicts.push({ kind: "skip", from: at, to: at, count: 1, reason, nextAt });
  }
  return verdicts;
}

/** The times up to the present one, and the one that follows them. */
function dueTimes(
  policy: Policy,
  from: number | undefined,
  now: number,
): { readonly times: readonly number[]; readonly next: number | undefined } {
  const times: number[] = [];
  let next = from;
  while (next !== undefined && next <= now && times.length < MAX_TIMES) {
    times.push(next);
    next = policy.times.next(next);
  }
  return { times, next };
}

interface Look {
  readonly now: number;
  readonly times: readonly number[];
  readonly index: number;
}

function reasonToSkip(policy: Policy, schedule: StoredSchedule, { now, times, index }: Look): SkipReason | undefined {
  const at = times[index] ?? now;
  const early = pausedReason(schedule, at) ?? lateReason(policy, now - at);
  if (early !== undefined || now - at <= LATE_MS) return early;
  switch (policy.missed) {
    case "once":
      return index === times.length - 1 ? undefined : "missed";
    case "skip":
      return "missed";
    case "all": {
      const late = times.filter((time) => now - time > LATE_MS).length;
      return late - index <= policy.maxMissed ? undefined : "missed";
    }
    default:
      return policy.missed satisfies never;
  }
}

function pausedReason({ isPaused, memory: { resumedAt } }: StoredSchedule, at: number): SkipReason | undefined {
  return isPaused || (resumedAt !== undefined && at <= Date.parse(resumedAt)) ? "paused" : undefined;
}

function lateReason({ withinMs = Infinity }: Policy, ageMs: number): SkipReason | undefined {
  return ageMs > withinMs ? "late" : undefined;
}
