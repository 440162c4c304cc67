/** What was enqueued and has not begun keeps its name, its place in its queue, and its time, also in another database. */
import { assertEquals } from "@std/assert";
import { Transaction } from "@x/resumable-tx";
import { runMain } from "../../cli/fake_io.ts";
import { moveTest, placeOf } from "./moving.ts";

export function make(name: string): string {
  return name;
}

const [LATER, PASSED] = ["2100-01-02T03:04:05.000Z", "2001-02-03T04:05:06.000Z"];

moveTest("what was enqueued is imported under its name, with its queue, its priority and its time", async (test) => {
  const { database, folder } = test;
  const type = async (code: number, ...words: readonly string[]) => {
    const end = await runMain(words);
    assertEquals([words, end.code], [words, code], end.error);
  };
  const [source, another] = [`sqlite:${folder}/source.db`, `sqlite:${folder}/another.db`];
  const enqueue = (journal: string, dueAt?: string, database = source) =>
    Transaction.enqueue(import.meta, (t) => t.do(make, "ana"), {
      journal: `${database}#${journal}`,
      queue: "mail",
      priority: -3,
      ...(dueAt === undefined ? {} : { dueAt }),
    });
  await enqueue("now");
  await enqueue("later", LATER);
  await enqueue("passed", PASSED);
  await enqueue("other");
  for (const name of ["now", "later", "passed", "other"]) {
    await type(0, "export", `${source}#${name}`, `${folder}/file-${name}.json`);
    const named = name === "other" ? ["--name", "chosen"] : [];
    await type(0, "import", `${folder}/file-${name}.json`, database, ...named);
  }
  const place = { queue: "mail", priority: -3 };
  const { due_at: _now, ...now } = await placeOf(database, "now");
  assertEquals(now, { ...place, status: 0 });
  assertEquals(await placeOf(database, "later"), { ...place, status: 2, due_at: Date.parse(LATER) });
  assertEquals((await placeOf(database, "passed"))["due_at"], Date.parse(PASSED));
  assertEquals((await placeOf(database, "chosen"))["status"], 0);
  // It leaves and comes back as it was.
  await type(0, "export", `${database}#later`, `${folder}/again.json`);
  await type(0, "import", `${folder}/again.json`, database);
  assertEquals(await placeOf(database, "later"), { ...place, status: 2, due_at: Date.parse(LATER) });
  // One of another database has the same name.
  await enqueue("now", undefined, another);
  await type(0, "export", `${another}#now`, `${folder}/second.json`);
  await type(2, "import", `${folder}/second.json`, database);
  await type(0, "import", `${folder}/second.json`, database, "--name", "second");
});
