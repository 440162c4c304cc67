import { assert, assertEquals, assertRejects } from "@std/assert";
import { JournalLocked } from "../../../lib/errors/opening_errors.ts";
import { Fenced } from "../../../lib/errors/storage_errors.ts";
import { openSqliteStore } from "../../../lib/storage/sqlite/open_sqlite_store.ts";
import { LEASE_TIMES } from "../../../lib/storage/sql/sql_worker.ts";
import type { OpenJournal } from "../../../lib/storage/open_journal.ts";
import type { Store } from "../../../lib/storage/store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { startSqliteProcess } from "../../support/sqlite_process.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { ENDED, FIRST, readEvents } from "../conforming_store.ts";

/** Takes a journal as soon as its owner's lease is over. */
async function takeWhenPossible(store: Store, journal: string): Promise<OpenJournal> {
  for (;;) {
    try {
      return await store.open(journal, () => {});
    } catch (error) {
      if (!(error instanceof JournalLocked)) throw error;
    }
  }
}

permittedTest("a journal is refused while another process owns it, and taken over when that is killed", [
  "read",
  "write",
  "run",
], async () => {
  await using folder = await makeTempFolder();
  const path = `${folder.path}/tx.db`;
  await using owner = await startSqliteProcess("hold", path, "a");
  await using store = await openSqliteStore(path);
  const journal = store.journalOf("a");
  const error = await assertRejects(() => store.open(journal, () => {}), JournalLocked);
  assertEquals(error.pid, owner.pid);
  assertEquals((await store.read(journal, () => {})).isHeld, true);
  await owner[Symbol.asyncDispose]();
  // Its lease lasts for half a minute more: its lock tells.
  assertEquals(await store.read(journal, () => {}), { journal, isHeld: false, isAtRest: false });
  const open = await store.open(journal, () => {});
  assertEquals([open.epoch, open.isAtRest], [3, false]);
  await open.recover();
  await open.append(ENDED);
  await open.close();
  assertEquals((await readEvents(store, journal)).length, 2);
  const left = Array.from(Deno.readDirSync(folder.path), ({ name }) => name).filter((name) =>
    name.includes("-worker-")
  );
  assertEquals(left.length, 1);
});

permittedTest(
  "what a process was told to be stored is there after it was killed",
  ["read", "write", "run"],
  async () => {
    await using folder = await makeTempFolder();
    const path = `${folder.path}/tx.db`;
    await using owner = await startSqliteProcess("write", path, "a");
    let acknowledged = 0;
    for (let count = 0; count < 50; count += 1) acknowledged = Number(await owner.nextLine());
    owner.signal("SIGKILL");
    for (let line = await owner.nextLine(); line !== undefined; line = await owner.nextLine()) {
      acknowledged = Number(
        line,
      );
    }
    await using store = await openSqliteStore(path);
    const open = await store.open(store.journalOf("a"), () => {});
    await open.close();
    const stored = await readEvents(store, store.journalOf("a"));
    assert(stored.length > acknowledged, `${stored.length} records, ${acknowledged} acknowledged`);
    assert(stored.length <= acknowledged + 2);
  },
);

permittedTest("a process that was stopped for longer than its lease writes nothing more", [
  "read",
  "write",
  "run",
], async () => {
  await using folder = await makeTempFolder();
  const path = `${folder.path}/tx.db`;
  const leaseMs = 400;
  await using owner = await startSqliteProcess("hold", path, "a", { leaseMs });
  owner.signal("SIGSTOP");
  await using store = await openSqliteStore(path, { times: { ...LEASE_TIMES, leaseMs: 3_600_000, beatMs: 100 } });
  const open = await takeWhenPossible(store, store.journalOf("a"));
  await open.recover();
  owner.signal("SIGCONT");
  await owner.poke();
  assertEquals(await owner.nextLine(), "Fenced true");
  await open.append(ENDED);
  await open.close();
  assertEquals(await readEvents(store, store.journalOf("a")), [
    [{ type: "signalled", signal: "record 0", value: "" }],
    ENDED,
  ]);
});

permittedTest("an owner that was declared dead is fenced, and can take the journal again as another worker", [
  "read",
  "write",
], async () => {
  await using folder = await makeTempFolder();
  const path = `${folder.path}/tx.db`;
  // No lease ends while the test runs, however slow the machine is.
  const times = { ...LEASE_TIMES, leaseMs: 3_600_000 };
  await using first = await openSqliteStore(path, { times });
  await using second = await openSqliteStore(path, { times });
  const journal = first.journalOf("a");
  const open = await first.create(journal, FIRST);
  await assertRejects(() => second.open(journal, () => {}), JournalLocked);
  const { DatabaseSync } = await import("node:sqlite");
  {
    using database = new DatabaseSync(path, { timeout: 5000 });
    database.exec("update workers set dead = 1 where id in (select owner from transactions)");
  }
  const taken = await second.open(journal, () => {});
  await taken.recover();
  // The new owner has appended before the old one notices.
  await taken.append(ENDED);
  const error = await assertRejects(async () => await open.append(ENDED), Fenced);
  assertEquals([open.lost.aborted, open.lost.reason], [true, error]);
  await open.close({ remove: true });
  await taken.close();
  assertEquals(await readEvents(second, journal), [FIRST, ENDED]);
  // Before any heartbeat could tell it that it is dead.
  const again = await first.open(journal, () => {});
  await again.close();
});
