/** What commands say of transactions that workers leave alone, or that a queue does not let run. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openSqliteStore } from "../../../lib/storage/sqlite/open_sqlite_store.ts";
import { MAX_CLAIMS, POISONED } from "../../../lib/storage/sql/work/due_database.ts";
import { Transaction } from "../../../mod.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { type FakeEnd, runMain } from "../fake_io.ts";

export function greet(name: string): string {
  return `hello ${name}`;
}

async function type(code: number, ...words: readonly string[]): Promise<FakeEnd> {
  const end = await runMain(words);
  assertEquals([words, end.code], [words, code], end.error);
  return end;
}

async function enqueue(journal: string): Promise<void> {
  await Transaction.enqueue(import.meta, (t) => t.do(greet, "ana"), { journal });
}

permittedTest(
  "resume is refused when the queue is full, and changes nothing then",
  ["read", "write", "sys"],
  async () => {
    await using folder = await makeTempFolder();
    const database = `sqlite:${folder.path}/tx.db`;
    for (const name of ["a", "b"]) await enqueue(`${database}#${name}`);
    await type(0, "queue", "set", database, "default", "--max-running", "1");
    await using store = await openSqliteStore(database);
    const [claimed] = await store.due.claim({ scope: store.locator, limit: 9 });
    assertEquals(claimed?.journal, store.journalOf("a"));
    const records = () => type(0, "inspect", `${database}#b`, "--events", "--json");
    const before = (await records()).out;
    const { error } = await type(75, "resume", `${database}#b`, "--trust");
    assertStringIncludes(error, "queue");
    assertEquals((await records()).out, before);
    assertMatch((await type(0, "list", database, "--json")).out, /"status": "pending"/);
    await store.due.giveBack(store.journalOf("a"));
    await type(0, "resume", `${database}#b`, "--trust");
  },
);

permittedTest("list says why workers leave a transaction alone", ["read", "write", "sys"], async () => {
  await using folder = await makeTempFolder();
  const database = `sqlite:${folder.path}/tx.db`;
  for (const name of ["a", "b"]) await enqueue(`${database}#${name}`);
  const list = async (...words: readonly string[]) => {
    const found = JSON.parse((await type(0, "list", database, "--json", ...words)).out);
    return found.map((one: Record<string, unknown>) => [one["name"], one["status"], one["reason"]]);
  };
  {
    await using store = await openSqliteStore(database);
    await store.due.noteBlocked(store.journalOf("b"), "its module is not there\u001b[2J");
    using connection = new DatabaseSync(`${folder.path}/tx.db`, { timeout: 5000 });
    // Three workers have died before they recorded anything.
    connection.prepare("update transactions set claims = ?, claim_seq = 0, listed = null where name = 'a'")
      .run(MAX_CLAIMS);
    assertEquals(await store.due.claim({ scope: store.locator, limit: 1 }).then((rows) => rows.length), 1);
    await store.due.giveBack(store.journalOf("b"));
    assertEquals(await store.due.outlook({ scope: store.locator }).then(({ failed, due }) => [failed, due]), [1, 1]);
  }
  const reasons = [["a", "aborted", POISONED], ["b", "pending", "its module is not there\u001b[2J"]];
  assertEquals(await list(), reasons);
  assertEquals(await list("--status", "aborted"), [reasons[0]]);
  assertEquals((await type(0, "list", database)).out.includes("\u001b[2J"), false);
  // A person runs it, and nothing is left of that.
  for (const name of ["a", "b"]) await type(0, "resume", `${database}#${name}`, "--trust", "--keep");
  assertEquals(await list(), [["a", "finished", undefined], ["b", "finished", undefined]]);
});
