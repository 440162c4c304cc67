import { assertEquals } from "@std/assert";
import { DatabaseError } from "../../../lib/storage/sql/database.ts";
import { SYSTEM_CLOCK } from "../../../lib/storage/sql/patience.ts";
import { SqlStore } from "../../../lib/storage/sql/sql_store.ts";
import { openSqlite } from "../../../lib/storage/sqlite/sqlite_database.ts";
import { openSqliteStore } from "../../../lib/storage/sqlite/open_sqlite_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { enqueue } from "../due_conformance.ts";

/** A store whose heartbeats are sent when the test says so. Answers to its claims are lost as long as `isLost`. */
async function openBeating(path: string) {
  const database = await openSqlite(path, `sqlite:${path}`);
  const lost = { isLost: false };
  const beats: (() => void)[] = [];
  const claim = database.claim;
  Object.defineProperty(database, "claim", {
    value: async (...args: Parameters<typeof claim>) => {
      const rows = await claim(...args);
      if (lost.isLost && rows.length > 0) throw new DatabaseError("away", "the answer was lost");
      return rows;
    },
  });
  Object.defineProperty(database, "pulse", { value: undefined });
  const clock = { ...SYSTEM_CLOCK, every: (_: number, call: () => void) => (beats.push(call), () => {}) };
  const store = new SqlStore(database, { maxInFlight: 2, clock });
  const beat = async () => {
    for (const call of beats) call();
    // It comes after them.
    await store.due.endDead(Deno.pid);
  };
  return { store, lost, beat };
}

permittedTest("what was claimed and not opened is no stray, and is opened without another take", [
  "read",
  "write",
  "sys",
], async () => {
  await using folder = await makeTempFolder();
  const path = `${folder.path}/tx.db`;
  await using other = await openSqliteStore(path);
  const { store, beat } = await openBeating(path);
  await using _ = store;
  await enqueue(other, other.journalOf("a"));
  const [claimed] = await store.due.claim({ scope: store.locator, limit: 1 });
  await beat();
  assertEquals(await other.due.claim({ scope: other.locator, limit: 1 }), []);
  const open = await store.open(claimed?.journal ?? "", () => {});
  assertEquals([open.epoch, open.isAtRest], [1, false]);
  await beat();
  await open.recover({ runs: true });
  await open.append([{ type: "resumed", run: 2, library: "1.0.0" }]);
  await open.close({ release: () => ({ status: "finished" }) });
});

permittedTest("what was claimed by a call whose answer was lost is given up, however often that happens", [
  "read",
  "write",
  "sys",
], async () => {
  await using folder = await makeTempFolder();
  const path = `${folder.path}/tx.db`;
  await using other = await openSqliteStore(path);
  const { store, lost, beat } = await openBeating(path);
  await using _ = store;
  await enqueue(other, other.journalOf("a"));
  for (let count = 0; count < 5; count += 1) {
    lost.isLost = true;
    assertEquals(await store.due.claim({ scope: store.locator, limit: 1 }), []);
    assertEquals(await other.due.claim({ scope: other.locator, limit: 1 }), []);
    lost.isLost = false;
    await beat();
  }
  assertEquals((await store.due.claim({ scope: store.locator, limit: 1 })).length, 1);
});
