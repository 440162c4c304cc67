import { assertEquals } from "@std/assert";
import { openPostgresStore } from "../../../lib/storage/postgres/open_postgres_store.ts";
import { openSqliteStore } from "../../../lib/storage/sqlite/open_sqlite_store.ts";
import type { SqlStore } from "../../../lib/storage/sql/sql_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { postgresTests } from "../../support/postgres_test.ts";
import { denoCommand } from "../../support/run_deno.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { Watched } from "../../support/watched_process.ts";

const postgresTest = postgresTests();
const PROGRAM = import.meta.resolve("../../support/programs/owner_program.ts");

/** A process runs the transaction `a`; the caller has seen it die, and need not wait for the end of its lease. */
async function endDead(locator: string, open: () => Promise<SqlStore>): Promise<void> {
  const owner = new Watched(denoCommand(PROGRAM, [locator], { stdin: "piped" }));
  await owner.written("waits");
  await using store = await open();
  const claim = async () => (await store.due.claim({ scope: store.locator, limit: 1 })).map(({ journal }) => journal);
  // Nothing is taken from a process that lives, whoever says that it is dead.
  await store.due.endDead(owner.pid);
  assertEquals(await claim(), []);
  owner.signal("SIGKILL");
  assertEquals((await owner.end()).code, 137);
  await store.due.endDead(owner.pid + 1);
  await store.due.endDead(owner.pid);
  assertEquals(await claim(), [store.journalOf("a")]);
  const opened = await store.open(store.journalOf("a"), () => {});
  assertEquals(opened.isAtRest, false);
  await opened.close();
}

postgresTest(
  "what a dead child owned in PostgreSQL can be claimed as soon as its supervisor says so",
  ({ locator }) => {
    return endDead(locator, () => openPostgresStore(locator));
  },
);

permittedTest("what a dead child owned in SQLite can be claimed as soon as its supervisor says so", [
  "read",
  "write",
  "run",
  "sys",
], async () => {
  await using folder = await makeTempFolder();
  const locator = `sqlite:${folder.path}/tx.db`;
  await endDead(locator, () => openSqliteStore(locator));
});
