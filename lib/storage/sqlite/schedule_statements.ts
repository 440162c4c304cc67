/** The statements of schedules, in SQLite's dialect. A change has the version that it follows. */

export const LIST = `select name, definition, next_at, last_at, paused, version, memory from schedules order by name`;

export const DEFINE_NEW = `insert into schedules (name, definition, next_at, last_at, paused, version, memory)
  values (?1, ?2, ?3, null, 0, 1, ?4) on conflict do nothing`;

export const DEFINE = `update schedules set definition = ?2, next_at = ?3, memory = ?4, version = version + 1
  where name = ?1 and version = ?5`;

export const ADVANCE =
  `update schedules set next_at = ?2, last_at = coalesce(?3, last_at), memory = ?4, version = version + 1
  where name = ?1 and version = ?5`;

export const PAUSE = `update schedules set paused = ?2, memory = ?3, version = version + 1
  where name = ?1 and version = ?4`;

export const REMOVE = `delete from schedules where name = ?1`;

export const IS_READY = `select 1 from schedules where name = ?1 and version = ?2 and paused = 0`;

/** By the index `transactions_scheduled`. */
export const OPEN_FIRING = `select 1 from transactions where schedule = ?1 and status not in (5, 6, 7) limit 1`;

export const HAS_NAME = `select 1 from transactions where name = ?1`;
export const IS_FIRED = `select 1 from transactions t join records r on r.tx = t.id and r.seq = 0
  where t.id = ?1 and r.sum = ?2`;
export const NOTE_SCHEDULE = `update transactions set schedule = ?2 where id = ?1`;
export const ADD_RECORD = `insert into records (tx, seq, epoch, data, sum) values (?1, ?2, 0, ?3, ?4)`;
