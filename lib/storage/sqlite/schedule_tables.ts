import type { ScheduleChange, ScheduleTable, StoredSchedule } from "../schedules.ts";
import { readSchedule } from "../sql/read_row.ts";
import type { FiringRow, NewPause } from "../sql/work/schedule_rows.ts";
import type { NewTransaction } from "../sql/table_rows.ts";
import { QueueTables } from "./queue_tables.ts";
import * as sql from "./schedule_statements.ts";

/** The calls of `Tables` that are about schedules. */
export abstract class ScheduleTables extends QueueTables {
  protected abstract add(row: NewTransaction): "created" | "taken";

  listSchedules(): ScheduleTable {
    return { now: this.now(), schedules: this.all(sql.LIST).map((row) => readSchedule(row, row["paused"] === 1)) };
  }

  defineSchedule(
    { name, version, definition, nextAt, memory }: ScheduleChange & Pick<StoredSchedule, "definition">,
  ): boolean {
    const values = [name, definition, nextAt, JSON.stringify(memory)];
    return (version === 0 ? this.run(sql.DEFINE_NEW, ...values) : this.run(sql.DEFINE, ...values, version)) === 1;
  }

  advanceSchedule({ name, version, nextAt, lastAt, memory }: ScheduleChange): boolean {
    return this.run(sql.ADVANCE, name, nextAt, lastAt, JSON.stringify(memory), version) === 1;
  }

  pauseSchedule({ name, version, isPaused, memory }: NewPause): boolean {
    return this.run(sql.PAUSE, name, isPaused ? 1 : 0, JSON.stringify(memory), version) === 1;
  }

  removeSchedule(name: string): boolean {
    return this.run(sql.REMOVE, name) === 1;
  }

  hasOpenFiring(name: string): boolean {
    return this.get(sql.OPEN_FIRING, name) !== undefined;
  }

  fire(row: FiringRow): "fired" | "taken" | "open" | "passed" {
    const { firing, more, id } = row;
    // Perhaps by an earlier try, whose answer was lost.
    if (this.get(sql.IS_FIRED, id, row.record.sum) !== undefined) return "fired";
    if (this.get(sql.IS_READY, firing.name, firing.version) === undefined) return "passed";
    if (this.get(sql.HAS_NAME, row.name) !== undefined) return "taken";
    if (!firing.overlaps && this.hasOpenFiring(firing.name)) return "open";
    if (this.add(row) !== "created") return "taken";
    this.run(sql.NOTE_SCHEDULE, id, firing.name);
    for (const [index, { data, sum }] of more.entries()) this.run(sql.ADD_RECORD, id, index + 1, data, sum);
    this.advanceSchedule(firing);
    return "fired";
  }
}
