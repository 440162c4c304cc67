/** Who may take a transaction whose process is gone, or seems to be: real processes, and their exit codes. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { JournalLocked } from "../../../lib/errors/opening_errors.ts";
import type { OpenJournal } from "../../../lib/storage/open_journal.ts";
import { openPostgresStore } from "../../../lib/storage/postgres/open_postgres_store.ts";
import { identifyProcess } from "../../../lib/storage/sql/process_identity.ts";
import { LEASE_TIMES, type LeaseTimes } from "../../../lib/storage/sql/sql_worker.ts";
import { openSqliteStore } from "../../../lib/storage/sqlite/open_sqlite_store.ts";
import type { OpenedStore } from "../../../lib/storage/store.ts";
import { Transaction } from "../../../mod.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { postgresTests } from "../../support/postgres_test.ts";
import { query } from "../../support/query_postgres.ts";
import { denoCommand, type ProcessEnd, runCli } from "../../support/run_deno.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { Watched } from "../../support/watched_process.ts";
import { ENDED } from "../conforming_store.ts";

const postgresTest = postgresTests();
const PROGRAM = import.meta.resolve("../../support/programs/owner_program.ts");

function startOwner(locator: string, ...leaseMs: readonly string[]): Watched {
  return new Watched(denoCommand(PROGRAM, [locator, ...leaseMs], { stdin: "piped" }));
}

/** Kills a process that runs the transaction `a`, in its second step. */
async function killOwner(locator: string): Promise<void> {
  const owner = startOwner(locator);
  await owner.written("waits");
  owner.signal("SIGKILL");
  assertEquals((await owner.end()).code, 137);
}

/** Everything that says whose the transaction is, and what is in it. */
async function rowsOf(locator: string): Promise<unknown> {
  const rows = await query(locator, "select id, owner, epoch, status, requests from transactions");
  return [rows, await query(locator, "select tx, seq, sum from records order by seq")];
}

/** A command that is refused, and changes nothing. */
async function refused(locator: string, ...words: readonly string[]): Promise<ProcessEnd> {
  const before = await rowsOf(locator);
  const end = await runCli(words);
  assertEquals([end.code, await rowsOf(locator)], [75, before], end.stderr);
  return end;
}

postgresTest("a killed owner's transaction is taken over at once by a person who says so", async ({ locator }) => {
  await killOwner(locator);
  const journal = `${locator}#a`;
  for (const words of [["resume", journal], ["skip", journal, "2"], ["resume", journal, "--dry-run"]]) {
    const { stderr } = await refused(locator, ...words);
    assertMatch(stderr, /has died.*\n.*\n.*resume .*--take-over\n.* at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/);
  }
  const { code, stdout, stderr } = await runCli(["resume", journal, "--take-over"]);
  assertEquals([code, stdout], [0, "waits\nsays last\n"], stderr);
});

postgresTest("a repair and a program take a killed owner's transaction over, too", async ({ locator }) => {
  await killOwner(locator);
  const journal = `${locator}#a`;
  assertEquals((await runCli(["skip", journal, "2", "--take-over"])).code, 0);
  const { code, stdout } = await runCli(["resume", journal, "--keep"]);
  assertEquals([code, stdout], [0, "says last\n"]);
  await query(locator, "delete from transactions");
  await killOwner(locator);
  await using other = await openPostgresStore(locator);
  await other.takeOver(`${other.locator}#a`);
  assertEquals((await Transaction.inspect(journal)).status, "interrupted");
});

postgresTest("nothing takes a transaction from a process that lives", async ({ locator }) => {
  const owner = startOwner(locator);
  await owner.written("waits");
  const journal = `${locator}#a`;
  const { stderr } = await refused(locator, "resume", journal, "--take-over");
  assert(!stderr.includes("--take-over") && stderr.includes(` stop `), stderr);
  assertMatch(stderr, new RegExp(`process ${owner.pid} on .*is running it`));
  // A process that is stopped lives.
  owner.signal("SIGSTOP");
  await refused(locator, "done", journal, "2", "--take-over");
  owner.signal("SIGCONT");
  await owner.writeLine();
  assertEquals((await owner.end()).stdout, "says first\nwaits\nsays last\n");
});

