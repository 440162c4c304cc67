import type { Mutant } from "./mutant.ts";

const TABLES = "lib/storage/sqlite/queue_tables.ts";
const LITE = "lib/storage/sqlite/due_statements.ts";
const SERVER = "lib/storage/postgres/due_statements.ts";
const DUE = "lib/storage/sql/work/sql_due.ts";
const ROWS = "tests/storage/sqlite/claim_rows_test.ts";
const HOLD = "tests/storage/sqlite/claimed_hold_test.ts";
const CASES = "tests/storage/due_conformance_test.ts";
const LIMITS = "tests/storage/sqlite/queue_limits_test.ts";
const SERVER_LIMITS = "tests/storage/postgres/queue_limits_test.ts";
const SERVER_CASES = "tests/storage/postgres/due_test.ts";

/** What breaks the promises about what workers claim, and about the limits of queues. */
export const DUE_MUTANTS: readonly Mutant[] = [
  {
    name: "a claim uses nothing of the rate",
    edits: [{
      file: LITE,
      find: "set rate_tokens = ${TOKENS} - ?3,",
      replace: "set rate_tokens = ${TOKENS} - 0 * ?3,",
    }],
    tests: [ROWS],
  },
  {
    name: "a clock that is set back takes from the rate",
    edits: [{ file: LITE, find: "max(0, ?1 - q.rate_at)", replace: "(?1 - q.rate_at)" }],
    tests: [ROWS],
  },
  {
    name: "a clock that is set back stops the rate",
    edits: [{ file: LITE, find: "or ${TOKENS} >= 1 or q.rate_at > ?1)", replace: "or ${TOKENS} >= 1)" }],
    tests: [ROWS],
  },
  {
    name: "a rate saves more than a burst",
    edits: [{
      file: LITE,
      find: "min(q.rate_burst, coalesce(q.rate_tokens",
      replace: "max(q.rate_burst * 0, coalesce(q.rate_tokens",
    }],
    tests: [ROWS],
  },
  {
    name: "what is claimed in vain is claimed again and again",
    edits: [{ file: TABLES, find: "const row = claims >= MAX_CLAIMS", replace: "const row = claims < 0" }],
    tests: [ROWS],
  },
  {
    name: "a claim with progress counts as one in vain",
    edits: [{ file: TABLES, find: "claims: isProgress ? 0 :", replace: "claims: isProgress ? claimsOf(row) :" }, {
      file: TABLES,
      find: "function compareCandidates(",
      replace: 'const claimsOf = (row: Row) => numberIn(row, "claims");\nfunction compareCandidates(',
    }],
    tests: [ROWS],
  },
  {
    name: "a claim that was given back counts",
    edits: [{
      file: LITE,
      find: "set status = 0, owner = null, claims = max(0, claims - 1)",
      replace: "set status = 0, owner = null",
    }],
    tests: [ROWS],
  },
  {
    name: "a claim whose answer was lost counts",
    edits: [{
      file: "lib/storage/sqlite/statements.ts",
      find: "when status = 1 then max(0, claims - 1) else claims end",
      replace: "else claims end",
    }],
    tests: [ROWS],
  },
  {
    name: "what was claimed and not opened is taken for a stray",
    edits: [{ file: DUE, find: "    parts.worker.held.set(id, UNOPENED);\n", replace: "" }],
    tests: [HOLD],
  },
  {
    name: "a store keeps what it has claimed when it is closed",
    edits: [{ file: DUE, find: "this.giveBack(journal).catch(() => {})", replace: "journal" }],
    tests: [CASES],
  },
  {
    name: "a prefix of a home is a pattern",
    edits: [{
      file: LITE,
      find: "substr(t.home, 1, length(h.value)) = h.value",
      replace: "t.home like h.value || '%'",
    }],
    tests: [CASES],
  },
  {
    name: "a run does not clear why workers could not run it",
    edits: [{ file: LITE, find: "listed = null, blocked = null,", replace: "listed = null," }],
    tests: [CASES],
  },
  {
    name: "what another process enqueues is not noticed",
    edits: [{ file: "lib/storage/sqlite/log_watch.ts", find: "    if (isChanged) this.#changed();\n", replace: "" }],
    tests: [CASES],
  },
  {
    name: "PostgreSQL tells nobody of what was enqueued",
    edits: [{
      file: DUE,
      find: "    this.#tell();\n    this.#parts.database.announceDue?.();",
      replace: "    this.#tell();",
    }],
    tests: [SERVER_CASES],
  },
  {
    name: "claims from PostgreSQL use nothing of the rate",
    edits: [{
      file: SERVER,
      find: "from chosen c where c.queue = q.name and not c.is_stuck)",
      replace: "from chosen c where c.queue = q.name and c.is_stuck)",
    }],
    tests: [SERVER_LIMITS],
  },
  {
    name: "a person's run in PostgreSQL does not look at the limits",
    edits: [{
      file: SERVER,
      find: "where a.runs or a.place <= coalesce(room.n, a.place)),",
      replace: "where true),",
    }],
    tests: [SERVER_LIMITS],
  },
  {
    name: "two runs that begin at once in PostgreSQL do not know of each other",
    edits: [{
      file: SERVER,
      find: "greatest(0, least(${LEFT}, floor(${TOKENS}))) as n",
      replace: "1000 as n",
    }],
    tests: [SERVER_LIMITS],
  },
  {
    name: "what is given back uses the rate",
    edits: [{
      file: TABLES,
      find: "if (row !== undefined) this.run(sql.REFUND,",
      replace: "if (false) this.run(sql.REFUND,",
    }],
    tests: [LIMITS],
  },
  {
    name: "what a living process owns is freed because somebody says that it is dead",
    edits: [{
      file: DUE,
      find: "if (isProcessGone(pid, process)) await reading",
      replace: "if (process !== '') await reading",
    }],
    tests: ["tests/storage/postgres/end_dead_test.ts"],
  },
];
