/** The statements of the store in SQLite's dialect. Each group runs within `begin immediate`: nothing comes between. */

export const ADD_WORKER =
  `insert into workers (id, lease_until, dead, started_at, host, pid, process, library, creations)
  values (?1, ?2 + ?3, 0, ?2, ?4, ?5, ?6, ?7, 0) on conflict do nothing`;

export const BEAT = `update workers set lease_until = ?2 + ?3 where id = ?1 and dead = 0 and lease_until > ?2`;

/** A dead one stays for a day: see `DEAD_KEPT_MS`. */
export const REMOVE_WORKER = `delete from workers where id = ?1 and dead = 0
  and not exists (select 1 from transactions where owner = ?1)`;

export const END_WORKER = `update workers set dead = 1 where id = ?1`;

export const LIVING_WORKERS = `select id, lease_until from workers where dead = 0 and id <> ?1`;

export const BURY = `update workers set dead = 1 where id = ?1 and dead = 0 and (?2 or lease_until = ?3)`;

/** What an owner has done that died, only the records tell. */
const FREED =
  `listed = null, listens = 0, status = case status when 1 then 0 else status end, owner = null, epoch = epoch + 1`;

export const FREE_ORPHANS = `update transactions set ${FREED} where id in (
  select t.id from workers w join transactions t on t.owner = w.id where w.dead = 1 limit ?1)`;

export const FORGET_DEAD = `delete from workers where dead = 1 and lease_until < ?1
  and not exists (select 1 from transactions where owner = workers.id)`;

export const FIND_OWNED = `select id, epoch from transactions where owner = ?1`;

export const IS_ALIVE = `select 1 from workers where id = ?1 and dead = 0 and lease_until > ?2`;

/** Each batch once, and none that a later one has overtaken. */
export const BEGIN_BATCH = `update workers set creations = ?3, taken = null
  where id = ?1 and dead = 0 and lease_until > ?2 and creations < ?3`;
/** If the answer is lost, it tells whether the batch has created a row that is gone. */
export const NOTE_TAKEN = `update workers set taken = ?2 where id = ?1`;
export const READ_TAKEN = `select taken from workers where id = ?1 and creations >= ?2`;

export const CREATE =
  `insert into transactions (id, name, status, queue, priority, due_at, owner, epoch, listens, requests, format,
  library, home, created_at, steps, finished, listed, last_at, listing)
  values (?1, ?2, coalesce(?11, case when ?5 > ?10 then 2 else 0 end), ?3, ?4, ?5, ?6, ?7, ?11 is 1, 0, 1, ?8, ?9, ?10,
  ?12, 0, ?13, ?14, ?15) on conflict do nothing`;

export const CREATED = `select 1 from transactions t join records r on r.tx = t.id and r.seq = 0
  where t.id = ?1 and (?2 is null or (t.owner = ?2 and t.epoch = ?3)) and r.sum = ?4`;

export const FIRST_RECORD = `insert into records (tx, seq, epoch, data, sum) values (?1, 0, ?2, ?3, ?4)`;

const ROW = `select t.id, t.name, t.status, t.queue, t.priority, t.due_at, t.owner, t.epoch, t.requests, t.created_at,
  t.ended_at, t.steps, t.finished, t.at_step, t.error, t.exported_to, t.exported_host, t.blocked, t.listed, t.last_at, t.listing, w.host, w.pid, w.process, w.dead,
  w.lease_until, coalesce(t.taken_at, t.created_at) as taken_at
  from transactions t left join workers w on w.id = t.owner`;

export const FIND_BY_NAME = `${ROW} where t.name = ?1`;
export const FIND_BY_ID = `${ROW} where t.id = ?1`;
/** "g" follows every hexadecimal digit. */
export const FIND_BY_BEGINNING = `${ROW} where t.id >= ?1 and t.id < ?1 || 'g' limit 2`;

export const TAKE =
  `update transactions set owner = ?2, epoch = epoch + 1, listens = 0, taken_at = ?3 where id = ?1 and status <> 8
  and (owner is null or owner in (select id from workers where dead = 1))
  and exists (select 1 from workers where id = ?2 and dead = 0 and lease_until > ?3)
  returning id, epoch, status`;

/** The conditions fence the append: the owner and its epoch, and the record that must come before. */
const IS_MINE = `exists (select 1 from transactions where id = ?1 and epoch = ?3 and owner = ?6)`;
const FOLLOWS = `(?2 = 0 or exists (select 1 from records where tx = ?1 and seq = ?2 - 1 and sum = ?7))`;

export const APPEND = `insert into records (tx, seq, epoch, data, sum) select ?1, ?2, ?3, ?4, ?5
  where ${IS_MINE} and ${FOLLOWS} on conflict (tx, seq) do nothing`;

