/**
 * Runs transactions at times that cron patterns name. A module exports its schedules, and workers fire them:
 * `work STORE --schedules MODULE`.
 *
 * ```ts
 * import { schedules } from "@x/resumable-tx/schedules";
 *
 * export function tidyUp(): void {}
 *
 * export default schedules({ hourly: { cron: "@hourly", run: (t) => t.do(tidyUp) } });
 * ```
 *
 * @module
 */
export { schedules } from "./define_schedules.ts";
export type { ScheduleFiring, ScheduleOptions, Schedules } from "./schedule_options.ts";
