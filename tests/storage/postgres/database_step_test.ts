import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { JournalRefused } from "../../../lib/errors/opening_errors.ts";
import { TransactionAborted, TransactionUndone } from "../../../lib/errors/running_errors.ts";
import type { Planner } from "../../../lib/plan/planner.ts";
import { openStore } from "../../../lib/storage/postgres/mod.ts";
import { Transaction } from "../../../lib/transaction.ts";
import { CuttingProxy } from "../../support/cutting_proxy.ts";
import { startPgBouncer } from "../../support/pgbouncer.ts";
import { postgresTests } from "../../support/postgres_test.ts";
import {
  BANK,
  credit,
  creditAll,
  debit,
  hooks,
  keepDatabase,
  misbehave,
  sleepLong,
  undoDebit,
} from "../../support/programs/bank_steps.ts";
import { query } from "../../support/query_postgres.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { balances, IN_DATABASE, openBank, transfer, typesOf } from "./bank.ts";

const postgresTest = postgresTests();

postgresTest(
  "a database step and its record are one commit, and one record has its beginning and its end",
  async (test) => {
    const schema = await openBank(test);
    const journal = `${test.locator}#a`;
    assertEquals(await Transaction.run(BANK, transfer(schema), { journal, keep: true }), 130);
    assertEquals(await balances(test.locator), [70, 130]);
    assertEquals(await typesOf(test.locator, "a"), ["started 1, finished 1", "started 2, finished 2", "ended"]);
    const xmins =
      "select xmin::text from records where seq = 1 union select xmin::text from accounts where name = 'ana'";
    assertEquals((await query(test.locator, xmins)).length, 1);
  },
);

postgresTest("a database step that fails leaves nothing, is recorded, and runs again", async (test) => {
  const schema = await openBank(test);
  const journal = `${test.locator}#a`;
  const failing = { calls: 2 };
  const fail = async () => {
    failing.calls -= 1;
    if (failing.calls > 0) hooks.within = fail;
    await Promise.reject(new RangeError("not now"));
  };
  hooks.within = fail;
  const build = (t: Planner) => {
    t.do(debit, schema, "ana", 30).with({ ...IN_DATABASE, retry: { maxAttempts: 2, delayMs: 1, jitter: 0 } });
  };
  await assertRejects(() => Transaction.run(BANK, build, { journal }), TransactionAborted);
  assertEquals([hooks.calls, await balances(test.locator)], [2, [100, 100]]);
  await Transaction.resume(journal, { keep: true });
  assertEquals([hooks.calls, await balances(test.locator)], [3, [70, 100]]);
  assertEquals(await typesOf(test.locator, "a"), [
    "started 1, failed 1, retrying 1",
    "started 1, failed 1, aborted 1",
    "resumed",
    "started 1, finished 1",
    "ended",
  ]);
});

postgresTest(
  "a database step fails, and leaves nothing, if its commit fails or its value cannot be stored",
  async (test) => {
    const schema = await openBank(test);
    const duplicate = `create table ${schema}.once (a int unique deferrable initially deferred)`;
    await query(test.locator, duplicate);
    const atCommit = `insert into ${schema}.once values (1), (1)`;
    for (const how of ["unstorable", "large", "caught", "select 1 / 0", "rollback", atCommit]) {
      const journal = `${test.locator}#${encodeURIComponent(how.slice(0, 10))}`;
      const build = (t: Planner) =>
        t.do(misbehave, schema, how).with({ ...IN_DATABASE, retry: { nonRetryable: ["error"] } });
      await assertRejects(() => Transaction.run(BANK, build, { journal }), TransactionAborted);
      assertEquals([how, await balances(test.locator)], [how, [100, 100]]);
    }
    assertEquals(hooks.calls, 6);
  },
);

postgresTest("a database step that commits by itself fails, and is not recorded as finished", async (test) => {
  const schema = await openBank(test);
  for (const how of ["commit", "commit; begin"]) {
    const journal = `${test.locator}#${encodeURIComponent(how)}`;
    const build = (t: Planner) =>
      t.do(misbehave, schema, how).with({ ...IN_DATABASE, retry: { maxAttempts: 3, delayMs: 1 } });
    const error = await assertRejects(() => Transaction.run(BANK, build, { journal }), TransactionAborted);
    assertInstanceOf(error.cause, TypeError);
  }
  assertEquals([hooks.calls, await balances(test.locator)], [2, [98, 100]]);
});

