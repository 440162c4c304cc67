import type { ScheduleChange, ScheduleTable, StoredSchedule } from "../schedules.ts";
import { firstValues } from "../sql/listing.ts";
import { numberIn, readSchedule } from "../sql/read_row.ts";
import type { FiringRow, NewPause } from "../sql/work/schedule_rows.ts";
import { isTaken } from "./postgres_error.ts";
import { PostgresQueues } from "./postgres_queues.ts";
import * as sql from "./schedule_statements.ts";

/** The members of `SqlDatabase` that are about schedules, on a server. */
export class PostgresSchedules extends PostgresQueues {
  async listSchedules(): Promise<ScheduleTable> {
    const rows = await this.reading(sql.LIST);
    const [first] = rows;
    const schedules = rows.filter(({ name }) => name !== null).map((row) => readSchedule(row, row["paused"] === true));
    return { now: first === undefined ? Date.now() : numberIn(first, "now"), schedules };
  }

  async defineSchedule(
    { name, version, definition, nextAt, memory }: ScheduleChange & Pick<StoredSchedule, "definition">,
  ): Promise<boolean> {
    const values = [name, definition, nextAt, JSON.stringify(memory)];
    const rows = version === 0
      ? await this.common.query(sql.DEFINE_NEW, ...values)
      : await this.common.query(sql.DEFINE, ...values, version);
    return rows.length === 1;
  }

  async advanceSchedule({ name, version, nextAt, lastAt, memory }: ScheduleChange): Promise<boolean> {
    const values = [name, nextAt, lastAt, JSON.stringify(memory), version];
    return (await this.common.query(sql.ADVANCE, ...values)).length === 1;
  }

  async pauseSchedule({ name, version, isPaused, memory }: NewPause): Promise<boolean> {
    return (await this.common.query(sql.PAUSE, name, isPaused, JSON.stringify(memory), version)).length === 1;
  }

  async removeSchedule(name: string): Promise<boolean> {
    return (await this.common.query(sql.REMOVE, name)).length === 1;
  }

  async hasOpenFiring(name: string): Promise<boolean> {
    const [row] = await this.reading(sql.OPEN_FIRING, name);
    return row?.["open"] === true;
  }

  async fire(row: FiringRow): Promise<"fired" | "taken" | "open" | "passed"> {
    const { firing, id, name, queue, priority, dueAt, library, home, record, more } = row;
    const [, steps, ...listing] = firstValues(row);
    const change = [firing.name, firing.version, firing.nextAt, firing.lastAt, JSON.stringify(firing.memory)];
    const columns = [id, name, queue, priority, dueAt, library, home, steps, ...listing];
    const records = [record, ...more];
    // No line has a newline in it.
    const lines = [records.map(({ data }) => data).join("\n"), records.map(({ sum }) => sum)];
    try {
      const done = await this.writer().query(sql.FIRE, ...change, firing.overlaps, ...columns, ...lines);
      if (done.length === records.length) return "fired";
    } catch (error) {
      // Somebody has taken the name at the same moment.
      if (!isTaken(error)) throw error;
    }
    const [look] = await this.common.query(sql.LOOK_AT_FIRING, firing.name, firing.version, id, name);
    if (look?.["fired"] === true) return "fired";
    if (look?.["ready"] !== true) return "passed";
    if (look["taken"] === true) return "taken";
    return look["open"] === true && !firing.overlaps ? "open" : "passed";
  }
}
