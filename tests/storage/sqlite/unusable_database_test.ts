import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { JournalDamaged, JournalNotFound, JournalRefused } from "../../../lib/errors/opening_errors.ts";
import { SCHEMA_VERSION } from "../../../lib/storage/sql/schema.ts";
import { openSqliteStore } from "../../../lib/storage/sqlite/open_sqlite_store.ts";
import type { FaultyLine } from "../../../lib/storage/store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { startSqliteProcess } from "../../support/sqlite_process.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { testEvents } from "../../support/test_record.ts";
import { ENDED, FIRST, readEvents } from "../conforming_store.ts";

function change(path: string, sql: string): void {
  using database = new DatabaseSync(path, { timeout: 5000 });
  database.exec(sql);
}

permittedTest("openStore() refuses the tables of a newer version by its number, and changes nothing", [
  "read",
  "write",
], async () => {
  await using folder = await makeTempFolder();
  const path = `${folder.path}/tx.db`;
  await (await openSqliteStore(path))[Symbol.asyncDispose]();
  const newer = SCHEMA_VERSION + 1;
  change(path, `insert into meta values (${newer}, 0)`);
  const before = await Deno.readFile(path);
  const error = await assertRejects(() => openSqliteStore(path), JournalRefused);
  assertStringIncludes(error.message, `tables of version ${newer}`);
  assertEquals(await Deno.readFile(path), before);
});

permittedTest("openStore() refuses what is no database of its own", ["read", "write"], async () => {
  await using folder = await makeTempFolder();
  await Deno.writeTextFile(`${folder.path}/text`, "This is a text and no database.\n".repeat(100));
  change(`${folder.path}/other.db`, "create table meta (a); create table accounts (b)");
  const before = await Deno.readFile(`${folder.path}/other.db`);
  for (const name of ["text", "other.db", "", "none/tx.db"]) {
    await assertRejects(() => openSqliteStore(`${folder.path}/${name}`), JournalRefused);
  }
  assertEquals(Array.from(Deno.readDirSync(folder.path), ({ name }) => name).sort(), ["other.db", "text"]);
  assertEquals(await Deno.readFile(`${folder.path}/other.db`), before);
});

permittedTest(
  "openStore() makes no tables in an empty file that must be a database already",
  ["read", "write"],
  async () => {
    await using folder = await makeTempFolder();
    const path = `${folder.path}/tx.db`;
    await Deno.writeTextFile(path, "");
    await assertRejects(() => openSqliteStore(path, { mustExist: true }), JournalNotFound);
    assertEquals((await Deno.stat(path)).size, 0);
    await (await openSqliteStore(path))[Symbol.asyncDispose]();
    await (await openSqliteStore(`SQLITE:${path}`, { mustExist: true }))[Symbol.asyncDispose]();
  },
);

permittedTest("only its owner can read a new database and its log", ["read", "write"], async () => {
  if (Deno.build.os === "windows") return;
  await using folder = await makeTempFolder();
  const path = `${folder.path}/tx.db`;
  await using store = await openSqliteStore(path);
  await (await store.create(store.journalOf("a"), FIRST)).close();
  for (const { name } of Deno.readDirSync(folder.path)) {
    assertEquals([name, (Deno.statSync(`${folder.path}/${name}`).mode ?? 0) & 0o077 & 0o777], [name, 0]);
  }
});

permittedTest("openStore() refuses a locator that names no path of this machine", ["read", "write"], async () => {
  for (
    const locator of ["sqlite:", "sqlite:a%zz.db", "sqlite:a%00.db", "sqlite://host/tx.db", "sqlite:tx.db?mode=ro"]
  ) {
    await assertRejects(() => openSqliteStore(locator), TypeError, JSON.stringify(locator));
  }
});

