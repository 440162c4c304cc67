/** The statements about what is due, in SQLite's dialect. ?1 is the present time. Those that claim run within `begin immediate`. */

/** What a queue may still give, by its rate. If the clock was set back, nothing is taken away. */
const TOKENS = `min(q.rate_burst, coalesce(q.rate_tokens, q.rate_burst)
  + max(0, ?1 - q.rate_at) / 1000.0 * q.rate_per_s)`;
const LEFT = `max(0, q.max_running - (select count(*) from transactions r where r.queue = q.name and r.status = 1))`;
const HAS_ROOM = `(q.max_running is null or ${LEFT} > 0)`;
/** A time that lies ahead was set before the clock was: the claim sets it anew. */
const HAS_TOKENS = `(q.rate_per_s is null or ${TOKENS} >= 1 or q.rate_at > ?1)`;

/** Lists as JSON, or null. */
const isIn = (value: string, list: string) => `(${list} is null or ${value} in (select value from json_each(${list})))`;
const isHome = (homes: string) =>
  `(${homes} is null or exists (select 1 from json_each(${homes}) h where substr(t.home, 1, length(h.value)) = h.value))`;
const isWanted = (exclude: string) =>
  `(${exclude} is null or coalesce(t.name, t.id) not in (select value from json_each(${exclude})))`;
/** By the index \`transactions_ready\`. */
const IS_READY = "t.status = 0 and t.queue = q.name and t.due_at <= ?1 and t.owner is null";

const FOUND = `exists (select 1 from transactions t where ${IS_READY} and ${isHome("?3")} and ${isWanted("?4")})`;
const ASKED = `${isIn("q.name", "?2")} and q.paused = 0`;

export const DATA_VERSION = "pragma data_version";

export const FIND_QUEUES = `select q.name from queues q
  where ${ASKED} and ${HAS_ROOM} and ${HAS_TOKENS} and ${FOUND} order by q.name`;

export const FIND_SLEEPERS =
  `select coalesce(due_at <= ?1, 0) as wakes, case when due_at > ?1 then due_at - ?1 end as sleeper_ms
  from (select min(due_at) as due_at from transactions where status = 2 and owner is null)`;

export const FIND_TOKENS = `select min((1 - ${TOKENS}) / q.rate_per_s * 1000) as token_ms from queues q
  where ${ASKED} and q.rate_per_s is not null and ${HAS_ROOM} and ${TOKENS} < 1 and ${FOUND}`;

export const WAKE = `update transactions set status = 0 where id in (
  select id from transactions where status = 2 and due_at <= ?1 and owner is null order by due_at limit ?2) returning queue`;

/** How many a queue gives now. */
const ROOM = `min(coalesce(${LEFT}, ?3), coalesce(cast(${TOKENS} as integer), ?3))`;

/** The first of each queue. */
export const FIND_READY = `select t.id, t.name, t.priority, t.due_at, t.claims, t.claim_seq,
  (select max(seq) from records where tx = t.id) as last
  from transactions t join queues q on q.name = ?2
  where ${IS_READY} and q.paused = 0 and ${isHome("?4")} and ${isWanted("?5")}
  order by t.priority, t.due_at, t.id limit coalesce((select min(?3, ${ROOM}) from queues q where q.name = ?2), 0)`;

export const SPEND = `update queues as q set rate_tokens = ${TOKENS} - ?3, rate_at = ?1
  where q.name = ?2 and q.rate_per_s is not null`;

export const CLAIM =
  `update transactions set status = 1, listens = 0, owner = ?2, epoch = epoch + 1, taken_at = ?3, claims = ?4, claim_seq = ?5
  where id = ?1 returning id, epoch, status, requests`;

/** Instead of a claim. */
export const ABORT = `update transactions set status = 4, claims = ?2, blocked = ?3, error = ?3,
  rest = 'aborted stuck ' || epoch
  where id = ?1 returning id, epoch, status, requests`;

/** Whether what is owned may run: as it does already, or within the limits of its queue. */
export const MAY_BEGIN = `select t.queue, t.status = 1 as runs, ${HAS_ROOM} and ${HAS_TOKENS} as has_room
  from transactions t left join queues q on q.name = t.queue where t.id = ?2 and t.owner = ?3 and t.epoch = ?4 and t.listens <= 1`;

export const BEGIN_RUN = `update transactions set status = 1, listens = 1, listed = null, blocked = null,
  claims = case status when 1 then claims else 0 end where id = ?1`;

export const GIVE_BACK = `update transactions set status = 0, owner = null, claims = max(0, claims - 1)
  where id = ?1 and owner = ?2 and epoch = ?3 and status = 1 and listens = 0 returning queue`;
export const REFUND = `update queues set rate_tokens = min(rate_burst, rate_tokens + 1)
  where name = ?1 and rate_per_s is not null`;

export const BLOCK = `update transactions set blocked = ?2 where id = ?1 and owner is null and status < 5`;

const OF_QUEUE = isIn("t.queue", "?2");
const counted = (where: string) =>
  `(select count(*) from transactions t where ${where} and ${OF_QUEUE} and ${isHome("?3")})`;
/** Of each status by its index. */
const dueCounted = (where: string) =>
  ["t.status = 0", "t.status = 2"].map((status) =>
    `(select count(*) from transactions t where ${status} and t.due_at <= ?1 and t.owner is null and ${OF_QUEUE} and ${where})`
  ).join(" + ");

export const COUNT_DUE = `select ${dueCounted(`${isHome("?3")} and ${isWanted("?4")}`)} as due,
  ${dueCounted(`not ${isHome("?3")}`)} as untrusted,
  (select min(t.due_at) from transactions t where t.status = 2 and t.due_at > ?1 and t.owner is null
    and ${OF_QUEUE} and ${isHome("?3")}) as next_due_at,
  (select min(t.due_at) from transactions t where t.status in (0, 2) and t.due_at <= ?1 and t.owner is null
    and ${OF_QUEUE} and ${isHome("?3")} and ${isWanted("?4")}) as oldest_due_at,
  ${counted("t.status = 1")} as running, ${counted("t.status = 3")} as asking, ${counted("t.status = 4")} as aborted`;

export const FIND_PROCESSES = `select id, pid, process from workers where dead = 0
  and (?1 is null or pid = ?1) order by id`;

const inQueue = (where: string) => `(select count(*) from transactions t where t.queue = q.name and ${where})`;
export const LIST_QUEUES = `select q.name, q.max_running, q.rate_per_s, q.rate_burst, q.paused,
  ${inQueue("t.status = 0 and t.due_at <= ?1")} + ${inQueue("t.status = 2 and t.due_at <= ?1")} as due,
  ${inQueue("t.status = 1")} as running, ${inQueue("t.status = 2 and t.due_at > ?1")} as sleeping
  from queues q order by q.name`;

/** A queue that gets a rate can give its burst at once; one whose rate changes keeps what it has. */
export const SET_QUEUE = `update queues as q set
  max_running = case when ?3 then ?4 else max_running end,
  rate_tokens = case when ?5 then min(?7, coalesce(${TOKENS}, ?7)) else rate_tokens end,
  rate_at = case when ?5 then ?1 else rate_at end,
  rate_per_s = case when ?5 then ?6 else rate_per_s end,
  rate_burst = case when ?5 then ?7 else rate_burst end where q.name = ?2`;

export const PAUSE_QUEUE = `update queues set paused = ?2 where name = ?1`;
