/** The statements of moves between files and the tables, in SQLite's dialect. An exported transaction has status 8. */

import { REST } from "./statements.ts";

export const TAKE_EXPORTED = `update transactions set owner = ?2, epoch = epoch + 1, listens = 0, taken_at = ?3
  where id = ?1 and status = 8 and (owner is null or owner in (select id from workers where dead = 1))
  and exists (select 1 from workers where id = ?2 and dead = 0 and lease_until > ?3)
  returning id, epoch, status`;

export const ARRIVE =
  `insert into transactions (id, name, status, queue, priority, due_at, owner, epoch, listens, requests, format,
  library, home, created_at, steps, finished, exported_to, exported_host)
  values (?1, ?2, 8, ?10, ?11, ?3, ?4, 1, 0, 0, 1, ?5, ?6, ?7, 0, 0, ?8, ?9) on conflict do nothing`;

export const IS_OWNER = `select 1 from transactions where id = ?1 and owner = ?2 and epoch = ?3`;
export const SUM_AT = `select sum from records where tx = ?1 and seq = ?2`;
export const APPEND_LINE = `insert into records (tx, seq, epoch, data, sum) values (?1, ?2, ?3, ?4, ?5)`;

export const DEPART = `update transactions set status = 8, owner = null, listens = 0, epoch = epoch + 1,
  exported_to = ?6, exported_host = ?7, steps = ?8, finished = ?9, at_step = ?10, error = ?11, listed = null
  where id = ?1 and owner = ?2 and epoch = ?3
  and exists (select 1 from records where tx = ?1 and seq = ?4 and sum = ?5)
  and not exists (select 1 from records where tx = ?1 and seq > ?4)`;
/** The epoch after the export is its owner's alone. */
export const HAS_DEPARTED =
  `select 1 from transactions where id = ?1 and status = 8 and epoch = ?2 + 1 and owner is null`;

export const SETTLE =
  `update transactions set status = ?4, owner = null, listens = 0, due_at = coalesce(?5, ?15), ended_at = ?6,
  steps = ?7, finished = ?8, at_step = ?9, error = ?10, exported_to = null, exported_host = null,
  listed = ?11, last_at = ?12, listing = ?13, rest = ${REST("?14")}
  where id = ?1 and owner = ?2 and epoch = ?3`;
export const HAS_SETTLED =
  `select 1 from transactions where id = ?1 and status <> 8 and epoch = ?2 and owner is null and exported_to is null`;