permittedTest("a record that was changed by hand is reported with its transaction and its number", [
  "read",
  "write",
], async () => {
  await using folder = await makeTempFolder();
  const path = `${folder.path}/tx.db`;
  await using store = await openSqliteStore(path);
  const journal = store.journalOf("a");
  const open = await store.create(journal, FIRST);
  for (let seq = 1; seq < 6; seq += 1) await open.append(testEvents(seq, 20));
  await open.close();
  const changes: readonly (readonly [string, readonly number[]])[] = [
    ["update records set data = replace(data, 'xxxx', 'yyyy') where seq = 3", [4]],
    ["update records set sum = 'another' where seq = 2", [3, 4]],
    ["delete from records where seq = 4", [5]],
    ["update records set data = 'no JSON' where seq = 1", [2]],
  ];
  change(path, "create table backup as select * from records");
  for (const [sql, lines] of changes) {
    change(path, sql);
    const seen: number[] = [];
    const error = await assertRejects(() => store.read(journal, ({ seq }) => seen.push(seq)), JournalDamaged);
    const first = sql.startsWith("delete") ? 5 : lines[0] ?? 0;
    assertEquals([sql, error.line, seen.length], [sql, first, first - 1]);
    assertStringIncludes(error.message, await idOf(path));
    await assertRejects(() => store.open(journal, () => {}), JournalDamaged);
    const faults: FaultyLine[] = [];
    const count = await store.findFaults(journal, (fault) => faults.push(fault));
    assertEquals([count, faults.map(({ line }) => line)], [sql.startsWith("delete") ? 5 : 6, lines]);
    change(path, "delete from records; insert into records select * from backup");
  }
  assertEquals((await readEvents(store, journal)).length, 6);
});

function idOf(path: string): string {
  using database = new DatabaseSync(path, { timeout: 5000 });
  return String(database.prepare("select id from transactions").get()?.["id"]);
}

permittedTest("a write waits while another program has locked the database", ["read", "write"], async () => {
  await using folder = await makeTempFolder();
  const path = `${folder.path}/tx.db`;
  await using store = await openSqliteStore(path);
  using other = new DatabaseSync(path, { timeout: 5000 });
  const open = await store.create(store.journalOf("a"), FIRST);
  other.exec("begin immediate");
  const appended = Promise.resolve(open.append(ENDED)).then(() => other.isTransaction);
  // Readers are not in the way of a writer, nor it in theirs.
  assertEquals(await readEvents(store, store.journalOf("a")).catch(() => "locked"), [FIRST]);
  other.exec("rollback");
  assertEquals(await appended, false);
  await open.close();
});

/** Whether this process may make a file system for another one. */
async function canMount(): Promise<boolean> {
  if (Deno.build.os !== "linux" || (await Deno.permissions.query({ name: "run" })).state !== "granted") return false;
  const tried = new Deno.Command("unshare", { args: ["-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], stderr: "null" });
  return await tried.output().then(({ success }) => success, () => false);
}

const mounts = await canMount();
const FULL = "a full disk loses nothing that was acknowledged, and the journal goes on when there is room";

Deno.test({ name: mounts ? FULL : `${FULL} [ignored: no file system can be mounted]`, ignore: !mounts, fn: fillDisk });

async function fillDisk(): Promise<void> {
  await using folder = await makeTempFolder();
  const path = `${folder.path}/tx.db`;
  // A file system of a few MiB that only this process sees.
  const mount = `mount -t tmpfs -o size=3m tmpfs '${folder.path}' && head -c 1000000 /dev/zero > '${path}.ballast' &&`;
  await using copy = await makeTempFolder();
  // With its log: there is no room to move that into the database.
  const script = `${mount} "$@"; cp '${path}' '${path}-wal' '${copy.path}'`;
  const wrapper = ["unshare", "-rm", "sh", "-c", script, "sh"];
  {
    await using filler = await startSqliteProcess("fill", path, "a", { wrapper });
    assertEquals(await filler.nextLine(), "full");
    const written = Number(await filler.nextLine());
    assert(written > 20);
    await filler.finish();
    await using store = await openSqliteStore(`${copy.path}/tx.db`);
    const events = await readEvents(store, store.journalOf("a"));
    assertEquals([events.length, events.at(-1)], [written + 2, ENDED]);
  }
}
