import { assertEquals } from "@std/assert";
import { Transaction } from "@x/resumable-tx";
import { DatabaseSync } from "node:sqlite";
import { redactSecrets } from "../../lib/inspect/redact/redact_secrets.ts";
import type { SqlStore } from "../../lib/storage/sql/sql_store.ts";
import { TransactionNotices } from "../../lib/work/notify/transaction_notices.ts";
import { FileStore } from "../../lib/storage/file/file_store.ts";
import { FolderWork } from "../../lib/storage/file/folder_work.ts";
import { folderTools } from "../../lib/work/folder/summarize_due.ts";
import { IS_UNTOLD } from "../../lib/storage/sql/schema.ts";
import { openPostgresStore } from "../../lib/storage/postgres/open_postgres_store.ts";
import { openSqliteStore } from "../../lib/storage/sqlite/open_sqlite_store.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { postgresTests } from "../support/postgres_test.ts";
import { query } from "../support/query_postgres.ts";
import { makeTempFolder } from "../support/temp_folder.ts";
import { NOTICES, succeed } from "./conforming_notices.ts";

const onPostgres = postgresTests();

for (const { name, run } of NOTICES) {
  permittedTest(`a folder ${name}`, ["read", "write", "env"], async () => {
    await using folder = await makeTempFolder();
    let ahead = 0;
    await run({
      open: () => {
        const tools = { ...folderTools(new FileStore()), now: () => Date.now() + ahead };
        return new FolderWork(folder.path, tools).notices;
      },
      scope: folder.path,
      schedules: new FolderWork(folder.path, folderTools(new FileStore())).schedules,
      locatorOf: (name) => `${folder.path}/${name}.json`,
      jump: (ms) => Promise.resolve(void (ahead += ms)),
    });
  });

  permittedTest(`SQLite ${name}`, ["read", "write", "env"], async () => {
    await using folder = await makeTempFolder();
    const path = `${folder.path}/tx.db`;
    await using one = await openSqliteStore(path);
    await using other = await openSqliteStore(path);
    let opened = 0;
    await run({
      open: () => [one, other][opened++ % 2]?.notices ?? one.notices,
      scope: one.locator,
      schedules: one.schedules,
      locatorOf: (name) => one.journalOf(name),
      jump: (ms) => {
        using database = new DatabaseSync(path);
        for (const table of ["transactions", "schedules"]) {
          database.prepare(`update ${table} set notifying_until = notifying_until - ?`).run(ms);
        }
        return Promise.resolve();
      },
    });
  });

  onPostgres(`PostgreSQL ${name}`, async ({ locator }) => {
    await using one = await openPostgresStore(locator);
    await using other = await openPostgresStore(locator);
    let opened = 0;
    await run({
      open: () => [one, other][opened++ % 2]?.notices ?? one.notices,
      scope: one.locator,
      schedules: one.schedules,
      locatorOf: (name) => one.journalOf(name),
      jump: async (ms) => {
        const back = `notifying_until - ${ms} * interval '1 millisecond'`;
        for (const table of ["transactions", "schedules"]) {
          await query(locator, `update ${table} set notifying_until = ${back}`);
        }
      },
    });
  });
}

permittedTest("SQLite looks for what is not told by an index, however many transactions there are", [
  "read",
  "write",
  "env",
], async () => {
  await using folder = await makeTempFolder();
  const path = `${folder.path}/tx.db`;
  await using store = await openSqliteStore(path);
  assertEquals(
    await store.notices.claim({ scope: store.locator, statuses: new Set(["aborted"]), limit: 1, forMs: 1 }),
    [],
  );
  using database = new DatabaseSync(path);
  const plan = database.prepare(
    `explain query plan select id from transactions where ${IS_UNTOLD} and status = ?1 order by id limit 1`,
  ).all();
  assertEquals(plan.map(({ detail }) => detail), [
    "SEARCH transactions USING INDEX transactions_untold (status=?)",
  ]);
});

/** Lets a transaction look as if its runs had died again and again without a record. */
const STUCK = "update transactions set claims = 3, claim_seq = 99";

async function tellStuck(store: SqlStore, makeStuck: () => Promise<void>): Promise<void> {
  const scope = store.locator;
  const journal = store.journalOf("a");
  await Transaction.enqueue(import.meta, (t) => t.do(succeed), { journal });
  await makeStuck();
  assertEquals(await store.due.claim({ scope, limit: 1 }), []);
  const { notices } = store;
  const statuses = new Set(["aborted"] as const);
  const source = new TransactionNotices({ store, notices, scope, statuses, redact: redactSecrets, now: () => 0 });
  const [message] = await Promise.all((await source.claim(1, 60_000)).map((notice) => notice.read()));
  if (message === undefined || "againMs" in message) throw new TypeError("There is nothing to tell");
  assertEquals([message.status, message.key.endsWith(" aborted stuck 0")], ["aborted", true]);
  assertEquals(typeof message.reason, "string");
}

permittedTest(
  "SQLite tells what was given up because its runs died without a record",
  ["read", "write", "env"],
  async () => {
    await using folder = await makeTempFolder();
    const path = `${folder.path}/tx.db`;
    await using store = await openSqliteStore(path);
    await tellStuck(store, () => {
      using database = new DatabaseSync(path);
      database.exec(STUCK);
      return Promise.resolve();
    });
  },
);

onPostgres("PostgreSQL tells what was given up because its runs died without a record", async ({ locator }) => {
  await using store = await openPostgresStore(locator);
  await tellStuck(store, async () => void await query(locator, STUCK));
});
