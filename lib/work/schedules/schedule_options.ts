import type { Planner } from "../../plan/planner.ts";
import type { SharedOptions } from "../../plan/step_options.ts";

/**
 * When a schedule fires, and what it runs then.
 *
 * @example
 * ```ts
 * import type { Planner } from "@x/resumable-tx";
 * import type { ScheduleOptions } from "@x/resumable-tx/schedules";
 *
 * export function tidyUp(): void {}
 *
 * export const hourly: ScheduleOptions = {
 *   cron: "0 * * * *",
 *   run: (t: Planner) => t.do(tidyUp),
 *   missed: "skip",
 * };
 * ```
 */
export interface ScheduleOptions {
  /**
   * Minute, hour, day of the month, month, day of the week; or six fields, seconds first; or `@hourly`, `@daily`, `@weekly`,
   * `@monthly`, `@yearly`. Where the hours are fixed, a time that the clock jumps over when summer time begins is that at
   * which the jump ends, and a time that comes twice when it ends is the first one.
   */
  readonly cron: string;

  /**
   * The zone of these times, by its name.
   *
   * @default "UTC"
   */
  readonly timezone?: string;

  /**
   * Plans the transaction of a firing, as the callback of `Transaction.enqueue`. It is called each time, perhaps by several
   * workers, and must not be async. What it should know of the time, the second argument says.
   */
  readonly run: (t: Planner, firing: ScheduleFiring) => unknown;

  /**
   * What happens to times at which no worker was there.
   *
   * - `"once"`: it fires for the last of them, and skips the others.
   * - `"skip"`: it skips all of them.
   * - `"all"`: it fires for each of the last `maxMissed`.
   *
   * @default "once"
   */
  readonly missed?: "once" | "skip" | "all";

  /**
   * From 1 to 1000, with `missed: "all"`.
   *
   * @default 100
   */
  readonly maxMissed?: number;

  /**
   * A time that was missed for longer is skipped: `90s`, `15m`, `12h`, `1d` or `2w`.
   *
   * @default no limit
   */
  readonly within?: string;

  /**
   * What happens while an earlier firing is not over. One that waits for a person is not over.
   *
   * - `"skip"`: the time is skipped.
   * - `"queue"`: it fires when the earlier one is over.
   * - `"allow"`: it fires.
   *
   * @default "skip"
   */
  readonly overlap?: "skip" | "queue" | "allow";

  /**
   * The queue of its transactions.
   *
   * @default "default"
   */
  readonly queue?: string;

  /**
   * The priority of its transactions in their queue; lower ones come first.
   *
   * @default 0
   */
  readonly priority?: number;

  /** Options of all steps, as in `TransactionOptions`. */
  readonly defaults?: SharedOptions;

  /**
   * What to do if a step has failed, as in `TransactionOptions`.
   *
   * @default "stop"
   */
  readonly onFailure?: "stop" | "rollback";
}

/**
 * What a schedule fires for.
 *
 * @example
 * ```ts
 * import type { ScheduleFiring } from "@x/resumable-tx/schedules";
 *
 * export function dayBefore({ at }: ScheduleFiring): string {
 *   return new Date(at.getTime() - 86_400_000).toISOString().slice(0, 10);
 * }
 * ```
 */
export interface ScheduleFiring {
  /** The name of the schedule. */
  readonly schedule: string;
  /** The time that the schedule names, which may have passed for a while. */
  readonly at: Date;
}

/**
 * The schedules of a module, as `schedules` has made them.
 *
 * @example
 * ```ts
 * import { type Schedules, schedules } from "@x/resumable-tx/schedules";
 *
 * export const none: Schedules = schedules({});
 * console.log(none.names); // []
 * ```
 */
export interface Schedules {
  /** The names of the schedules. */
  readonly names: readonly string[];
}
