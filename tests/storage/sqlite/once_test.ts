import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { once, pruneOnce } from "../../../lib/storage/sqlite/mod.ts";
import { inStep } from "../../support/in_step.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";

function open(path = ":memory:"): DatabaseSync {
  const sql = new DatabaseSync(path);
  sql.exec("create table if not exists log (text text)");
  return sql;
}

function add(text: string): (tx: DatabaseSync) => string {
  return (tx) => {
    tx.prepare("insert into log values (?)").run(text);
    return text;
  };
}

function logOf(sql: DatabaseSync): readonly unknown[] {
  return sql.prepare("select text from log order by rowid").all().map(({ text }) => text);
}

Deno.test("once() does its work one time for each step, and returns the value of that time", async () => {
  using sql = open();
  const value = { at: new Date(0), rest: new Map([["a", 1n]]) };
  const work = (tx: DatabaseSync) => {
    add("a")(tx);
    return value;
  };
  assertEquals(await inStep("t/1/0", () => once(sql, work)), value);
  assertEquals(await inStep("t/1/0", () => once(sql, () => ({ at: new Date(), rest: new Map() }))), value);
  assertEquals(await inStep("t/1/0/undo", () => once(sql, add("undone"))), "undone");
  assertEquals(await inStep("t/2/0", () => once(sql, () => {})), undefined);
  assertEquals(await inStep("t/2/0", () => once(sql, () => {})), undefined);
  assertEquals(logOf(sql), ["a", "undone"]);
});

Deno.test("once() leaves nothing of work that fails, that cannot be stored, or that ends the transaction", async () => {
  using sql = open();
  const error = new RangeError("no");
  const failing = (tx: DatabaseSync) => {
    add("a")(tx);
    throw error;
  };
  assertEquals(await assertRejects(() => inStep("t/1/0", () => once(sql, failing))), error);
  const unstorable = async (tx: DatabaseSync) => {
    await Promise.resolve(add("b")(tx));
    return () => {};
  };
  await assertRejects(() => inStep("t/1/0", () => once(sql, unstorable)), TypeError);
  const rollingBack = (tx: DatabaseSync) => tx.exec("rollback; begin");
  await assertRejects(() => inStep("t/1/0", () => once(sql, rollingBack)), TypeError);
  assertEquals([logOf(sql), sql.isTransaction], [[], false]);
  await inStep("t/1/0", async () => {
    await assertRejects(() => once(sql, failing), RangeError);
    assertEquals(await once(sql, add("c")), "c", "a call that has failed has not used its key up");
  });
  assertEquals(logOf(sql), ["c"]);
});

Deno.test("once() says no outside of a step, within a transaction, and for a key that is used", async () => {
  using sql = open();
  await assertRejects(() => once(sql, add("a")), TypeError);
  sql.exec("begin");
  await assertRejects(() => inStep("t/1/0", () => once(sql, add("a"))), TypeError);
  sql.exec("rollback");
  await inStep("t/1/0", async () => {
    await once(sql, add("a"));
    const error = await assertRejects(() => once(sql, add("b")), TypeError);
    assertStringIncludes(error.message, "name");
    await once(sql, add("c"), { name: "c" });
    await assertRejects(() => once(sql, add("d"), { name: "c" }), TypeError);
    await assertRejects(() => once(sql, add("e"), { name: "" }), TypeError);
    const nested = (): Promise<unknown> => once(sql, add("f"), { name: "f" });
    await assertRejects(() => once(sql, nested, { name: "nested" }), TypeError);
  });
  assertEquals(logOf(sql), ["a", "c"]);
});

Deno.test("calls of once() by several steps on one connection wait for each other", async () => {
  using sql = open();
  const slow = async (tx: DatabaseSync) => {
    add("begin")(tx);
    await new Promise((resolve) => setTimeout(resolve));
    return add("end")(tx);
  };
  await Promise.all(["1", "2", "3"].map((id) => inStep(`t/${id}/0`, () => once(sql, slow))));
  assertEquals(logOf(sql), ["begin", "end", "begin", "end", "begin", "end"]);
});

permittedTest("once() of two connections with one key has one effect", ["read", "write"], async () => {
  await using folder = await makeTempFolder();
  const path = `${folder.path}/a.db`;
  using one = open(path);
  using other = open(path);
  const { promise, resolve } = Promise.withResolvers<void>();
  const slow = async (tx: DatabaseSync) => {
    add("one")(tx);
    await promise;
    return "one";
  };
  const first = inStep("t/1/0", () => once(one, slow));
  // It is locked out, and looks again.
  const second = inStep("t/1/0", () => once(other, add("other")));
  resolve();
  assertEquals(await Promise.all([first, second]), ["one", "one"]);
  assertEquals(logOf(one), ["one"]);
});

Deno.test("pruneOnce() removes keys of the given age", async () => {
  using sql = open();
  assertEquals(await pruneOnce(sql, { olderThanMs: 0 }), 0);
  for (let index = 0; index < 3; index += 1) await inStep(`t/${index}/0`, () => once(sql, add("a")));
  sql.exec("update resumable_tx_once set at = at - 1000000 where key <> 't/1/0'");
  assertEquals(await pruneOnce(sql, { olderThanMs: 500_000 }), 2);
  assertEquals(sql.prepare("select key from resumable_tx_once").all().map(({ key }) => key), ["t/1/0"]);
  await assertRejects(() => pruneOnce(sql, { olderThanMs: NaN }), RangeError);
});
