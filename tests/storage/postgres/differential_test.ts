import { assertEquals } from "@std/assert";
import { DatabaseError, type SqlDatabase } from "../../../lib/storage/sql/database.ts";
import { openPostgres } from "../../../lib/storage/postgres/postgres_database.ts";
import { parsePostgresLocator } from "../../../lib/storage/postgres/postgres_locator.ts";
import { postgresTests } from "../../support/postgres_test.ts";
import { query } from "../../support/query_postgres.ts";
import { SeededRandom } from "../../support/seeded_random.ts";
import { type RandomCall, RandomCalls, uuid } from "../../support/sql/random_calls.ts";
import { testSetting } from "../../support/test_setting.ts";
import { SimulatedDatabase } from "../sqlite/simulated_database.ts";
import { MEMBERS } from "../sqlite/simulated_calls.ts";

const postgresTest = postgresTests();
const HISTORIES = testSetting("RESUMABLE_TX_CALL_HISTORIES", 2);
const CALLS = 150;
const ALL = { maxRows: 1000, maxBytes: 1e9 };
const TXS = [0, 1, 2, 3, 4].map(uuid);
/** Tables without what others refer to first. */
const TABLES = "inbox, records, transactions, queues, workers";
const QUEUES = `insert into queues (name, max_running, rate_at, paused)
  values ('limited', 1, now(), false), ('paused', null, now(), true)`;

/** SQLite's tables behind promises, with a clock that no two calls see at the same time. */
function connect(sqlite: SimulatedDatabase, begin: number): SqlDatabase {
  let now = begin;
  sqlite.begin({ now: () => now, isGone: () => false });
  const database: Partial<SqlDatabase> = {};
  for (const member of MEMBERS) {
    const call = (...args: readonly unknown[]) => {
      now += 1;
      const head = { at: now, elapsed: now, member, sender: undefined, owned: new Map() };
      const answer = sqlite.run(head, args);
      return "error" in answer ? Promise.reject(answer.error) : Promise.resolve(answer.value);
    };
    Object.defineProperty(database, member, { value: call });
  }
  return database as SqlDatabase;
}

/** What a call came to, without what differs between any two databases: the time, and an order that nobody has asked for. */
async function answerOf({ run, text }: RandomCall, database: SqlDatabase, begin: number): Promise<unknown> {
  try {
    const isOrdered = !/^(?:claim|wake|findOwned|findOverdue|findRequested|prune)/.test(text);
    return normalize(await run(database), { begin, isOrdered });
  } catch (error) {
    return error instanceof DatabaseError ? `error: ${error.trouble}` : String(error);
  }
}

const TIMES = new Set(["dueAt", "createdAt", "endedAt", "lastAt", "takenAt"]);

function normalize(value: unknown, { begin, isOrdered }: { begin: number; isOrdered: boolean }): unknown {
  const normal = JSON.parse(
    JSON.stringify(value ?? null, (key, member) => {
      if (key === "lease" || key === "leaseUntil") return "a lease";
      if (key === "soonMs") return typeof member === "number" ? "a pause" : null;
      if (TIMES.has(key) && Math.abs(member - begin) < 600_000) return "now";
      return member ?? null;
    }),
  );
  if (!Array.isArray(normal) || isOrdered) return normal;
  return normal.map((member) => JSON.stringify(member)).sort();
}

/** What the tables say of a transaction. */
async function dump(database: SqlDatabase, tx: string, begin: number): Promise<unknown> {
  const rows = [await database.find(tx), await database.readRecords(tx, 0, ALL), await database.readRequests(tx)];
  return normalize(rows, { begin, isOrdered: true });
}

postgresTest("SQLite and PostgreSQL give the same answer to every call", async ({ locator }) => {
  const first = testSetting("TEST_SEED", Math.floor(Math.random() * 1_000_000));
  using sqlite = new SimulatedDatabase();
  await using postgres = await openPostgres(parsePostgresLocator(locator));
  await postgres.addWorker({ id: uuid(0xfe), leaseMs: 1000, host: undefined, pid: 1, library: "1" });
  for (let seed = first; seed < first + HISTORIES; seed += 1) {
    const begin = Date.now();
    await query(locator, `truncate ${TABLES}`);
    await query(locator, QUEUES);
    const tables = connect(sqlite, begin);
    const head = { at: begin, elapsed: begin, member: "setQueue", sender: undefined, owned: new Map() };
    sqlite.setQueue("limited", 1, false, head);
    sqlite.setQueue("paused", undefined, true, head);
    const calls = new RandomCalls(new SeededRandom(seed), (tx) => {
      const row = sqlite.tables.find(tx);
      return typeof row !== "object" ? undefined : { ...row, records: sqlite.tables.readRecords(tx, 0, ALL).length };
    });
    const log: string[] = [];
    for (let count = 0; count < CALLS; count += 1) {
      const call = calls.next();
      log.push(call.text);
      const [one, other] = [await answerOf(call, tables, begin), await answerOf(call, postgres, begin)];
      const told = [`seed ${seed}`, ...log.slice(-12)];
      assertEquals({ told, answer: other }, { told, answer: one });
      for (const tx of count % 10 === 9 ? TXS : []) {
        const rows = [await dump(tables, tx, begin), await dump(postgres, tx, begin)];
        assertEquals({ told, tx, rows: rows[1] }, { told, tx, rows: rows[0] });
      }
    }
  }
});
