import { assertEquals } from "@std/assert";
import type { NewTransaction } from "../../../lib/storage/sql/table_rows.ts";
import { SqlStore } from "../../../lib/storage/sql/sql_store.ts";
import { RowWatch } from "../../../lib/storage/sql/row_watch.ts";
import { FIRST } from "../conforming_store.ts";
import { fakeClock, fakeDatabase } from "./fake_database.ts";

Deno.test("thousands of transactions that are enqueued at once share few commits", async () => {
  const batches: NewTransaction[][] = [];
  const database = fakeDatabase({
    create: (rows) => {
      batches.push([...rows]);
      return Promise.resolve(rows.map(() => "created"));
    },
  });
  await using store = new SqlStore(database, { maxInFlight: 2, clock: fakeClock() });
  const names = Array.from({ length: 3000 }, (_, index) => store.journalOf(`t${index}`));
  await Promise.all(names.map((name) => store.enqueue(name, FIRST, { status: "sleeping", dueAt: 5, steps: 1 })));
  assertEquals(batches.flat().length, 3000);
  assertEquals(batches.length <= 3, true, `${batches.length} commits`);
  assertEquals(new Set(batches.flat().map(({ owner, dueAt }) => `${owner} ${dueAt}`)), new Set(["undefined 5"]));
});

Deno.test("all who wait in a process share one look, and nothing is left when the last has gone", async () => {
  const asked: (readonly string[])[] = [];
  const marks = new Map<string, string | undefined>([["a", undefined], ["b", "4 1"]]);
  const ticks = new Set<() => void>();
  const clock = {
    ...fakeClock(),
    every: (_ms: number, call: () => void) => (ticks.add(call), () => ticks.delete(call)),
  };
  const findMarks = (ids: readonly string[]) => {
    asked.push(ids);
    return Promise.resolve(ids.flatMap((id) => marks.has(id) ? [{ id, mark: marks.get(id) }] : []));
  };
  const watch = new RowWatch({ findMarks }, clock);
  const stop = new AbortController();
  const all = ["a", "a", "b"].map((id) => watch.changes(id, stop.signal));
  for (const one of all) await one.next();
  const [first, second, third] = all.map((one) => one.next());
  assertEquals(ticks.size, 1);
  for (const tick of ticks) tick();
  await third;
  marks.delete("a");
  for (const tick of ticks) tick();
  await Promise.all([first, second]);
  assertEquals(asked, [["a", "b"], ["a", "b"]]);
  const rest = all.map((one) => one.next());
  stop.abort();
  assertEquals((await Promise.all(rest)).map(({ done }) => done), [true, true, true]);
  assertEquals(ticks.size, 0);
});
