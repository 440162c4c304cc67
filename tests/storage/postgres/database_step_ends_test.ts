import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { JournalRefused } from "../../../lib/errors/opening_errors.ts";
import { TransactionAborted, TransactionCancelled } from "../../../lib/errors/running_errors.ts";
import type { Planner } from "../../../lib/plan/planner.ts";
import { context } from "../../../lib/process/step_context.ts";
import { decideJournal } from "../../../lib/run/amend/amend_journal.ts";
import { exportJournal } from "../../../lib/run/amend/export_journal.ts";
import { importJournal } from "../../../lib/run/amend/import_journal.ts";
import { openStore } from "../../../lib/storage/locator.ts";
import { openPostgresStore } from "../../../lib/storage/postgres/open_postgres_store.ts";
import { Transaction } from "../../../lib/transaction.ts";
import { postgresTests } from "../../support/postgres_test.ts";
import { BANK, debit, hooks, leaveQuestion, setSession } from "../../support/programs/bank_steps.ts";
import { runSample } from "../../support/programs/sample_transaction.ts";
import { query } from "../../support/query_postgres.ts";
import { SeededRandom } from "../../support/seeded_random.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";
import { balances, IN_DATABASE, openBank, transfer, typesOf } from "./bank.ts";

const postgresTest = postgresTests();

postgresTest("what a database step sets for its session, the next one does not meet", async (test) => {
  await openBank(test);
  const build = (t: Planner) => [t.do(setSession).with(IN_DATABASE), t.do(setSession).with(IN_DATABASE)];
  const fresh = { role: true, memory: "4MB", idle: "30s", table: null, locks: 0 };
  assertEquals(await Transaction.run(BANK, build, { journal: `${test.locator}#a` }), [fresh, fresh]);
});

/** Waits for whatever has changed the accounts and not ended. */
async function touchAccounts(locator: string): Promise<void> {
  await query(locator, "update accounts set changes = changes");
}

postgresTest("a database step that stops at its time limit need not wait for an answer", async (test) => {
  const schema = await openBank(test);
  hooks.within = leaveQuestion;
  const build = (t: Planner) => t.do(debit, schema, "ana", 30).with({ ...IN_DATABASE, timeoutMs: 20 });
  await assertRejects(() => Transaction.run(BANK, build, { journal: `${test.locator}#a` }), TransactionAborted);
  await touchAccounts(test.locator);
  assertEquals([hooks.calls, await balances(test.locator)], [1, [100, 100]]);
});

postgresTest("a database step that ignores its time limit has failed, and its transaction has ended", async (test) => {
  const schema = await openBank(test);
  const clock = new VirtualClock(Date.parse("2026-11-23T02:15:00.000Z"), new SeededRandom(1));
  const reached = Promise.withResolvers<void>();
  hooks.within = () => {
    reached.resolve();
    return new Promise(() => {});
  };
  await using store = await openPostgresStore(test.locator);
  const build = (t: Planner) => t.do(debit, schema, "ana", 30).with({ ...IN_DATABASE, timeoutMs: 20 });
  const run = runSample(store, store.journalOf("a"), build, { clock }, BANK.url);
  const ended = assertRejects(() => run, TransactionAborted);
  await reached.promise;
  clock.pass(20);
  await new Promise((resolve) => setImmediate(resolve));
  clock.pass(5000);
  assertInstanceOf((await ended).cause, DOMException);
  await touchAccounts(test.locator);
  assertEquals(await balances(test.locator), [100, 100]);
  assertEquals(await typesOf(test.locator, "a"), ["started 1, failed 1, aborted 1"]);
});

postgresTest("a database step that is cancelled commits all that it does, or nothing", async (test) => {
  const schema = await openBank(test);
  for (const [name, end] of [["a", () => {}], ["b", (signal: AbortSignal) => signal.throwIfAborted()]] as const) {
    const journal = `${test.locator}#${name}`;
    let cancelled: Promise<unknown> = Promise.resolve();
    hooks.within = async () => {
      const { signal } = context();
      const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
      cancelled = Transaction.cancel(journal);
      await aborted;
      end(signal);
    };
    const options = { journal, keep: true };
    await assertRejects(() => Transaction.run(BANK, transfer(schema), options), TransactionCancelled);
    assertEquals(await cancelled, "applied");
    assertEquals(await balances(test.locator), [70, 100]);
  }
  const [first, ...rest] = await typesOf(test.locator, "a");
  assertEquals([first, rest.join().includes("2")], ["started 1, finished 1", false]);
  assertEquals((await typesOf(test.locator, "b"))[0]?.startsWith("started 1, failed 1"), true);
});

postgresTest("a finished database step that is rewound runs again, and its work stays", async (test) => {
  const schema = await openBank(test);
  const journal = `${test.locator}#a`;
  await Transaction.run(BANK, transfer(schema), { journal, keep: true });
  await using place = await openStore(journal);
  await decideJournal(place.store, place.name, { step: "2", decision: "rewind" });
  assertEquals(await Transaction.resume(journal, { keep: true }), 160);
  assertEquals([hooks.calls, await balances(test.locator)], [1, [70, 160]]);
  assertEquals((await typesOf(test.locator, "a")).slice(-2), ["started 2, finished 2", "ended"]);
});

postgresTest(
  "what was exported with database steps left runs nothing as a file, and runs when it is back",
  async (test) => {
    const schema = await openBank(test);
    const journal = `${test.locator}#a`;
    await using folder = await makeTempFolder();
    const path = `${folder.path}/a.json`;
    hooks.within = () => Promise.reject(new RangeError("not now"));
    await assertRejects(() => Transaction.run(BANK, transfer(schema), { journal }), TransactionAborted);
    await using place = await openStore(journal);
    await exportJournal(place, path);
    const bytes = await Deno.readFile(path);
    for (const isLast of [false, true]) {
      const options = isLast ? { decisions: [{ step: "1", decision: "skip" as const }] } : {};
      await assertRejects(() => Transaction.resume(path, options), JournalRefused);
    }
    assertEquals([hooks.calls, await Deno.readFile(path)], [1, bytes]);
    await using file = await openStore(path);
    await importJournal(file, () => Promise.resolve({ store: place.store, name: test.locator }), { name: "a" });
    assertEquals(await Transaction.resume(journal), 130);
    assertEquals([hooks.calls, await balances(test.locator)], [2, [70, 130]]);
  },
);

postgresTest("a plan with database steps is not enqueued where it could not run", async (test) => {
  const schema = await openBank(test);
  await using folder = await makeTempFolder();
  const journal = `sqlite:${folder.path}/a.db#a`;
  await assertRejects(() => Transaction.enqueue(BANK, transfer(schema), { journal }), JournalRefused);
  await assertRejects(() => Transaction.enqueue(BANK, transfer(schema), { journal: `${folder.path}/a.json` }));
  assertEquals((await Array.fromAsync(Deno.readDir(folder.path))).map(({ name }) => name).includes("a.json"), false);
  await using place = await openStore(journal);
  assertEquals(await place.store.kindOf(place.name), undefined);
});
