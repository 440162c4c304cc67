import { assertEquals, assertInstanceOf, assertRejects, assertStringIncludes } from "@std/assert";
import pg from "pg";
import {
  CommitUnknown,
  once,
  type PostgresPool,
  pruneOnce,
  type StepDatabase,
} from "../../../lib/storage/postgres/mod.ts";
import { CuttingProxy } from "../../support/cutting_proxy.ts";
import { inStep } from "../../support/in_step.ts";
import { type PostgresTest, postgresTests } from "../../support/postgres_test.ts";
import { query } from "../../support/query_postgres.ts";

const postgresTest = postgresTests();
const KEYS = "select key from resumable_tx_once order by key";

type Pool = PostgresPool & AsyncDisposable;

/** Connections of a program whose tables are in the schema of the test. */
function openPool(locator: string, { max = 10, user }: { readonly max?: number; readonly user?: string } = {}): Pool {
  const url = new URL(locator);
  const schema = url.searchParams.get("schema");
  url.search = "";
  if (user !== undefined) url.username = user;
  const pool = new pg.Pool({ connectionString: url.href, max, options: `-c search_path=${schema}` });
  // As every program with a pool must: connections are lost while nobody uses them.
  pool.on("error", () => {});
  return Object.assign(pool, { [Symbol.asyncDispose]: () => pool.end() });
}

async function makeLog({ locator }: PostgresTest): Promise<void> {
  await query(locator, `create schema ${new URL(locator).searchParams.get("schema")}`);
  await query(locator, "create table log (text text unique deferrable initially deferred)");
}

function add(text: string): (tx: StepDatabase) => Promise<string> {
  return async (tx) => {
    await tx.query("insert into log values ($1)", [text]);
    return text;
  };
}

async function logOf(locator: string): Promise<readonly unknown[]> {
  return (await query(locator, "select text from log order by text")).map(({ text }) => text);
}

postgresTest("once() does its work one time for each step, with a pool and with a client", async (test) => {
  await makeLog(test);
  await using pool = openPool(test.locator, { max: 1 });
  const value = { at: new Date(0), rest: new Map([["a", 1n]]) };
  const work = async (tx: StepDatabase) => {
    await add("a")(tx);
    return value;
  };
  assertEquals(await inStep("t/1/0", () => once(pool, work)), value);
  const client = await pool.connect();
  try {
    const other = () => ({ at: new Date(), rest: new Map<string, bigint>() });
    assertEquals(await inStep("t/1/0", () => once(client, other)), value);
    await inStep("t/2/0", async () => {
      assertEquals(await once(client, add("b"), { name: "b" }), "b");
      assertEquals(await once(client, add("c"), { name: "c" }), "c");
    });
  } finally {
    client.release();
  }
  assertEquals(await inStep("t/2/0/undo", () => once(pool, () => {})), undefined);
  assertEquals(await inStep("t/2/0/undo", () => once(pool, () => {})), undefined);
  assertEquals(await logOf(test.locator), ["a", "b", "c"]);
});

postgresTest("once() leaves nothing of work that fails, and gives its connection back", async (test) => {
  await makeLog(test);
  await using pool = openPool(test.locator, { max: 1 });
  const fail = (work: (tx: StepDatabase) => unknown) => assertRejects(() => inStep("t/1/0", () => once(pool, work)));
  const error = new RangeError("no");
  assertEquals(await fail((tx) => add("a")(tx).then(() => Promise.reject(error))), error);
  assertInstanceOf(await fail((tx) => add("a")(tx).then(() => () => {})), TypeError);
  // An error of a statement that the work does not report: PostgreSQL commits nothing after it.
  await fail((tx) => tx.query("select 1 / 0").catch(() => {}));
  // Checked by the commit.
  await fail(async (tx) => await add("a")(tx) + await add("a")(tx));
  for (const end of ["commit", "rollback", "commit; begin"]) {
    assertInstanceOf(await fail(async (tx) => void await tx.query(end)), TypeError);
    await query(test.locator, "delete from resumable_tx_once");
  }
  assertEquals(await logOf(test.locator), []);
  assertEquals(await inStep("t/1/0", () => once(pool, add("a"))), "a");
  assertEquals(await query(test.locator, KEYS), [{ key: "t/1/0" }]);
});

postgresTest("once() says no to a client that is in a transaction, and changes nothing of that", async (test) => {
  await makeLog(test);
  await using pool = openPool(test.locator);
  const client = await pool.connect();
  // As an older driver, which does not tell.
  const older = { query: client.query.bind(client), on: Reflect.get(client, "on").bind(client), off: () => {} };
  try {
    for (const sql of [client, older]) {
      await client.query("begin");
      await client.query("insert into log values ('mine')");
      await assertRejects(() => inStep("t/1/0", () => once(sql, add("a"))), TypeError);
      await client.query("rollback");
    }
  } finally {
    client.release();
  }
  await assertRejects(() => once(pool, add("a")), TypeError);
  assertEquals(await logOf(test.locator), []);
});

