/**
 * The statements of the store in PostgreSQL's dialect. `{records}` is the table in the schema of the store: behind PgBouncer,
 * no setting of a session can be relied on. Each is one transaction under "read committed", and names what it locks in an
 * order, or passes over what is locked.
 */

export const NOW = "clock_timestamp()";
const ms = (parameter: string) => `${parameter}::float8 * interval '1 millisecond'`;
export const isAlive = (id: string): string =>
  `exists (select from {workers} where id = ${id} and not dead and lease_until > ${NOW})`;
/** Compares equal as long as nobody has changed the lease. */
const LEASE = "(extract(epoch from lease_until) * 1000000)::bigint::text";
/** What an owner has done that died, only the records tell. */
const FREED =
  "listed = null, listens = 0, status = case t.status when 1 then 0 else t.status end, owner = null, epoch = t.epoch + 1";

export const ADD_WORKER =
  `insert into {workers} (id, lease_until, dead, started_at, host, pid, process, library, creations)
  values ($1, ${NOW} + ${ms("$2")}, false, ${NOW}, $3, $4, $5, $6, 0) on conflict do nothing`;

export const BEAT = `update {workers} set lease_until = ${NOW} + ${ms("$2")}
  where id = $1 and not dead and lease_until > ${NOW} returning 1`;

/** A dead one stays for a day: see `DEAD_KEPT_MS`. */
export const REMOVE_WORKER = `with gone as (delete from {workers} where id = $1 and not dead and not $2::boolean
  and not exists (select from {transactions} where owner = $1) returning id)
  update {workers} set dead = true where id = $1 and not exists (select from gone)`;

/** A lease that ends later than any can was given before the clock was set back. */
export const FIND_OVERDUE = `select id, ${LEASE} as lease from {workers}
  where not dead and id <> $1 and (lease_until <= ${NOW} or lease_until > ${NOW} + ${ms("$2")})`;

export const BURY = `update {workers} set dead = true where id in (select w.id from {workers} w
  join unnest($1::uuid[], $2::text[], $3::bool[]) a (id, lease, gone) on a.id = w.id
  where not w.dead and (a.gone or a.lease = ${LEASE}) for update of w skip locked)`;

export const FREE_ORPHANS = `update {transactions} t set ${FREED} from (select o.id from {workers} w
  join {transactions} o on o.owner = w.id where w.dead limit $1 for update of o skip locked) d
  where t.id = d.id returning t.id`;

export const FORGET_DEAD = `delete from {workers} where id in (select w.id from {workers} w where w.dead
  and w.lease_until < ${NOW} - ${ms("$1")}
  and not exists (select from {transactions} where owner = w.id) for update skip locked)`;

export const FIND_OWNED = `select id, epoch from {transactions} where owner = $1`;

/** Each batch once, and none that a later one has overtaken. */
export const mayCreate = (worker: string, batch: string): string =>
  `m as (select from {workers} where id = ${worker} and not dead and lease_until > ${NOW} and creations < ${batch}::int)`;
/**
 * After what is in `t`: a heartbeat does not wait for a name that another process is about to take. If the answer is lost, what
 * is noted here tells whether this has created a row that is gone.
 */
export const noteBatch = (worker: string, batch: string, taken: string): string =>
  `n as (update {workers} set creations = ${batch}::int, taken = d.taken from (select ${taken} as taken, count(*) from t) d
    where id = ${worker} and creations < ${batch}::int and exists (select from m))`;
/** Every queue that transactions are in has a row. */
export const addQueues = (names: string): string =>
  `insert into {queues} (name, rate_at, paused) select n.name, ${NOW}, false from (select distinct ${names}) n (name)
  where not exists (select from {queues} q where q.name = n.name) order by n.name on conflict do nothing`;