postgresTest("the undo of a database step works in the database, too", async (test) => {
  const schema = await openBank(test);
  const journal = `${test.locator}#a`;
  const build = (t: Planner) => {
    t.do(debit, schema, "ana", 30).with({ ...IN_DATABASE, undo: undoDebit });
    t.do(credit, schema, "nobody", 30).with(IN_DATABASE);
  };
  await assertRejects(() => Transaction.run(BANK, build, { journal, onFailure: "rollback" }), TransactionUndone);
  assertEquals(await balances(test.locator), [100, 100]);
  assertEquals((await typesOf(test.locator, "a")).slice(2), ["undoing 1, undone 1", "undone"]);
});

postgresTest(
  "many database steps run side by side, also those of a returned plan, on few connections",
  async (test) => {
    const schema = await openBank(test);
    const names = Array.from({ length: 30 }, (_, index) => `c${index}`);
    await query(test.locator, "insert into accounts select unnest($1::text[]), 0, 0", names);
    const build = (t: Planner) => t.do(creditAll, schema, names).with(IN_DATABASE);
    let most = 0;
    const count =
      "select count(*)::int as n from pg_stat_activity where query ~ 'accounts|txid_status|discard temp|begin'";
    const watch = async () => most = Math.max(most, Number((await query(test.locator, count))[0]?.["n"]));
    const run = Transaction.run(BANK, build, { journal: `${test.locator}#a`, keep: true });
    await Promise.all([run, watch()]);
    assertEquals(await run, names.map(() => 1));
    assert(most <= 12, `${most} connections`);
    const changed = await query(test.locator, "select name from accounts where balance = 1 and changes = 1");
    assertEquals(changed.length, names.length);
  },
);

postgresTest(
  "a lost answer to the commit of a database step is found out, a lost connection begins it again",
  async (test) => {
    const schema = await openBank(test);
    await using proxy = new CuttingProxy(Number(new URL(test.server.url).port));
    const through = Object.assign(new URL(test.locator), { port: String(proxy.port) }).href;
    await using store = await openStore(through);
    const run = (name: string) => Transaction.run(BANK, transfer(schema), { journal: name, store, keep: true });
    hooks.within = () => {
      proxy.cutAfter("commit\0");
      return Promise.resolve();
    };
    assertEquals([await run("a"), hooks.calls, proxy.hasCut], [130, 1, true]);
    hooks.within = () => {
      proxy.cutAll();
      return Promise.resolve();
    };
    assertEquals([await run("b"), hooks.calls], [160, 3]);
    hooks.within = () => {
      proxy.cutBefore("COMMIT");
      return Promise.resolve();
    };
    assertEquals([await run("c"), hooks.calls, await balances(test.locator)], [190, 4, [10, 190]]);
    for (const name of ["a", "b", "c"]) {
      const expected = ["started 1, finished 1", "started 2, finished 2", "ended"];
      assertEquals(await typesOf(test.locator, name), expected);
    }
  },
);

postgresTest("a database step at its time limit has failed, and its database is of no use afterwards", async (test) => {
  await openBank(test);
  const slow = (t: Planner) => t.do(sleepLong).with({ ...IN_DATABASE, timeoutMs: 20 });
  await assertRejects(() => Transaction.run(BANK, slow, { journal: `${test.locator}#a` }), TransactionAborted);
  await Transaction.run(BANK, (t) => t.do(keepDatabase).with(IN_DATABASE), { journal: `${test.locator}#b` });
  await assertRejects(async () => await hooks.within?.(), TypeError);
  hooks.within = undefined;
  const plain = (t: Planner) => t.do(keepDatabase);
  const error = await assertRejects(
    () => Transaction.run(BANK, plain, { journal: `${test.locator}#c` }),
    TransactionAborted,
  );
  assertInstanceOf(error.cause, TypeError);
});

postgresTest(
  "database steps are refused where the journal is a file or in SQLite, before anything runs",
  async (test) => {
    const schema = await openBank(test);
    await using folder = await makeTempFolder();
    for (const journal of [`${folder.path}/a.json`, `sqlite:${folder.path}/a.db#a`]) {
      await assertRejects(() => Transaction.run(BANK, transfer(schema), { journal }), JournalRefused);
      const inPlan = (t: Planner) => t.do(creditAll, schema, ["ana"]);
      await assertRejects(
        () => Transaction.run(BANK, inPlan, { journal: journal.replace(/a$|a.json/, "$&b") }),
        TransactionAborted,
      );
    }
    assertEquals(hooks.calls, 0);
  },
);

postgresTests({ pgBouncer: true })("database steps work behind PgBouncer", async (test) => {
  const schema = await openBank(test);
  await using bouncer = await startPgBouncer(test.server);
  const through = Object.assign(new URL(test.locator), { port: String(bouncer.port) }).href;
  await using store = await openStore(through);
  for (const name of ["a", "b"]) {
    await Transaction.run(BANK, transfer(schema), { journal: name, store });
  }
  assertEquals(await balances(test.locator), [40, 160]);
});
