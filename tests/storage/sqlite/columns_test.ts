import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Planner, Transaction, type TransactionOptions, TransactionPaused } from "@x/resumable-tx";
import { DatabaseSync } from "node:sqlite";
import { resumeJournal } from "../../../lib/run/start/continue_journal.ts";
import { openSqliteStore } from "../../../lib/storage/sqlite/open_sqlite_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";

export function succeed(): string {
  return "done";
}

export function fail(): never {
  throw new RangeError("the disk of the printer is full");
}

let isRepaired = false;

export function failUnlessRepaired(): void {
  if (!isRepaired) throw new Error("not yet");
}

type Plan = (t: Planner) => unknown;

/** How a transaction looks in its row when its run has ended. */
async function rowAfter(path: string, plan: Plan, options: TransactionOptions = {}): Promise<unknown> {
  const journal = `sqlite:${path}#a`;
  await Transaction.run(import.meta, plan, { journal, ...options }).catch(() => {});
  using database = new DatabaseSync(path);
  const sql = "select name, status, owner, steps, finished, at_step, error, epoch from transactions";
  const row = database.prepare(sql).get();
  return row && { ...row };
}

const CASES: readonly (readonly [string, Plan, TransactionOptions, Record<string, unknown> | undefined])[] = [
  ["finished and removed", (t) => t.do(succeed), {}, undefined],
  ["finished and kept", (t) => t.do(succeed), { keep: true }, { status: 5, steps: 1, finished: 1 }],
  ["aborted", (t) => [t.do(succeed), t.do(fail)], {}, {
    status: 4,
    steps: 2,
    finished: 1,
    at_step: "2",
    error: "RangeError: the disk of the printer is full",
  }],
  ["asking for a signal", (t) => [t.do(succeed), t.waitFor("go")], {}, {
    status: 3,
    steps: 2,
    finished: 1,
    at_step: "2",
  }],
];

for (const [what, plan, options, expected] of CASES) {
  permittedTest(`the row of a transaction says how its run has ended: ${what}`, ["read", "write", "env"], async () => {
    await using folder = await makeTempFolder();
    const row = await rowAfter(`${folder.path}/tx.db`, plan, options);
    const rest = { name: "a", owner: null, finished: 0, at_step: null, error: null, epoch: 1 };
    assertEquals(row, expected && { ...rest, ...expected });
  });
}

permittedTest("the row of a transaction that sleeps says until when", ["read", "write", "env"], async () => {
  await using folder = await makeTempFolder();
  const path = `${folder.path}/tx.db`;
  await rowAfter(path, (t) => [t.do(failUnlessRepaired), t.sleep(3_600_000)]);
  const begin = Date.now();
  isRepaired = true;
  {
    await using store = await openSqliteStore(path);
    await assertRejects(() => resumeJournal(store, store.journalOf("a"), { maxIdleMs: 0 }), TransactionPaused);
  }
  using database = new DatabaseSync(path);
  const { status, due_at: dueAt } = database.prepare("select status, due_at from transactions").get() ?? {};
  assertEquals(status, 2);
  assert(Number(dueAt) >= begin + 3_600_000 && Number(dueAt) <= Date.now() + 3_600_000);
});

permittedTest("a repair leaves the status as it is, and a resume runs the rest", ["read", "write", "env"], async () => {
  await using folder = await makeTempFolder();
  const path = `${folder.path}/tx.db`;
  const journal = `sqlite:${path}#a`;
  await rowAfter(path, (t) => [t.do(fail), t.do(succeed)], { keep: true });
  await assertRejects(() => Transaction.resume(journal));
  using database = new DatabaseSync(path);
  const status = () => database.prepare("select status from transactions").get()?.["status"];
  assertEquals(status(), 4);
  const { status: inspected, steps } = await Transaction.inspect(journal);
  assertEquals([inspected, steps.map(({ status }) => status)], ["aborted", ["failed", "pending"]]);
  await Transaction.cancel(journal, { why: "no printer" });
  assertEquals(status(), 6);
});

permittedTest("the records in the table are the lines of a file", ["read", "write", "env"], async () => {
  await using folder = await makeTempFolder();
  const path = `${folder.path}/tx.db`;
  await rowAfter(path, (t) => [t.do(succeed), t.do(fail)]);
  using database = new DatabaseSync(path);
  const lines = database.prepare("select data from records order by seq").all().map(({ data }) => String(data));
  assert(lines.length > 2);
  const file = `${folder.path}/a.json`;
  await Deno.writeTextFile(file, `[${lines.join("\n,")}\n]`);
  const of = async (journal: string) => ({ ...await Transaction.inspect(journal), journal: "", next: [] });
  assertEquals(await of(file), await of(`sqlite:${path}#a`));
});