postgresTest("many processes that call once() at first make one table, and each key has one effect", async (test) => {
  await makeLog(test);
  await using pool = openPool(test.locator, { max: 20 });
  const calls = Array.from({ length: 40 }, (_, index) => {
    const key = `t/${index % 4}/0`;
    return inStep(key, () => once(pool, add(`${key} of ${index}`)));
  });
  const values = await Promise.all(calls);
  assertEquals(new Set(values).size, 4);
  assertEquals(await logOf(test.locator), [...new Set(values)].toSorted());
});

postgresTest("once() of a role that may make no table says what to run", async (test) => {
  await makeLog(test);
  const schema = new URL(test.locator).searchParams.get("schema");
  await query(test.locator, `do $$ begin create role once_user login; exception when duplicate_object then end $$`);
  await query(test.locator, `grant usage on schema ${schema} to once_user; grant insert on log to once_user`);
  await using pool = openPool(test.locator, { user: "once_user" });
  const { message } = await assertRejects(() => inStep("t/1/0", () => once(pool, add("a"))), Error);
  const [, statements = ""] = /role that may do it run: (.*) to the role of this program/.exec(message) ?? [];
  assertStringIncludes(message, "permission denied");
  await query(test.locator, `${statements} to once_user`);
  assertEquals(await inStep("t/1/0", () => once(pool, add("a"))), "a");
});

postgresTest("an answer to the commit of once() that is lost is found out with a pool", async (test) => {
  await makeLog(test);
  await using proxy = new CuttingProxy(Number(new URL(test.server.url).port));
  const through = Object.assign(new URL(test.locator), { port: String(proxy.port) }).href;
  await using pool = openPool(through);
  await inStep("t/0/0", () => once(pool, add("0")));
  proxy.cutAfter("commit\0");
  assertEquals(await inStep("t/1/0", () => once(pool, add("a"))), "a");
  assertEquals(proxy.hasCut, true);
  // It does not arrive.
  await assertRejects(() =>
    inStep("t/2/0", () =>
      once(pool, async (tx) => {
        await add("b")(tx);
        proxy.cutAll();
      }))
  );
  const client = await pool.connect();
  Reflect.get(client, "on").call(client, "error", () => {});
  await client.query("select 1");
  proxy.cutAfter("commit\0");
  await assertRejects(() => inStep("t/3/0", () => once(client, add("c"))), CommitUnknown);
  client.release(true);
  assertEquals(await inStep("t/3/0", () => once(pool, add("c again"))), "c");
  assertEquals(await inStep("t/2/0", () => once(pool, add("b again"))), "b again");
  assertEquals(await logOf(test.locator), ["0", "a", "b again", "c"]);
});

postgresTest("a connection that once() could not roll back does not go back to its pool", async (test) => {
  await makeLog(test);
  await using pool = openPool(test.locator, { max: 1 });
  // As if the driver had waited for the answer for too long.
  const connect = async () => {
    const client = await pool.connect();
    const method = (name: string) => Reflect.get(client, name).bind(client);
    const query = (text: string, values?: unknown[]) =>
      text === "rollback" ? Promise.reject(new Error("Query read timeout")) : client.query(text, values);
    const [on, off, getTransactionStatus] = ["on", "off", "getTransactionStatus"].map(method);
    return { query, on, off, getTransactionStatus, release: method("release") };
  };
  const impatient = { totalCount: 0, query: pool.query.bind(pool), connect };
  const fail = async (tx: StepDatabase) => {
    await add("a")(tx);
    throw new RangeError("no");
  };
  assertEquals(await inStep("t/0/0", () => once(pool, () => 0)), 0);
  await assertRejects(() => inStep("t/1/0", () => once(impatient, fail)), RangeError);
  assertEquals(await inStep("t/1/0", () => once(pool, add("a"))), "a");
  assertEquals(await logOf(test.locator), ["a"]);
});

postgresTest("pruneOnce() removes keys of the given age", async (test) => {
  await makeLog(test);
  await using pool = openPool(test.locator);
  assertEquals(await pruneOnce(pool, { olderThanMs: 0 }), 0);
  for (const text of ["a", "b", "c"]) await inStep(`t/${text}/0`, () => once(pool, add(text)));
  await query(test.locator, "update resumable_tx_once set at = at - interval '1 hour' where key <> 't/b/0'");
  assertEquals(await pruneOnce(pool, { olderThanMs: 60_000 }), 2);
  assertEquals(await query(test.locator, KEYS), [{ key: "t/b/0" }]);
  await assertRejects(() => pruneOnce(pool, { olderThanMs: -1 }), RangeError);
});
