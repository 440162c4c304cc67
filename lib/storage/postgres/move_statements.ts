/** The statements of moves between files and the tables, in PostgreSQL's dialect. An exported transaction has status 8. */

import { addQueues, isAlive, mayCreate, noteBatch, NOW, restAfter } from "./statements.ts";

const IS_OWNER = "id = $1 and owner = $2 and epoch = $3";

export const TAKE_EXPORTED = `update {transactions} set owner = $2, epoch = epoch + 1, listens = 0, taken_at = ${NOW}
  where id = $1 and status = 8
  and (owner is null or owner in (select id from {workers} where dead)) and ${isAlive("$2")}
  returning id, epoch, status`;

/** As `CREATE`, with the row and its first record in one. */
export const ARRIVE = `with ${
  mayCreate("$3", "$13")
}, t as (insert into {transactions} (id, name, status, queue, priority, due_at, owner, epoch, listens, requests,
    format, library, home, created_at, steps, finished, exported_to, exported_host)
    select $1::uuid, $2, 8, $11, $12, ${NOW}, $3::uuid, 1, 0, 0, 1, $4, $5, to_timestamp($6::float8 / 1000), 0, 0, $7, $8
    where exists (select from m) on conflict do nothing returning id),
  q as (${addQueues("queue from (select $11::text as queue from t) a")}),
  ${noteBatch("$3", "$13", "case when count(*) = 0 then $1::text end")}
  insert into {records} (tx, seq, epoch, data, sum) select t.id, 0, 1, $9, $10 from t returning tx`;

/** Without "on conflict": if another record is in a place, nothing is appended. */
export const APPEND_LINES =
  `insert into {records} (tx, seq, epoch, data, sum) select $1::uuid, a.seq, $3::int, a.data, a.sum
  from unnest($4::int[], string_to_array($5, E'\\n'), $6::text[]) a (seq, data, sum)
  where exists (select from {transactions} where ${IS_OWNER})
  and (select p.sum from {records} p where p.tx = $1 and p.seq = $7::int - 1) = $8 order by a.seq returning seq`;
export const READ_SUMS =
  `select seq, sum from {records} where tx = $1 and seq between $2 and $3 and exists (select from {transactions}
  where id = $1 and owner = $4 and epoch = $5)`;

/**
 * In the place of the next record, in the same transaction: while a late one of an owner before is being committed, this waits,
 * and fails when it is there.
 */
export const PROBE = `insert into {records} (tx, seq, epoch, data, sum) values ($1, $2, 0, '', '')`;
export const REMOVE_PROBE = `delete from {records} where tx = $1 and seq = $2 and sum = ''`;

export const DEPART = `update {transactions} set status = 8, owner = null, listens = 0, epoch = epoch + 1,
  exported_to = $6, exported_host = $7, steps = $8, finished = $9, at_step = $10, error = $11, listed = null
  where ${IS_OWNER} and (select sum from {records} where tx = $1 and seq = $4) = $5 returning 1`;
/** The epoch after the export is its owner's alone. */
export const HAS_DEPARTED =
  `select 1 from {transactions} where id = $1 and status = 8 and epoch = $2::int + 1 and owner is null`;

export const SETTLE = `update {transactions} t set status = $4::int, owner = null, listens = 0,
  due_at = coalesce(to_timestamp($5::float8 / 1000), ${NOW}), ended_at = to_timestamp($6::float8 / 1000),
  steps = $7, finished = $8, at_step = $9, error = $10, exported_to = null, exported_host = null,
  listed = $11, last_at = $12, listing = $13, rest = ${restAfter("$4::int", "$14")}
  where ${IS_OWNER} returning 1`;
export const HAS_SETTLED =
  `select 1 from {transactions} where id = $1 and status <> 8 and epoch = $2 and owner is null and exported_to is null`;
