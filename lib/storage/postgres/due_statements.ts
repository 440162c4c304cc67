/**
 * The statements about what is due, in PostgreSQL's dialect. Limits hold because a statement that counts what runs, or takes of a rate, has
 * locked the row of the queue by a statement before, in the order of the names.
 */
import { RECORDS_OF_A_START } from "../sql/work/due_database.ts";
import { isAlive } from "./statements.ts";

/** One moment for a whole statement, so that an index can be asked for it. It is later than every wait for a lock before. */
const AT = "statement_timestamp()";
const millis = (time: string) => `(extract(epoch from ${time}) * 1000)::float8`;

/** What a queue may still give, by its rate. If the clock was set back, nothing is taken away. */
const TOKENS = `case when q.rate_per_s is not null then least(q.rate_burst, coalesce(q.rate_tokens, q.rate_burst)
  + greatest(0, extract(epoch from ${AT} - q.rate_at))::float8 * q.rate_per_s) end`;
/** How many more may run. Without a limit it is null, which \`least\` passes over. */
const LEFT = `case when q.max_running is not null then greatest(0, q.max_running
  - (select count(*) from {transactions} r where r.queue = q.name and r.status = 1))::int end`;
const HAS_ROOM = `coalesce(${LEFT}, 1) > 0`;
/** A time that lies ahead was set before the clock was: the claim sets it anew. */
const HAS_TOKENS = `(coalesce(${TOKENS}, 1) >= 1 or q.rate_at > ${AT})`;

/** $homes and $exclude as lists, or null. */
const isHome = (homes: string) =>
  `(${homes}::text[] is null or exists (select from unnest(${homes}::text[]) h where starts_with(t.home, h)))`;
const isWanted = (exclude: string) =>
  `(${exclude}::text[] is null or coalesce(t.name, t.id::text) <> all(${exclude}::text[]))`;
/** By the index \`transactions_ready\`. */
const IS_READY = `t.status = 0 and t.queue = q.name and t.due_at <= ${AT} and t.owner is null`;

/** The first in the order of the index: asked whether there is any, the planner would look through the table. */
const FOUND = `(select true from {transactions} t where ${IS_READY} and ${isHome("$2")} and ${isWanted("$3")}
  order by t.priority, t.due_at, t.id limit 1)`;
const ASKED = "($1::text[] is null or q.name = any($1::text[])) and not q.paused";

export const FIND_DUE = `select array(select q.name from {queues} q
    where ${ASKED} and ${HAS_ROOM} and ${HAS_TOKENS} and ${FOUND} order by q.name) as queues,
  coalesce(first.due_at <= ${AT}, false) as wakes,
  least(case when first.due_at > ${AT} then ${millis(`first.due_at - ${AT}`)} end,
    (select min((1 - ${TOKENS}) / q.rate_per_s * 1000) from {queues} q
      where ${ASKED} and ${HAS_ROOM} and ${TOKENS} < 1 and ${FOUND}))::float8 as soon_ms
  from (select min(due_at) as due_at from {transactions} where status = 2 and owner is null) first`;

export const WAKE = `update {transactions} t set status = 0 from (select id from {transactions} where status = 2
  and due_at <= ${AT} and owner is null order by due_at limit $1 for update skip locked) s where t.id = s.id returning t.queue`;

/** Counting and claiming without this lock overran limits in most rounds of a race. */
export const LOCK_QUEUES = `select from {queues} where name = any($1::text[]) order by name for update`;

/** Neither that nor a record more than a start leaves since the last claim. */
const IS_STUCK = `d.claims >= $6::int and d.last <= d.claim_seq + ${RECORDS_OF_A_START}`;

export const CLAIM = `with room as (select q.name, q.rate_per_s is not null as is_rated, ${TOKENS} as tokens,
    greatest(0, least($3::int, ${LEFT}, floor(${TOKENS})))::int as n
    from {queues} q where q.name = any($2::text[]) and not q.paused and ${isAlive("$1")}),
  due as (select d.* from room q cross join lateral (select t.id, t.queue, t.priority, t.due_at, t.claims, t.claim_seq
      from {transactions} t where ${IS_READY} and ${isHome("$4")} and ${isWanted("$5")}
      order by t.priority, t.due_at, t.id limit q.n for update skip locked) d
    order by d.priority, d.due_at, d.id limit $3),
  last as (select d.*, (select max(seq) from {records} where tx = d.id) as last from due d),
  chosen as (select d.*, coalesce(${IS_STUCK}, false) as is_stuck,
    case when d.last <= d.claim_seq + ${RECORDS_OF_A_START} then d.claims else 0 end as in_a_row from last d),
  spent as (update {queues} q set rate_at = ${AT},
      rate_tokens = room.tokens - (select count(*) from chosen c where c.queue = q.name and not c.is_stuck)
    from room where room.name = q.name and room.is_rated),
  done as (update {transactions} t set status = case when c.is_stuck then 4 else 1 end, listens = 0,
      owner = case when c.is_stuck then null else $1::uuid end, epoch = t.epoch + case when c.is_stuck then 0 else 1 end,
      taken_at = case when c.is_stuck then t.taken_at else ${AT} end, claims = c.in_a_row + 1, claim_seq = c.last,
      blocked = case when c.is_stuck then $7 else t.blocked end, error = case when c.is_stuck then $7 else t.error end,
      rest = case when c.is_stuck then 'aborted stuck ' || t.epoch else t.rest end
    from chosen c where t.id = c.id
    returning t.id, t.name, t.epoch, t.status, t.requests, t.priority, t.due_at)
  select id, name, epoch, status, requests from done order by priority, due_at, id`;

