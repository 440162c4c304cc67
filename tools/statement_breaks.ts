/** What is broken, where, what stands there and what instead. */
export type Break = readonly [name: string, file: string, find: string, replace: string];

const STATEMENTS = "lib/storage/sqlite/statements.ts";
const TABLES = "lib/storage/sqlite/tables.ts";

/** The conditions of the statements, one by one. */
export const STATEMENT_BREAKS: readonly Break[] = [
  [
    "an append asks for no owner",
    STATEMENTS,
    "  where ${IS_MINE} and ${FOLLOWS} on conflict",
    "  where ${FOLLOWS} and ?6 = ?6 on conflict",
  ],
  [
    "an append asks for no epoch",
    STATEMENTS,
    "where id = ?1 and epoch = ?3 and owner = ?6)",
    "where id = ?1 and owner = ?6 and ?3 = ?3)",
  ],
  [
    "an append asks for the epoch alone",
    STATEMENTS,
    "where id = ?1 and epoch = ?3 and owner = ?6)",
    "where id = ?1 and epoch = ?3 and ?6 = ?6)",
  ],
  [
    "an append asks for no record before",
    STATEMENTS,
    "where ${IS_MINE} and ${FOLLOWS} on",
    "where ${IS_MINE} and ?7 = ?7 on",
  ],
  [
    "a conclusion asks for no owner",
    STATEMENTS,
    "where id = ?1 and owner = ?2 and epoch = ?3\n  and exists (select 1 from records",
    "where id = ?1 and ?2 = ?2 and epoch = ?3\n  and exists (select 1 from records",
  ],
  [
    "a conclusion asks for no epoch",
    STATEMENTS,
    "where id = ?1 and owner = ?2 and epoch = ?3\n  and exists (select 1 from records",
    "where id = ?1 and owner = ?2 and ?3 = ?3\n  and exists (select 1 from records",
  ],
  [
    "a conclusion asks for no record before",
    STATEMENTS,
    "  and exists (select 1 from records where tx = ?1 and seq = ?14 - 1 and sum = ?15)\n",
    "  and ?15 = ?15\n",
  ],
  [
    "a release asks for no owner",
    STATEMENTS,
    "listing = coalesce(?13, listing)\n  where id = ?1 and owner = ?2 and epoch = ?3`",
    "listing = coalesce(?13, listing)\n  where id = ?1 and ?2 = ?2 and epoch = ?3`",
  ],
  [
    "a release asks for no epoch",
    STATEMENTS,
    "listing = coalesce(?13, listing)\n  where id = ?1 and owner = ?2 and epoch = ?3`",
    "listing = coalesce(?13, listing)\n  where id = ?1 and owner = ?2 and ?3 = ?3`",
  ],
  ["a release leaves requests let in", STATEMENTS, "listens = 0, status = coalesce(?4,", "status = coalesce(?4,"],
  [
    "a release leaves what is running",
    STATEMENTS,
    "coalesce(?4, case status when 1 then 0 else status end)",
    "coalesce(?4, status)",
  ],
  [
    "a take counts no owner",
    STATEMENTS,
    "set owner = ?2, epoch = epoch + 1, listens = 0",
    "set owner = ?2, listens = 0",
  ],
  ["a take needs no dead owner", STATEMENTS, "owner in (select id from workers where dead = 1))", "owner is not null)"],
  [
    "a take needs no living worker",
    STATEMENTS,
    "  and exists (select 1 from workers where id = ?2 and dead = 0 and lease_until > ?3)\n",
    "  and ?3 = ?3\n",
  ],
  [
    "a heartbeat revives the dead",
    STATEMENTS,
    "where id = ?1 and dead = 0 and lease_until > ?2`;\n\nexport const REMOVE",
    "where id = ?1 and lease_until > ?2`;\n\nexport const REMOVE",
  ],
  [
    "a heartbeat revives a lease",
    STATEMENTS,
    "where id = ?1 and dead = 0 and lease_until > ?2`;\n\nexport const REMOVE",
    "where id = ?1 and dead = 0`;\n\nexport const REMOVE",
  ],
  [
    "a burial asks for no lease",
    STATEMENTS,
    "and dead = 0 and (?2 or lease_until = ?3)",
    "and dead = 0 and (?2 or ?3 = ?3)",
  ],
  [
    "the sweep makes everything ready",
    STATEMENTS,
    "case status when 1 then 0 else status end, owner = null, epoch = epoch + 1`",
    "0, owner = null, epoch = epoch + 1`",
  ],
  [
    "the sweep counts no owner",
    STATEMENTS,
    "else status end, owner = null, epoch = epoch + 1`",
    "else status end, owner = null`",
  ],
  [
    "the sweep leaves requests let in",
    STATEMENTS,
    "`listed = null, listens = 0, status = case",
    "`listed = null, status = case",
  ],
  ["a creation asks for no lease", TABLES, "if (owner !== undefined) this.requireAlive(owner, now);", ""],
  [
    "a run begins without its owner",
    STATEMENTS,
    "listed = null where id = ?1 and owner = ?2 and epoch = ?3",
    "listed = null where id = ?1 and ?2 = ?2 and epoch = ?3",
  ],
  [
    "a run begins in any epoch",
    STATEMENTS,
    "listed = null where id = ?1 and owner = ?2 and epoch = ?3",
    "listed = null where id = ?1 and owner = ?2 and ?3 = ?3",
  ],
  ["a claim takes what is held", STATEMENTS, "and due_at <= ?3 and owner is null\n", "and due_at <= ?3\n"],
  [
    "a claim takes what is not due",
    STATEMENTS,
    "queue = ?2 and due_at <= ?3 and owner is null",
    "queue = ?2 and ?3 = ?3 and owner is null",
  ],
  [
    "a claim takes what asks",
    STATEMENTS,
    "select id from transactions where status = 0 and queue = ?2",
    "select id from transactions where status in (0, 3, 4) and queue = ?2",
  ],
  ["a claim knows no order", STATEMENTS, "order by priority, due_at, id limit ?4", "order by id limit ?4"],
  [
    "a claim needs no living worker",
    STATEMENTS,
    "  and exists (select 1 from workers where id = ?1 and dead = 0 and lease_until > ?3)\n",
    "  and ?3 = ?3\n",
  ],
  [
    "a claim counts no owner",
    STATEMENTS,
    "owner = ?1, epoch = epoch + 1, taken_at",
    "owner = ?1, taken_at",
  ],
  [
    "a queue has no limit",
    STATEMENTS,
    "  - (select count(*) from transactions where queue = ?1 and status = 1) end",
    "  - 0 * ?2 end",
  ],
  ["a queue is never paused", STATEMENTS, "case when q.paused then 0 else", "case when 0 then 0 else"],
  [
    "sleepers wake too soon",
    STATEMENTS,
    "where status = 2 and due_at <= ?1 and owner is null",
    "where status = 2 and ?1 = ?1 and owner is null",
  ],
  [
    "sleepers wake while they are held",
    STATEMENTS,
    "where status = 2 and due_at <= ?1 and owner is null",
    "where status = 2 and due_at <= ?1",
  ],
  [
    "requests are let in by anybody",
    STATEMENTS,
    "where id = ?2 and owner is not null and listens = 1 on",
    "where id = ?2 and owner is not null on",
  ],
  [
    "requests are not counted",
    STATEMENTS,
    "set requests = requests + 1 where id = ?1",
    "set requests = requests where id = ?1",
  ],
  [
    "anybody lets requests in",
    STATEMENTS,
    "set listens = 1 where id = ?1 and owner = ?2 and epoch = ?3",
    "set listens = 1 where id = ?1 and ?2 = ?2 and ?3 = ?3",
  ],
  [
    "a run stops to listen although more has come",
    STATEMENTS,
    "and epoch = ?3 and requests = ?4`",
    "and epoch = ?3 and ?4 = ?4`",
  ],
  [
    "what can run is pruned",
    STATEMENTS,
    "where id = ?1 and epoch = ?2 and status in (5, 6, 7) and owner is null",
    "where id = ?1 and epoch = ?2 and owner is null",
  ],
  [
    "what is owned is pruned",
    STATEMENTS,
    "where id = ?1 and epoch = ?2 and status in (5, 6, 7) and owner is null",
    "where id = ?1 and epoch = ?2 and status in (5, 6, 7)",
  ],
  [
    "anybody removes",
    STATEMENTS,
    "delete from transactions where id = ?1 and owner = ?2 and epoch = ?3",
    "delete from transactions where id = ?1 and ?2 = ?2 and ?3 = ?3",
  ],
];
