import type { ScheduleChange, ScheduleTable, StoredSchedule } from "../../schedules.ts";
import type { NewTransaction, RecordRow } from "../table_rows.ts";

/** The transaction of a firing, and how its schedule changes in the same commit. */
export interface FiringRow extends NewTransaction {
  readonly firing: ScheduleChange & {
    readonly at: number;
    readonly overlaps: boolean;
  };
  /** Records that follow the first one. */
  readonly more: readonly Pick<RecordRow, "data" | "sum">[];
}

export type NewPause = Pick<StoredSchedule, "name" | "version" | "isPaused" | "memory">;

/** What `SqlDatabase` has for schedules; its rules hold here too. Only a change of the expected version is made, and the version counts it. */
export interface ScheduleStatements {
  listSchedules(): Promise<ScheduleTable>;

  /** Version 0: there is none of this name yet. */
  defineSchedule(change: ScheduleChange & Pick<StoredSchedule, "definition">): Promise<boolean>;

  advanceSchedule(change: ScheduleChange): Promise<boolean>;

  pauseSchedule(pause: NewPause): Promise<boolean>;

  removeSchedule(name: string): Promise<boolean>;

  /** Whether a transaction that this schedule has fired is not over. */
  hasOpenFiring(name: string): Promise<boolean>;

  /**
   * Changes the schedule and adds its transaction, unless it is paused, another transaction has the name (`taken`), or an
   * earlier firing is not over and it does not overlap (`open`). `passed`: it has another version, or it is paused. True also
   * if an earlier call with the same id has done it.
   */
  fire(row: FiringRow): Promise<"fired" | "taken" | "open" | "passed">;
}