/** What begins without a claim. Limits of its queue are locked, if there are any. */
export const LOCK_LIMITS = `select from {queues} q where (q.max_running is not null or q.rate_per_s is not null)
  and q.name in (select t.queue from {transactions} t where t.id = any($1::uuid[]) and t.status <> 1)
  order by q.name for update`;

/** One that was chosen and is not done was taken over since the statement began. */
export const BEGIN_RUNS = `with a as (select a.tx, a.epoch, t.queue, t.status = 1 as runs,
    row_number() over (partition by t.queue, t.status = 1 order by a.tx) as place
    from unnest($2::uuid[], $3::int[]) a (tx, epoch)
    join {transactions} t on t.id = a.tx and t.owner = $1 and t.epoch = a.epoch and t.listens <= 1),
  room as (select q.name, q.rate_per_s is not null as is_rated, ${TOKENS} as tokens,
    greatest(0, least(${LEFT}, floor(${TOKENS}))) as n from {queues} q
    where (q.max_running is not null or q.rate_per_s is not null) and q.name in (select queue from a where not runs)),
  chosen as (select a.* from a left join room on room.name = a.queue where a.runs or a.place <= coalesce(room.n, a.place)),
  spent as (update {queues} q set rate_at = ${AT},
      rate_tokens = room.tokens - (select count(*) from chosen c where c.queue = q.name and not c.runs)
    from room where room.name = q.name and room.is_rated),
  done as (update {transactions} t set status = 1, listens = 1, listed = null, blocked = null,
      claims = case when c.runs then t.claims else 0 end
    from chosen c where t.id = c.tx and t.owner = $1 and t.epoch = c.epoch and t.listens <= 1 returning t.id)
  select a.tx as id, case when a.tx in (select id from done) then 'begun'
    when a.tx in (select tx from chosen) then 'fenced' else 'full' end as begun from a`;

export const GIVE_BACK =
  `with back as (update {transactions} set status = 0, owner = null, claims = greatest(0, claims - 1)
    where id = $1 and owner = $2 and epoch = $3 and status = 1 and listens = 0 returning queue)
  update {queues} q set rate_tokens = least(q.rate_burst, q.rate_tokens + 1) from back
  where q.name = back.queue and q.rate_per_s is not null`;

export const BLOCK = `update {transactions} set blocked = $2 where id = $1 and owner is null and status < 5`;

const OF_QUEUE = "($1::text[] is null or t.queue = any($1::text[]))";
const counted = (where: string) =>
  `(select count(*) from {transactions} t where ${where} and ${OF_QUEUE} and ${isHome("$2")})::float8`;
/** Of each status by its index. */
const dueCounted = (where: string) =>
  ["t.status = 0", "t.status = 2"].map((status) =>
    `(select count(*) from {transactions} t where ${status} and t.due_at <= ${AT} and t.owner is null
    and ${OF_QUEUE} and ${where})::float8`
  ).join(" + ");

export const COUNT_DUE = `select ${dueCounted(`${isHome("$2")} and ${isWanted("$3")}`)} as due,
  ${dueCounted(`not ${isHome("$2")}`)} as untrusted,
  (select ${millis("min(t.due_at)")} from {transactions} t where t.status = 2 and t.due_at > ${AT} and t.owner is null
    and ${OF_QUEUE} and ${isHome("$2")}) as next_due_at,
  (select ${
  millis("min(t.due_at)")
} from {transactions} t where t.status in (0, 2) and t.due_at <= ${AT} and t.owner is null
    and ${OF_QUEUE} and ${isHome("$2")} and ${isWanted("$3")}) as oldest_due_at,
  ${counted("t.status = 1")} as running, ${counted("t.status = 3")} as asking, ${counted("t.status = 4")} as aborted`;

export const FIND_PROCESSES = `select id, pid, process from {workers} where not dead
  and ($1::int is null or pid = $1) order by id`;

const inQueue = (where: string) =>
  `(select count(*) from {transactions} t where t.queue = q.name and ${where})::float8`;
export const LIST_QUEUES = `select q.name, q.max_running, q.rate_per_s, q.rate_burst, q.paused,
  ${inQueue(`t.status = 0 and t.due_at <= ${AT}`)} + ${inQueue(`t.status = 2 and t.due_at <= ${AT}`)} as due,
  ${inQueue("t.status = 1")} as running, ${inQueue(`t.status = 2 and t.due_at > ${AT}`)} as sleeping
  from {queues} q order by q.name`;

/** Without a row yet, one is made. A queue that gets a rate can give its burst at once; one whose rate changes keeps what it has. */
export const SET_QUEUE =
  `insert into {queues} as q (name, max_running, rate_per_s, rate_burst, rate_tokens, rate_at, paused)
  values ($1, $3::int, $5::float8, $6::float8, $6::float8, ${AT}, false) on conflict (name) do update set
  max_running = case when $2 then $3::int else q.max_running end,
  rate_tokens = case when $4 then least($6::float8, ${TOKENS}) else q.rate_tokens end,
  rate_at = case when $4 then ${AT} else q.rate_at end,
  rate_per_s = case when $4 then $5::float8 else q.rate_per_s end,
  rate_burst = case when $4 then $6::float8 else q.rate_burst end
  returning xmax = 0 as is_new`;

export const PAUSE_QUEUE = `insert into {queues} (name, rate_at, paused) values ($1, ${AT}, $2)
  on conflict (name) do update set paused = excluded.paused returning xmax = 0 as is_new`;
