import type { Mutant } from "./mutant.ts";

const STATEMENTS = "lib/storage/sqlite/statements.ts";
const WORKER = "lib/storage/sql/sql_worker.ts";
const WRITER = "lib/storage/sql/record_writer.ts";
const OPEN = "lib/storage/sql/open_sql_journal.ts";
const CONFORMANCE = "tests/storage/store_conformance_test.ts";
const TAKE_OVER = "tests/storage/sqlite/take_over_test.ts";
const LEASE = "tests/storage/sqlite/lease_test.ts";
const UNUSABLE = "tests/storage/sqlite/unusable_database_test.ts";
const SQL_WORKER = "tests/storage/sql/sql_worker_test.ts";
const RECORDS = "tests/storage/sql/record_writer_test.ts";
const GROUP = "tests/storage/sql/group_commit_test.ts";
const SIMULATION = "tests/storage/sqlite/simulation_test.ts";
const STATEMENTS_TEST = "tests/storage/sqlite/statements_test.ts";

/** What breaks the promises of journals in databases: most are the conditions of the statements, one by one. */
export const SQL_MUTANTS: readonly Mutant[] = [
  {
    name: "an append is not fenced",
    edits: [{
      file: STATEMENTS,
      find: "  where ${IS_MINE} and ${FOLLOWS} on conflict",
      replace: "  where ${FOLLOWS} on conflict",
    }],
    tests: [CONFORMANCE, SIMULATION],
  },
  {
    name: "an append is fenced by the owner and not by the epoch",
    edits: [{
      file: STATEMENTS,
      find: "where id = ?1 and epoch = ?3 and owner = ?6)",
      replace: "where id = ?1 and owner = ?6 and ?3 = ?3)",
    }],
    tests: [CONFORMANCE],
  },
  {
    name: "an append is fenced by the epoch and not by the owner",
    edits: [{
      file: STATEMENTS,
      find: "where id = ?1 and epoch = ?3 and owner = ?6)",
      replace: "where id = ?1 and epoch = ?3 and ?6 = ?6)",
    }],
    tests: [STATEMENTS_TEST],
  },
  {
    name: "an append leaves a hole where an earlier record was lost",
    edits: [{
      file: STATEMENTS,
      find: "where ${IS_MINE} and ${FOLLOWS} on",
      replace: "where ${IS_MINE} and ?7 = ?7 on",
    }],
    tests: [STATEMENTS_TEST],
  },
  {
    name: "a run concludes although it was taken over",
    edits: [{
      file: STATEMENTS,
      find: "listing = ?13\n  where id = ?1 and owner = ?2 and epoch = ?3\n",
      replace: "listing = ?13\n  where id = ?1 and ?2 = ?2 and ?3 = ?3\n",
    }],
    tests: [STATEMENTS_TEST],
  },
  {
    name: "a take-over does not count the owners",
    edits: [{
      file: STATEMENTS,
      find: "set owner = ?2, epoch = epoch + 1, listens = 0",
      replace: "set owner = ?2, listens = 0",
    }],
    tests: [CONFORMANCE],
  },
  {
    name: "a journal is taken from a living owner",
    edits: [{
      file: STATEMENTS,
      find: "owner in (select id from workers where dead = 1))",
      replace: "owner is not null)",
    }],
    tests: [CONFORMANCE, TAKE_OVER],
  },
  {
    name: "a worker that was declared dead takes journals",
    edits: [{
      file: STATEMENTS,
      find: "  and exists (select 1 from workers where id = ?2 and dead = 0 and lease_until > ?3)\n",
      replace: "  and ?3 = ?3\n",
    }],
    tests: [STATEMENTS_TEST],
  },
  {
    name: "the dead revive with the next heartbeat",
    edits: [{
      file: STATEMENTS,
      find: "where id = ?1 and dead = 0 and lease_until > ?2`;\n\n/** A dead one",
      replace: "where id = ?1 and lease_until > ?2`;\n\n/** A dead one",
    }],
    tests: [STATEMENTS_TEST],
  },
  {
    name: "a lease that was over revives with a late heartbeat",
    edits: [{
      file: STATEMENTS,
      find: "where id = ?1 and dead = 0 and lease_until > ?2`;\n\n/** A dead one",
      replace: "where id = ?1 and dead = 0`;\n\n/** A dead one",
    }],
    tests: [STATEMENTS_TEST],
  },
  {
    name: "a worker is buried although it has extended its lease meanwhile",
    edits: [{
      file: STATEMENTS,
      find: "and dead = 0 and (?2 or lease_until = ?3)",
      replace: "and dead = 0 and (?2 or ?3 = ?3)",
    }],
    tests: [STATEMENTS_TEST],
  },
  {
    name: "the sweep makes ready what was not running",
    edits: [{
      file: STATEMENTS,
      find: "case status when 1 then 0 else status end, owner = null, epoch = epoch + 1`",
      replace: "0, owner = null, epoch = epoch + 1`",
    }],
    tests: [STATEMENTS_TEST],
  },
  {
    name: "what was freed has the epoch that its dead owner knows",
    edits: [{
      file: STATEMENTS,
      find: "else status end, owner = null, epoch = epoch + 1`",
      replace: "else status end, owner = null`",
    }],
    tests: [STATEMENTS_TEST, TAKE_OVER],
  },
  {
    name: "what this process runs is taken for a stray",
    edits: [{ file: WORKER, find: "owned.filter(({ tx }) => !this.held.has(tx))", replace: "owned" }],
    tests: [SQL_WORKER],
  },
  {
    name: "a stray stays with a living worker permanently",
    edits: [{ file: WORKER, find: "    await this.#releaseStrays();\n", replace: "" }],
    tests: [SQL_WORKER],
  },
  {
    name: "what is taken while the strays are looked up is one of them",
    edits: [{
      file: WORKER,
      find: "if (this.#takesInFlight > 0 || this.isDead) return;",
      replace: "if (this.isDead) return;",
    }],
    tests: [SQL_WORKER],
  },
  {
    name: "a process that was stopped does not look at its lease",
    edits: [{
      file: OPEN,
      find: "  get lost(): AbortSignal {\n    this.checkLease();\n",
      replace: "  get lost(): AbortSignal {\n",
    }],
    tests: [LEASE],
  },
  {
    name: "a step that blocks its process loses the journal",
    edits: [{
      file: WORKER,
      find: "this.#database.pulse?.(this.id, leaseMs, beatMs) ?? { sent, isDead: false }",
      replace: "{ sent, isDead: false }",
    }],
    tests: [LEASE],
  },
  {
    name: "a lease is measured by the clock that can be set alone",
    edits: [{
      file: WORKER,
      find: "Math.max(wall - sent.wall, elapsed - sent.elapsed)",
      replace: "wall - sent.wall",
    }],
    tests: [LEASE],
  },
  {
    name: "a lease is measured by the clock that stands still while the machine sleeps",
    edits: [{
      file: WORKER,
      find: "Math.max(wall - sent.wall, elapsed - sent.elapsed)",
      replace: "elapsed - sent.elapsed",
    }],
    tests: [LEASE],
  },
  {
    name: "a lease that seems over is swept at first sight",
    edits: [{
      file: WORKER,
      find: "return seen?.lease === lease && look.asked - seen.at >= this.#times.beatMs;",
      replace: "return true;",
    }],
    tests: [SQL_WORKER],
  },
  {
    name: "after a full disk nothing more is written although there is room",
    edits: [{
      file: "lib/storage/sqlite/sqlite_error.ts",
      find: 'disk is full/, "full"]',
      replace: 'disk is full/, "failed"]',
    }],
    tests: [UNUSABLE],
  },
  {
    name: "a changed record is not noticed",
    edits: [{
      file: "lib/storage/sql/read_records.ts",
      find: '      if ("reason" in decoded) throw new JournalDamaged(',
      replace: '      if ("reason" in decoded && row.seq < 0) throw new JournalDamaged(',
    }],
    tests: [UNUSABLE],
  },
  {
    name: "a database of a newer version is used",
    edits: [{
      file: "lib/storage/sqlite/open_database.ts",
      find: "  if (version > SCHEMA_VERSION) {",
      replace: "  if (version > SCHEMA_VERSION + 1) {",
    }],
    tests: [UNUSABLE],
  },
  {
    name: "a power cut loses what was acknowledged",
    edits: [{
      file: "lib/storage/sqlite/open_database.ts",
      find: "pragma synchronous = full",
      replace: "pragma synchronous = normal",
    }],
    tests: [STATEMENTS_TEST],
  },
  {
    name: "a journal that another process has taken over is removed",
    edits: [{
      file: STATEMENTS,
      find: "delete from transactions where id = ?1 and owner = ?2 and epoch = ?3",
      replace: "delete from transactions where id = ?1 and ?2 = ?2 and ?3 = ?3",
    }],
    tests: [STATEMENTS_TEST],
  },
  {
    name: "prune removes what can still run",
    edits: [{
      file: STATEMENTS,
      find: "epoch = ?2 and status in (5, 6, 7) and owner is null",
      replace: "epoch = ?2 and owner is null",
    }],
    tests: [STATEMENTS_TEST],
  },
  {
    name: "a request gets lost between the last look of its owner and the end of the run",
    edits: [{
      file: STATEMENTS,
      find: "and epoch = ?3 and requests = ?4 and",
      replace: "and epoch = ?3 and ?4 = ?4 and",
    }],
    tests: [STATEMENTS_TEST],
  },
  {
    name: "an append whose answer was lost counts as fenced",
    edits: [{
      file: WRITER,
      find: 'again[index] === true ? "written" : endAt(places[index], row)]',
      replace: 'again[index] === true ? "written" : "fenced"]',
    }],
    tests: [RECORDS],
  },
  {
    name: "records that a failover has lost are not appended again",
    edits: [{
      file: "lib/storage/sql/record_writer.ts",
      find: "for (const row of rows) end = await this.append(row);",
      replace: "for (const row of rows) end = row.seq < 0 ? await this.append(row) : end;",
    }],
    tests: [RECORDS],
  },
  {
    name: "a record is written after one of which nobody knows whether it is there",
    edits: [{
      file: OPEN,
      find: "if (isUnknown && told instanceof JournalUnwritable) this.#broken = told;\n",
      replace: "",
    }],
    tests: [RECORDS],
  },
  {
    name: "one bad row fails all that were written with it",
    edits: [{
      file: "lib/storage/sql/group_commit.ts",
      find: 'error.trouble === "data" && batch.length > 1',
      replace: "batch.length < 0",
    }],
    tests: [GROUP],
  },
];
