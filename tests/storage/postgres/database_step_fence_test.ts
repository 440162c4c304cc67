import { assertEquals, assertRejects } from "@std/assert";
import { Fenced } from "../../../lib/errors/storage_errors.ts";
import type { Planner } from "../../../lib/plan/planner.ts";
import { useStore } from "../../../lib/storage/locator.ts";
import { openPostgresStore } from "../../../lib/storage/postgres/open_postgres_store.ts";
import type { LeaseTimes } from "../../../lib/storage/sql/sql_worker.ts";
import { Transaction } from "../../../lib/transaction.ts";
import { postgresTests } from "../../support/postgres_test.ts";
import { BANK, credit, debit, hooks, rest } from "../../support/programs/bank_steps.ts";
import { query } from "../../support/query_postgres.ts";
import { balances, IN_DATABASE, openBank, transfer, typesOf } from "./bank.ts";

const postgresTest = postgresTests();

/** No heartbeat comes during a test, so that only a statement can notice that something has changed. */
const SILENT: LeaseTimes = { leaseMs: 86_400_000, beatMs: 43_200_000, marginMs: 4000 };

/** Opens the store that every transaction with this locator shares, until it is closed. */
async function openSilently(locator: string): Promise<AsyncDisposable> {
  const { release } = await useStore(locator, (database) => openPostgresStore(database, { times: SILENT }));
  return { [Symbol.asyncDispose]: release };
}

for (const change of ["owner = null, epoch = epoch + 1", "owner = null", "epoch = epoch + 1"]) {
  postgresTest(`only the commit can notice, and a database step is not committed: ${change}`, async (test) => {
    const schema = await openBank(test);
    const journal = `${test.locator}#a`;
    await using _store = await openSilently(test.locator);
    hooks.within = async () => void await query(test.locator, `update transactions set ${change}`);
    await assertRejects(() => Transaction.run(BANK, transfer(schema), { journal, keep: true }), Fenced);
    assertEquals([hooks.calls, await balances(test.locator), await typesOf(test.locator, "a")], [1, [100, 100], []]);
    await query(test.locator, "update transactions set owner = null");
    assertEquals(await Transaction.resume(journal, { keep: true }), 130);
    assertEquals([hooks.calls, await balances(test.locator)], [2, [70, 130]]);
  });
}

postgresTest("a database step is not committed after the first record of another owner", async (test) => {
  const schema = await openBank(test);
  const journal = `${test.locator}#a`;
  await using _store = await openSilently(test.locator);
  hooks.within = async () => {
    await query(test.locator, "update workers set dead = true");
    await using other = await openPostgresStore(test.locator);
    const taken = await other.open(other.journalOf("a"), () => {});
    await taken.recover({ runs: true });
    await taken.append([{ type: "resumed", run: 2, library: "0.1.0" }]);
    await taken.close();
  };
  await assertRejects(() => Transaction.run(BANK, transfer(schema), { journal, keep: true }), Fenced);
  assertEquals([await balances(test.locator), await typesOf(test.locator, "a")], [[100, 100], ["resumed"]]);
});

/** What a failover to a standby does that had not received the newest record. */
async function loseNewest(locator: string): Promise<void> {
  await query(locator, "delete from records where seq = (select max(seq) from records)");
}

postgresTest("a database step begins again if records before it were lost, which are written again", async (test) => {
  const schema = await openBank(test);
  await using _store = await openSilently(test.locator);
  hooks.within = () => loseNewest(test.locator);
  const build = (t: Planner) => {
    t.do(rest);
    t.do(debit, schema, "ana", 30).with(IN_DATABASE);
  };
  await Transaction.run(BANK, build, { journal: `${test.locator}#a`, keep: true });
  assertEquals([hooks.calls, await balances(test.locator)], [2, [70, 100]]);
  assertEquals((await typesOf(test.locator, "a")).slice(-2), ["started 2, finished 2", "ended"]);
});

postgresTest("a database step that was lost with its record is not recorded again, but runs again", async (test) => {
  const schema = await openBank(test);
  const journal = `${test.locator}#a`;
  await using _store = await openSilently(test.locator);
  const build = (t: Planner) => {
    t.do(debit, schema, "ana", 30).with(IN_DATABASE);
    t.do(rest);
    t.do(debit, schema, "ben", 30).with(IN_DATABASE);
    t.do(credit, schema, "ben", 60).with(IN_DATABASE);
  };
  const loseFirst = async () => {
    await query(test.locator, "delete from records where seq > 0");
    await query(test.locator, "update accounts set balance = 100 where name = 'ana'");
  };
  hooks.within = () => {
    hooks.within = loseFirst;
    return Promise.resolve();
  };
  await assertRejects(() => Transaction.run(BANK, build, { journal, keep: true }), Fenced);
  assertEquals([hooks.calls, await balances(test.locator), await typesOf(test.locator, "a")], [2, [100, 100], []]);
  await query(test.locator, "update transactions set owner = null");
  await Transaction.resume(journal, { keep: true });
  assertEquals([hooks.calls, await balances(test.locator)], [4, [70, 130]]);
});