export const CREATE = `with ${
  mayCreate("$16", "$17")
}, a as (select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::int[],
    $6::float8[], $7::text[], $8::text[], $9::int[], $10::int[], $11::int[], $12::bigint[], $13::text[],
    string_to_array($14, E'\\n'), $15::text[])
    a (id, name, owner, queue, priority, due, library, home, status, steps, listed, last_at, listing, data, sum)),
  t as (insert into {transactions} (id, name, status, queue, priority, due_at, owner, epoch, listens, requests, format,
    library, home, created_at, steps, finished, listed, last_at, listing)
    select id, name, coalesce(status, case when to_timestamp(due / 1000) > ${NOW} then 2 else 0 end), queue,
      priority, coalesce(to_timestamp(due / 1000), ${NOW}), owner, case when owner is null then 0 else 1 end,
      case status when 1 then 1 else 0 end, 0, 1, library, home, ${NOW}, steps, 0, listed, last_at, listing
    from a where exists (select from m) order by id on conflict do nothing returning id, epoch),
  q as (${addQueues("a.queue from t join a on a.id = t.id")}),
  ${
  noteBatch(
    "$16",
    "$17",
    "(select string_agg(a.id::text, ' ') from a where not exists (select from t where t.id = a.id))",
  )
}
  insert into {records} (tx, seq, epoch, data, sum) select a.id, 0, t.epoch, a.data, a.sum from t join a on a.id = t.id
  returning tx`;

/** Of rows that were not created by this try: whether they are there as an earlier one has created them, or what is noted. */
export const CREATED =
  `select a.id, w.creations >= $5::int is true as done, strpos(w.taken, a.id::text) > 0 is true as taken,
    exists (select from {transactions} t join {records} r on r.tx = t.id and r.seq = 0
    where t.id = a.id and (a.owner is null or (t.owner = a.owner and t.epoch = 1)) and r.sum = a.sum) as same
  from unnest($1::uuid[], $2::uuid[], $3::text[]) a (id, owner, sum)
  left join {workers} w on w.id = $4`;

const COLUMNS =
  `t.id, t.name, t.status, t.queue, t.priority, t.owner, t.epoch, t.requests, t.steps, t.finished, t.at_step,
  t.error, t.exported_to, t.exported_host, t.blocked, t.listed, t.last_at::float8 as last_at, t.listing, (extract(epoch from t.due_at) * 1000)::float8 as due_at, (extract(epoch from t.ended_at) * 1000)::float8 as ended_at,
  (extract(epoch from t.created_at) * 1000)::float8 as created_at,
  (extract(epoch from coalesce(t.taken_at, t.created_at)) * 1000)::float8 as taken_at,
  (extract(epoch from w.lease_until) * 1000)::float8 as lease_until, w.host, w.pid, w.process, w.dead or w.lease_until <= ${NOW} as is_dead`;
const ROW = `select ${COLUMNS} from {transactions} t left join {workers} w on w.id = t.owner`;

export const FIND_BY_NAME = `${ROW} where t.name = $1`;
export const FIND_BY_ID = `${ROW} where t.id = $1`;
export const FIND_BETWEEN = `${ROW} where t.id between $1 and $2 limit 2`;

export const TAKE = `update {transactions} set owner = $2, epoch = epoch + 1, listens = 0, taken_at = ${NOW}
  where id = $1 and status <> 8
  and (owner is null or owner in (select id from {workers} where dead)) and ${isAlive("$2")}
  returning id, epoch, status`;

/**
 * The conditions of a write, as subqueries with one value: each is one look into the primary key, whatever the planner knows
 * of the tables. (As joins and `exists`, they were planned as a scan of all records and as all pairs of an owner's rows.)
 */
const isMine = (tx: string, epoch: string) =>
  `(select case when f.owner = $1 then f.epoch end from {transactions} f where f.id = ${tx}) = ${epoch}`;
const follows = (tx: string, seq: string, before: string) =>
  `(select p.sum from {records} p where p.tx = ${tx} and p.seq = ${seq} - 1) = ${before}`;

/** Fenced without a lock: by the epoch, and by the owner too, since after a failover two claims may have one epoch. */
export const APPEND = `insert into {records} (tx, seq, epoch, data, sum) select a.tx, a.seq, a.epoch, a.data, a.sum
  from unnest($2::uuid[], $3::int[], $4::int[], string_to_array($5, E'\\n'), $6::text[], $7::text[]) a (tx, seq, epoch, data, sum, before)
  where ${isMine("a.tx", "a.epoch")} and (a.seq = 0 or ${follows("a.tx", "a.seq", "a.before")})
  order by a.tx, a.seq on conflict (tx, seq) do nothing returning tx`;

/** The same for one record: the form with lists is planned at length each time. */
export const APPEND_ONE = `insert into {records} (tx, seq, epoch, data, sum) select $2::uuid, $3::int, $4::int, $5, $6
  where ${isMine("$2", "$4")} and ($3 = 0 or ${
  follows("$2", "$3", "$7")
}) on conflict (tx, seq) do nothing returning tx`;

