/** The statements of schedules, in PostgreSQL's dialect. A change has the version that it follows. */
import { addQueues, NOW } from "./statements.ts";

const ms = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`;
const time = (parameter: string) => `to_timestamp(${parameter}::float8 / 1000)`;

/** One row without a name if there is none: the time is asked for in any case. */
export const LIST = `select s.name, s.definition, ${ms("s.next_at")} as next_at, ${
  ms("s.last_at")
} as last_at, s.paused, s.version, s.memory, floor(${ms("k.now")})::float8 as now
  from (select ${NOW} as now) k left join {schedules} s on true order by s.name`;

export const DEFINE_NEW = `insert into {schedules} (name, definition, next_at, last_at, paused, version, memory)
  values ($1, $2, ${time("$3")}, null, false, 1, $4) on conflict do nothing returning 1`;

export const DEFINE = `update {schedules} set definition = $2, next_at = ${time("$3")}, memory = $4,
  version = version + 1 where name = $1 and version = $5 returning 1`;

export const ADVANCE = `update {schedules} set next_at = ${time("$2")}, last_at = coalesce(${time("$3")}, last_at),
  memory = $4, version = version + 1 where name = $1 and version = $5 returning 1`;

export const PAUSE = `update {schedules} set paused = $2, memory = $3, version = version + 1
  where name = $1 and version = $4 returning 1`;

export const REMOVE = `delete from {schedules} where name = $1 returning 1`;

const isOpen = (schedule: string) =>
  `exists (select from {transactions} where schedule = ${schedule} and status not in (5, 6, 7))`;
/** By the index `transactions_scheduled`. */
export const OPEN_FIRING = `select ${isOpen("$1")} as open`;

/**
 * Schedule and transaction are one. Of several that fire at the same time, one finds the version that it expects; the others
 * wait for its commit and find another one. An earlier firing has made that version, so this statement sees it.
 */
export const FIRE = `with s as (update {schedules} set next_at = ${time("$3")}, last_at = coalesce(${
  time("$4")
}, last_at), memory = $5,
    version = version + 1 where name = $1 and version = $2 and not paused and ($6 or not ${isOpen("$1")})
    and not exists (select from {transactions} where name = $8) returning name),
  t as (insert into {transactions} (id, name, status, queue, priority, due_at, owner, epoch, listens, requests, format,
    library, home, created_at, steps, finished, listed, last_at, listing, schedule)
    select $7::uuid, $8, case when ${time("$11")} > ${NOW} then 2 else 0 end, $9, $10::int, coalesce(${
  time("$11")
}, ${NOW}), null, 0,
      0, 0, 1, $12, $13, ${NOW}, $14::int, 0, $15::int, $16::bigint, $17, s.name from s returning id),
  q as (${addQueues("queue from (select $9::text as queue from t) a")})
  insert into {records} (tx, seq, epoch, data, sum) select t.id, r.place - 1, 0, r.data, r.sum
  from t, unnest(string_to_array($18, E'\\n'), $19::text[]) with ordinality r (data, sum, place) returning tx`;

/** Why it was not done, or that an earlier try has done it. */
export const LOOK_AT_FIRING = `select exists (select from {transactions} where id = $3::uuid) as fired,
  exists (select from {transactions} where name = $4) as taken, ${isOpen("$1")} as open,
  exists (select from {schedules} where name = $1 and version = $2 and not paused) as ready`;
