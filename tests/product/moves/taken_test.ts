/** A move whose process was taken for dead changes nothing any more, and no export writes what belongs to another transaction. */
import { assertEquals, assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { Fenced } from "../../../lib/errors/storage_errors.ts";
import { openPostgresStore } from "../../../lib/storage/postgres/open_postgres_store.ts";
import { openSqliteStore } from "../../../lib/storage/sqlite/open_sqlite_store.ts";
import { runMain } from "../../cli/fake_io.ts";
import { writeJournal } from "../../cli/written_journal.ts";
import { query } from "../../support/query_postgres.ts";
import { abortedRecords, columnsOf, type MoveTest, moveTest } from "./moving.ts";

const RELEASE = { status: "aborted" } as const;

async function type(...words: readonly string[]): Promise<number> {
  return (await runMain(words)).code;
}

/** Another process has declared every other one dead. */
async function openAfterDeath({ database }: MoveTest) {
  if (!database.startsWith("sqlite:")) {
    await query(database, "update workers set dead = true");
    return await openPostgresStore(database);
  }
  const path = database.slice("sqlite:".length);
  using file = new DatabaseSync(path);
  file.exec("update workers set dead = 1");
  return await openSqliteStore(path);
}

moveTest("a move whose transaction another process has taken is fenced, and changes nothing", async (test) => {
  const { store, database, folder } = test;
  const [journal, path] = [`${database}#ana`, `${folder}/ana.json`];
  await writeJournal(path, abortedRecords());
  assertEquals(await type("import", path, database), 0);
  const exporting = await store.open(journal, () => {});
  {
    await using other = await openAfterDeath(test);
    await (await other.open(journal, () => {})).close();
    const before = await columnsOf(database, "ana");
    const place = { file: path, host: undefined };
    await assertRejects(() => store.moves.depart(exporting, place, RELEASE), Fenced);
    assertEquals(await columnsOf(database, "ana"), before);
  }
  assertEquals(await type("export", journal, path), 0);
  await using first = await openAfterDeath(test);
  const importing = await first.moves.openExported(journal, () => {});
  await using second = await openAfterDeath(test);
  const owner = await second.moves.openExported(journal, () => {});
  const before = await columnsOf(database, "ana");
  await assertRejects(() => first.moves.settle(importing, RELEASE, undefined), Fenced);
  assertEquals(await columnsOf(database, "ana"), before);
  await owner.close();
});

moveTest(
  "an export that is typed again completes no file that has another transaction",
  async ({ database, folder }) => {
    const path = `${folder}/ana.json`;
    await writeJournal(path, abortedRecords());
    assertEquals(await type("import", path, database), 0);
    assertEquals(await type("export", `${database}#ana`, path), 0);
    await writeJournal(`${folder}/ben.json`, abortedRecords());
    const text = (await Deno.readTextFile(`${folder}/ben.json`)).replace("[", " ");
    await Deno.writeTextFile(`${folder}/ben.json`, text);
    assertEquals(await type("export", `${database}#ana`, `${folder}/ben.json`), 77);
    assertEquals(await Deno.readTextFile(`${folder}/ben.json`), text);
  },
);
