import { assertEquals, assertRejects } from "@std/assert";
import { type Planner, Transaction } from "../../mod.ts";
import { openStore as openSqlite } from "../../lib/storage/sqlite/mod.ts";
import { openStore } from "../../lib/storage/locator.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { makeTempFolder } from "../support/temp_folder.ts";

export function add(a: number, b: number): number {
  return a + b;
}

const PERMISSIONS = ["read", "write", "sys", "env"] as const;

permittedTest(
  "transactions keep their journals in a store that is passed to them, by name or by id",
  PERMISSIONS,
  async () => {
    await using folder = await makeTempFolder();
    await using store = await openSqlite(`sqlite:${folder.path}/tx.db`);
    const sums = await Promise.all(
      ["ana", undefined].map((journal) =>
        Transaction.run(import.meta, (t) => t.do(add, 1, 2), { store, journal, keep: true })
      ),
    );
    assertEquals(sums, [3, 3]);
    const { status, journal, steps } = await Transaction.inspect(`${store.locator}#ana`);
    assertEquals([status, journal, steps.length], ["finished", `sqlite:${folder.path}/tx.db#ana`, 1]);
    await using place = await openStore(store.locator, { isScope: true });
    const names = (await Array.fromAsync(place.store.list(place.name))).map((name) => name.slice(store.locator.length));
    assertEquals(names.map((name) => name.replace(/^#[0-9a-f-]{36}$/, "#ID")).toSorted(), ["#ID", "#ana"]);
  },
);

permittedTest(
  "a store is open once for all that use it at the same time, until the last of them closes it",
  PERMISSIONS,
  async () => {
    await using folder = await makeTempFolder();
    const locator = `sqlite:${folder.path}/tx.db`;
    await (await openSqlite(locator))[Symbol.asyncDispose]();
    const first = await openStore(`${locator}#a`);
    const second = await openStore(`${locator}#b`);
    const third = await openSqlite(locator);
    assertEquals(second.store, first.store);
    await first[Symbol.asyncDispose]();
    await first[Symbol.asyncDispose]();
    await second[Symbol.asyncDispose]();
    const build = (t: Planner) => void t.do(add, 1, 2);
    await Transaction.run(import.meta, build, { store: third, journal: "a", keep: true });
    await third[Symbol.asyncDispose]();
    const again = { store: third, journal: "b" };
    await assertRejects(() => Transaction.run(import.meta, build, again), TypeError);
    await using anew = await openStore(locator, { isScope: true });
    assertEquals(anew.store === first.store, false);
    assertEquals(await Array.fromAsync(anew.store.list(anew.name)), [`${locator}#a`]);
  },
);

permittedTest("a store whose user passed a name that is too long can still be closed", PERMISSIONS, async () => {
  await using folder = await makeTempFolder();
  const store = await openSqlite(`sqlite:${folder.path}/tx.db`);
  const build = (t: Planner) => void t.do(add, 1, 2);
  const run = (journal: string) => Transaction.run(import.meta, build, { store, journal });
  await assertRejects(() => run("x".repeat(201)), TypeError);
  await store[Symbol.asyncDispose]();
  // Only an open store can be used. One that stays open keeps a thread, and the process does not end.
  await assertRejects(() => run("ana"), TypeError);
});

permittedTest("with a store, a journal is a name and no locator", PERMISSIONS, async () => {
  await using folder = await makeTempFolder();
  await using store = await openSqlite(`sqlite:${folder.path}/tx.db`);
  for (const journal of ["sqlite:other.db#a", "file:///a.json", `${store.locator}#a`]) {
    await assertRejects(() => Transaction.run(import.meta, (t) => t.do(add, 1, 2), { store, journal }), TypeError);
  }
  const none = { store: {} as typeof store, journal: "a" };
  await assertRejects(() => Transaction.run(import.meta, (t) => t.do(add, 1, 2), none), TypeError);
});