/** In a transaction of a step. What was set by a step before is forgotten. */
export const BEGIN_STEP = "begin isolation level read committed";
export const LIMIT_STEP =
  "select txid_current()::text as tx, set_config('idle_in_transaction_session_timeout', $1, true)";
/**
 * The same as for one record, before the commit of a step: it fails if nothing was inserted, so that nothing is committed; and
 * in another way if the step has ended its transaction, so that nothing is inserted. (A constant would fail when it is planned.)
 */
export const APPEND_STEP =
  `with added as (${APPEND_ONE}) select case when txid_current()::text <> $8 then (txid_current()::text || ' ended')::int
  else 1 / (select count(*) from added)::int end`;
export const STEP_IS_FENCED = "22012";
export const STEP_HAS_ENDED = "22P02";
export const TX_STATUS = "select txid_status($1::bigint) as status";
/** The step may have taken a role that may not write records. */
export const RESET_ROLE = { text: "reset role" };
/** A temporary table, a lock of the session or a role would meet the next step. */
export const RESET_SESSION = [
  "reset session authorization",
  "reset role",
  "reset all",
  "unlisten *",
  "select pg_advisory_unlock_all()",
  "discard temp",
].map((text) => ({ text }));
export const END_BACKEND = "select pg_terminate_backend($1)";

export const LOOK = `select coalesce(t.epoch = a.epoch and t.owner = $1, false) as mine, r.epoch, r.sum
  from unnest($2::uuid[], $3::int[], $4::int[]) with ordinality a (tx, seq, epoch, place)
  left join {transactions} t on t.id = a.tx left join {records} r on r.tx = a.tx and r.seq = a.seq order by a.place`;

/** Of those that end, only what ends after a notifier first asked for it counts as not told. */
export const restAfter = (status: string, rest: string): string =>
  `case when ${status} in (5, 6, 7) and not exists (select from {notified_statuses} n where n.status = ${status})
  then t.notified else ${rest} end`;

const released = (of: string) =>
  `status = coalesce(${of}.status, case t.status when 1 then 0 else t.status end), owner = null, listens = 0,
  due_at = coalesce(to_timestamp(${of}.due / 1000), case when ${of}.status is null then t.due_at else ${NOW} end),
  ended_at = case when ${of}.status in (5, 6, 7) then ${NOW} when ${of}.status is null then t.ended_at end,
  steps = coalesce(${of}.steps, t.steps), finished = coalesce(${of}.finished, t.finished),
  claims = case when ${of}.status is not null then 0 when t.status = 1 then greatest(0, t.claims - 1) else t.claims end`;

/** The last record and the release are one. */
export const CONCLUDE =
  `with a as (select * from unnest($2::uuid[], $3::int[], $4::int[], string_to_array($5, E'\\n'), $6::text[], $7::text[],
    $8::int[], $9::float8[], $10::int[], $11::int[], $12::text[], $13::text[], $14::int[], $15::bigint[], $16::text[],
    $17::text[])
    a (tx, seq, epoch, data, sum, before, status, due, steps, finished, at_step, error, listed, last_at, listing, rest)),
  r as (update {transactions} t set ${released("a")}, at_step = a.at_step, error = a.error,
      listed = a.listed, last_at = a.last_at, listing = a.listing, rest = ${restAfter("a.status", "a.rest")} from a
    where t.id = a.tx and ${isMine("a.tx", "a.epoch")} and (t.owner = $1) is true and t.epoch = a.epoch
    and ${follows("a.tx", "a.seq", "a.before")}
    and (select q.seq from {records} q where q.tx = a.tx and q.seq = a.seq) is null returning t.id)
  insert into {records} (tx, seq, epoch, data, sum) select a.tx, a.seq, a.epoch, a.data, a.sum from r join a on a.tx = r.id
  returning tx`;

export const LEAVE = `update {transactions} t set ${released("a")}, at_step = coalesce(a.at_step, t.at_step),
  error = coalesce(a.error, t.error), listed = coalesce(a.listed, t.listed), last_at = coalesce(a.last_at, t.last_at),
  listing = coalesce(a.listing, t.listing),
  rest = case when a.listed is null then t.rest else ${restAfter("a.status", "a.rest")} end
  from (values ($4::int, $5::float8, $6::int, $7::int, $8::text, $9::text, $10::int, $11::bigint, $12::text, $13::text))
  a (status, due, steps, finished, at_step, error, listed, last_at, listing, rest) where t.id = $1 and t.owner = $2 and t.epoch = $3 returning 1`;