export const LOOK = `select t.epoch = ?3 and t.owner = ?4 as mine, r.epoch, r.sum
  from (select ?1 as id) k left join transactions t on t.id = k.id left join records r on r.tx = k.id and r.seq = ?2`;

/** Of those that end, only what ends after a notifier first asked for it counts as not told. */
export const REST = (rest: string): string =>
  `case when ?4 in (5, 6, 7) and not exists (select 1 from notified_statuses n where n.status = ?4) then notified else ${rest} end`;

const RELEASED = `listens = 0, status = coalesce(?4, case status when 1 then 0 else status end), owner = null,
  due_at = coalesce(?5, case when ?4 is null then due_at else ?6 end),
  ended_at = case when ?4 in (5, 6, 7) then ?6 when ?4 is null then ended_at end,
  steps = coalesce(?7, steps), finished = coalesce(?8, finished),
  claims = case when ?4 is not null then 0 when status = 1 then max(0, claims - 1) else claims end`;

export const CONCLUDE = `update transactions set ${RELEASED}, rest = ${
  REST("?16")
}, at_step = ?9, error = ?10, listed = ?11, last_at = ?12, listing = ?13
  where id = ?1 and owner = ?2 and epoch = ?3
  and exists (select 1 from records where tx = ?1 and seq = ?14 - 1 and sum = ?15)
  and not exists (select 1 from records where tx = ?1 and seq = ?14)`;

export const LAST_RECORD = `insert into records (tx, seq, epoch, data, sum) values (?1, ?2, ?3, ?4, ?5)`;

export const LEAVE = `update transactions set ${RELEASED}, rest = case when ?11 is null then rest else ${
  REST("?14")
} end,
  at_step = coalesce(?9, at_step), error = coalesce(?10, error),
  listed = coalesce(?11, listed), last_at = coalesce(?12, last_at), listing = coalesce(?13, listing)
  where id = ?1 and owner = ?2 and epoch = ?3`;

/** The row first: its owner notices, and no worker claims a journal without records. */
export const REMOVE = `delete from transactions where id = ?1 and owner = ?2 and epoch = ?3`;
export const PRUNE = `delete from transactions
  where id = ?1 and epoch = ?2 and status in (5, 6, 7) and owner is null`;
export const REMOVE_RECORDS = `delete from records where tx = ?1`;
export const REMOVE_INBOX = `delete from inbox where tx = ?1`;

export const READ_RECORDS =
  `select seq, epoch, data, sum from records where tx = ?1 and seq >= ?2 order by seq limit ?3`;

export const FIND_MARKS = `select id, case when owner is null and status > 2 then status || ' ' || epoch end as mark
  from transactions where id in (select value from json_each(?1))`;

const MATCHES = `(?1 is null or t.queue = ?1) and (?2 is null or instr(coalesce(t.name, t.id), ?2) > 0)`;
/** By the index `transactions_listed`, from a place in it on. */
export const SEARCH = `${ROW} where ${MATCHES} and (?3 is null or instr(t.error, ?3) > 0)
  and t.listed = ?4 and t.last_at <= ?5 and (t.last_at, t.id) > (?6, ?7) order by t.last_at, t.id limit ?8`;
/** By the index `transactions_unlisted`. */
export const SEARCH_UNLISTED = `${ROW} where ${MATCHES} and t.listed is null and t.id > ?3 order by t.id limit ?4`;
export const LIST = `select id, name from transactions where id > ?1 order by id limit ?2`;
export const COUNT = `select count(*) as count from transactions`;

export const ADD_REQUEST = `insert into inbox (id, tx, at, data) select ?1, id, ?3, ?4 from transactions
  where id = ?2 and owner is not null and listens % 2 = 1 on conflict do nothing`;
export const COUNT_REQUEST = `update transactions set requests = requests + 1 where id = ?1`;
export const HAS_REQUEST = `select 1 from inbox where id = ?1`;
export const LISTEN = `update transactions set listens = ?4
  where id = ?1 and owner = ?2 and epoch = ?3 and listens <= ?4`;
export const STOP_LISTENING = `update transactions set listens = ?5
  where id = ?1 and owner = ?2 and epoch = ?3 and requests = ?4 and listens <= ?5`;
export const FIND_REQUESTED = `select distinct i.tx from inbox i join transactions t on t.id = i.tx where t.owner = ?1`;
export const READ_REQUESTS = `select id, data from inbox where tx = ?1 order by at, id`;
export const COUNT_REQUESTS = `select requests from transactions where id = ?1`;
export const REMOVE_REQUEST = `delete from inbox where id = ?1`;

export const ADD_QUEUE = `insert into queues (name, rate_at, paused) values (?1, ?2, 0) on conflict do nothing`;
