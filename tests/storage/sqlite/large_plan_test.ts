import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import type { Planner } from "../../../lib/plan/planner.ts";
import { openSqliteStore } from "../../../lib/storage/sqlite/open_sqlite_store.ts";
import type { SqlStore } from "../../../lib/storage/sql/sql_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { note } from "../../support/programs/sample_steps.ts";
import { runSample } from "../../support/programs/sample_transaction.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";

/** It does not fit into one record. */
function large(t: Planner): void {
  for (let step = 0; step < 3; step += 1) t.do(note, "x".repeat(1_000_000));
}

/** From now on, nothing that it appends is written. Resolves when it tries. */
function stall(store: SqlStore): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const create = store.create.bind(store);
  const append = () => {
    resolve();
    return new Promise<void>(() => {});
  };
  store.create = async (...args) => Object.assign(await create(...args), { append });
  return promise;
}

function rowOf(path: string): Record<string, unknown> | undefined {
  using database = new DatabaseSync(path);
  return database.prepare("select status, listens % 2 as listens from transactions").get();
}

permittedTest(
  "no worker gets a large plan whose process died while it recorded the plan",
  ["read", "write"],
  async () => {
    await using folder = await makeTempFolder();
    const path = `${folder.path}/tx.db`;
    await using first = await openSqliteStore(path);
    const journal = first.journalOf("a");
    const stalled = stall(first);
    void runSample(first, journal, large);
    await stalled;
    {
      using database = new DatabaseSync(path);
      database.exec("update workers set dead = 1, lease_until = 0");
    }
    await using second = await openSqliteStore(path);
    // Frees what the dead process owned.
    await (await second.open(journal, () => {})).close();
    assertEquals(await second.due.claim({ scope: second.locator, limit: 9 }), []);
  },
);

permittedTest("a large plan runs like others when it is complete", ["read", "write"], async () => {
  await using folder = await makeTempFolder();
  const path = `${folder.path}/tx.db`;
  await using store = await openSqliteStore(path);
  const rows: unknown[] = [];
  const event = ({ type }: { readonly type: string }) => {
    if (type === "started") rows.push(rowOf(path));
  };
  await runSample(store, store.journalOf("a"), large, { observer: { event }, keep: true });
  assertEquals([rows.length, rows[0], rowOf(path)], [3, { status: 1, listens: 1 }, { status: 5, listens: 0 }]);
});