/** The row with what belongs to it: its owner notices, and no worker claims a journal without records. */
const CONTENT =
  `r as (delete from {records} using gone where tx = gone.id), i as (delete from {inbox} using gone where tx = gone.id)
  select id from gone`;
export const REMOVE =
  `with gone as (delete from {transactions} t using unnest($1::uuid[], $2::uuid[], $3::int[]) a (tx, owner, epoch)
  where t.id = a.tx and t.owner = a.owner and t.epoch = a.epoch returning t.id), ${CONTENT}`;
export const PRUNE = `with gone as (delete from {transactions} t using unnest($1::uuid[], $2::int[]) a (tx, epoch)
  where t.id = a.tx and t.epoch = a.epoch and t.status in (5, 6, 7) and t.owner is null returning t.id), ${CONTENT}`;
export const EXISTING = `select id from {transactions} where id = any($1::uuid[])`;

export const READ_RECORDS = `select seq, epoch, data, sum from (select *, sum(octet_length(data)) over (order by seq)
    - octet_length(data) as before from (select seq, epoch, data, sum from {records} where tx = $1 and seq >= $2
    order by seq limit $3) page) sized where before < $4 order by seq`;

export const FIND_MARKS = `select id, case when owner is null and status > 2 then status || ' ' || epoch end as mark
  from {transactions} where id = any($1::uuid[])`;

const MATCHES =
  "($1::text is null or t.queue = $1) and ($2::text is null or strpos(coalesce(t.name, t.id::text), $2) > 0)";
/** By the index `transactions_listed`, from a place in it on. */
export const SEARCH = `${ROW} where ${MATCHES} and ($3::text is null or strpos(t.error, $3) > 0)
  and t.listed = $4::smallint and t.last_at <= $5::bigint and (t.last_at, t.id) > ($6::bigint, $7::uuid)
  order by t.last_at, t.id limit $8`;
/** By the index `transactions_unlisted`. */
export const SEARCH_UNLISTED =
  `${ROW} where ${MATCHES} and t.listed is null and t.id > $3::uuid order by t.id limit $4`;
export const LIST = `select id, name from {transactions} where id > $1::uuid order by id limit $2`;
export const COUNT = `select count(*)::float8 as count from {transactions}`;

/** The row is locked first: an owner that stops listening has seen what was let in. */
export const ADD_REQUEST = `with known as (select id from {inbox} where id = $1),
  t as (update {transactions} set requests = requests + 1 where id = $2 and owner is not null and listens % 2 = 1
    and not exists (select from known) returning id),
  i as (insert into {inbox} (id, tx, at, data) select $1, id, ${NOW}, $3 from t on conflict do nothing returning id)
  select id from known union all select id from i`;

export const NOTIFY = "select pg_notify($1, $2)";

export const LISTEN =
  `update {transactions} set listens = $4 where id = $1 and owner = $2 and epoch = $3 and listens <= $4 returning 1`;

export const STOP_LISTENING = `update {transactions} t set listens = a.turn
  from unnest($1::uuid[], $2::uuid[], $3::int[], $4::int[], $5::int[]) a (tx, owner, epoch, seen, turn)
  where t.id = a.tx and t.owner = a.owner and t.epoch = a.epoch and t.requests = a.seen and t.listens <= a.turn returning t.id`;

export const FIND_REQUESTED =
  `select distinct i.tx from {inbox} i join {transactions} t on t.id = i.tx where t.owner = $1`;

export const READ_REQUESTS = `select t.requests, i.id, i.data from {transactions} t left join {inbox} i on i.tx = t.id
  where t.id = $1 order by i.at, i.id`;

export const REMOVE_REQUESTS = `delete from {inbox} where id = any($1::uuid[])`;

/** Whether the schema is there, and whether one of ours is in it. */
export const READ_TABLES = `select n.oid is not null as schema,
  exists (select from pg_class c where c.relnamespace = n.oid and c.relname = 'meta' and c.relkind = 'r') as tables,
  exists (select from pg_class c where c.relnamespace = n.oid and c.relname = 'records' and c.relkind = 'r') as records
  from (select $1::name as name) k left join pg_namespace n on n.nspname = k.name`;
export const READ_VERSION = `select max(version) as version from {meta}`;
export const LOCK_MIGRATION = `select pg_advisory_xact_lock(hashtextextended('resumable-tx ' || $1, 0))`;
export const ADD_VERSION = `insert into {meta} (version, at) values ($1, ${NOW})`;