postgresTest("a process of another machine, boot or container is not known to be dead", async ({ locator }) => {
  await killOwner(locator);
  await using store = await openPostgresStore(locator);
  const journal = `${store.locator}#a`;
  const [boot = "", pids = "", times = "", start = ""] = (identifyProcess() ?? "").split(" ");
  const others = [
    [crypto.randomUUID(), pids, times, start],
    [boot, "pid:[1]", times, start],
    [boot, pids, "time:[1]", start],
  ];
  for (const other of [undefined, ...others.map((parts) => parts.join(" "))]) {
    await query(locator, "update workers set process = $1", other);
    const before = await rowsOf(locator);
    const error = await assertRejects(() => store.takeOver(journal), JournalLocked);
    assertEquals([error.isDead, Date.parse(error.until ?? "") > Date.now(), await rowsOf(locator)], [
      false,
      true,
      before,
    ]);
  }
  const { stderr } = await refused(locator, "resume", journal, "--take-over");
  assert(!stderr.includes("--take-over"), stderr);
  assertMatch(stderr, / at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/);
  // Another process has its number now.
  const reused = [boot, pids, times, "1"].join(" ");
  await query(locator, "update workers set process = $1, pid = $2", reused, Deno.pid);
  await store.takeOver(journal);
  // Without an owner there is nothing to take over.
  await store.takeOver(journal);
  await (await store.open(journal, () => {})).close();
});

postgresTest("a whole database is not taken over", async ({ locator }) => {
  await killOwner(locator);
  assertEquals((await runCli(["resume", locator, "--take-over"])).code, 2);
});

/** Takes a transaction as soon as its owner's lease is over. */
async function takeWhenPossible(store: OpenedStore): Promise<OpenJournal> {
  for (;;) {
    try {
      return await store.open(`${store.locator}#a`, () => {});
    } catch (error) {
      if (!(error instanceof JournalLocked)) throw error;
    }
  }
}

/** Stops a process while it does not write: its lock would keep everyone from an SQLite database. */
function stopBetweenWrites(owner: Watched, path: string): void {
  using database = new DatabaseSync(path, { timeout: 60_000 });
  database.exec("begin immediate");
  owner.signal("SIGSTOP");
  database.exec("rollback");
}

/** A run is stopped for longer than its lease, and another process takes its transaction. */
async function loseRun(
  locator: string,
  open: (locator: string, options: { readonly times: LeaseTimes }) => Promise<OpenedStore>,
  stop: (owner: Watched) => void,
): Promise<void> {
  const owner = startOwner(locator, "1000");
  await owner.written("waits");
  stop(owner);
  await using store = await open(locator, { times: { ...LEASE_TIMES, leaseMs: 3_600_000, beatMs: 100 } });
  const since = Date.now();
  const taken = await takeWhenPossible(store);
  await taken.recover();
  owner.signal("SIGCONT");
  await owner.writeLine();
  const { code, stdout, stderr } = await owner.end();
  assertEquals([code, stdout.startsWith("says first\nwaits\nlost {")], [0, true], `${stdout}${stderr}`);
  const lost = JSON.parse(stdout.slice(stdout.indexOf("{")));
  assertEquals([lost.pid, lost.host], [Deno.pid, Deno.hostname()]);
  assert(Date.parse(lost.since) >= since - 1 && Date.parse(lost.since) <= Date.now(), lost.since);
  await taken.append(ENDED);
  await taken.close();
}

postgresTest("a run that was stopped for too long says who has its transaction", ({ locator }) => {
  return loseRun(locator, openPostgresStore, (owner) => owner.signal("SIGSTOP"));
});

permittedTest(
  "SQLite: a run that was stopped for too long says who has its transaction",
  ["read", "write", "run", "sys", "env"],
  async () => {
    await using folder = await makeTempFolder();
    const path = `${folder.path}/tx.db`;
    await loseRun(`sqlite:${path}`, openSqliteStore, (owner) => stopBetweenWrites(owner, path));
  },
);
