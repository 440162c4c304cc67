/** `queue` shows, limits and pauses the queues of a database. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { JournalNotFound } from "../../../lib/errors/opening_errors.ts";
import { openPostgresStore } from "../../../lib/storage/postgres/open_postgres_store.ts";
import type { SqlStore } from "../../../lib/storage/sql/sql_store.ts";
import { openSqliteStore } from "../../../lib/storage/sqlite/open_sqlite_store.ts";
import { enqueue } from "../../storage/due_conformance.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { postgresTests } from "../../support/postgres_test.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { type FakeEnd, runMain } from "../fake_io.ts";

const postgresTest = postgresTests();

async function type(code: number, ...words: readonly string[]): Promise<FakeEnd> {
  const end = await runMain(["queue", ...words]);
  assertEquals([words, end.code], [words, code], end.error);
  return end;
}

async function tryQueues(locator: string, open: () => Promise<SqlStore>): Promise<void> {
  {
    await using store = await open();
    const at = (name: string) => store.journalOf(name);
    for (const name of ["a", "b", "c"]) await enqueue(store, at(name), { queue: "mail" });
    await enqueue(store, at("later"), { queue: "o'clock\n", dueAt: Date.UTC(2100, 0) });
    await store.due.claim({ scope: store.locator, limit: 1 });
    await (await store.open(at("a"), () => {})).recover({ runs: true });
    const { queues } = JSON.parse((await type(0, "list", locator, "--json")).out);
    assertEquals(queues, [
      { name: "mail", isPaused: false, due: 2, running: 1, sleeping: 0 },
      { name: "o'clock\n", isPaused: false, due: 0, running: 0, sleeping: 1 },
    ]);
  }
  const set = await type(0, "set", locator, "mail", "--max-running", "5", "--rate", "30/min", "--json");
  const rate = { perSecond: 0.5, burst: 1 };
  const mail = { name: "mail", maxRunning: 5, rate, isPaused: false };
  const { due: _due, running: _running, sleeping: _sleeping, ...said } = JSON.parse(set.out);
  assertEquals(said, { ...mail, isNew: false });
  await type(0, "set", locator, "mail", "--rate", "100/h", "--burst", "20");
  await type(0, "pause", locator, "mail");
  const of = async (name: string) => {
    const { queues } = JSON.parse((await type(0, "list", "--store", locator, "--json")).out);
    return queues.find((queue: { readonly name: string }) => queue.name === name);
  };
  const paused = await of("mail");
  assertEquals([paused.maxRunning, paused.rate, paused.isPaused], [5, { perSecond: 100 / 3600, burst: 20 }, true]);
  await type(0, "set", "--store", locator, "mail", "--max-running", "none", "--rate", "none");
  await type(0, "resume", locator, "mail");
  const free = await of("mail");
  assertEquals([free.maxRunning, free.rate, free.isPaused], [undefined, undefined, false]);
  const typo = await type(0, "pause", locator, "mial", "--json");
  assertEquals([JSON.parse(typo.out).isNew, (await of("mial")).isPaused], [true, true]);
  assertMatch((await type(0, "list", locator)).out, /mial +0 +0 +0 +paused/);
}

permittedTest("queue list, set, pause and resume: SQLite", ["read", "write", "sys"], async () => {
  await using folder = await makeTempFolder();
  const locator = `sqlite:${folder.path}/tx.db`;
  await tryQueues(locator, () => openSqliteStore(locator));
});

postgresTest("queue list, set, pause and resume: PostgreSQL", async ({ locator }) => {
  assertStringIncludes((await type(0, "list", locator)).error, "No transaction");
  await tryQueues(locator, () => openPostgresStore(locator));
});

const WRONG: readonly (readonly string[])[] = [
  [],
  ["lst", "STORE"],
  ["list", "STORE", "mail"],
  ["list", "FOLDER"],
  ["list", "STORE#a"],
  ["list"],
  ["pause", "STORE"],
  ["pause", "FOLDER", "mail"],
  ["pause", "STORE", " "],
  ["pause", "STORE", "x".repeat(201)],
  ["pause", "STORE", "mail", "--max-running", "1"],
  ["set", "STORE", "mail"],
  ["set", "STORE", "mail", "--burst", "1"],
  ["set", "STORE", "mail", "--rate", "none", "--burst", "1"],
  ...["0", "-1", "1.5", "many", "1000001", "9".repeat(30)].map((n) => ["set", "STORE", "mail", `--max-running=${n}`]),
  ...["0", "-1", "10/d", "1e3", "/s", "10 /s", "0.0/h", "9".repeat(400)].map((rate) => {
    return ["set", "STORE", "mail", `--rate=${rate}`];
  }),
  ["set", "STORE", "mail", "--rate", "1", "--burst", "0"],
];

permittedTest("queue refuses what it cannot mean, and changes nothing then", ["read", "write", "sys"], async () => {
  await using folder = await makeTempFolder();
  const locator = `sqlite:${folder.path}/tx.db`;
  {
    await using store = await openSqliteStore(locator);
    await enqueue(store, store.journalOf("a"));
  }
  const before = (await type(0, "list", locator, "--json")).out;
  for (const words of WRONG) {
    const filled = words.map((word) => word.replace("STORE", locator).replace("FOLDER", folder.path));
    const { error } = await type(2, ...filled);
    assertStringIncludes(error, "error: ");
  }
  assertEquals((await type(0, "list", locator, "--json")).out, before);
  const { error } = await type(66, "pause", `sqlite:${folder.path}/none.db`, "mail");
  assertEquals(error.includes(JournalNotFound.name), false);
});
