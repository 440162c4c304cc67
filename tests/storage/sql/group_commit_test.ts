import { assertEquals } from "@std/assert";
import { DatabaseError } from "../../../lib/storage/sql/database.ts";
import { GroupCommit } from "../../../lib/storage/sql/group_commit.ts";

/** Writes that the test answers one by one. */
class Writes {
  readonly batches: (readonly number[])[] = [];
  readonly #answers: ((error?: Error) => void)[] = [];

  readonly write = (rows: readonly number[]): Promise<readonly string[]> => {
    this.batches.push(rows);
    return new Promise((resolve, reject) => {
      this.#answers.push((error) => error === undefined ? resolve(rows.map(String)) : reject(error));
    });
  };

  answer(error?: Error): void {
    this.#answers.shift()?.(error);
  }
}

/** Lets everything run that can run without an answer. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

Deno.test("GroupCommit writes what waits together, in at most so many writes at once", async () => {
  const writes = new Writes();
  const group = new GroupCommit(writes.write, { maxInFlight: 2, sizeOf: () => 1, countWriters: () => 5 });
  const answers = [1, 2, 3].map((row) => group.add(row));
  await settle();
  answers.push(group.add(4));
  await settle();
  answers.push(group.add(5), group.add(6));
  await settle();
  assertEquals(writes.batches, [[1, 2, 3], [4]]);
  writes.answer();
  await settle();
  assertEquals(writes.batches, [[1, 2, 3], [4], [5, 6]]);
  writes.answer();
  writes.answer();
  assertEquals(await Promise.all(answers), ["1", "2", "3", "4", "5", "6"]);
});

Deno.test("GroupCommit splits a list with a bad row, so that this one fails alone", async () => {
  const written: number[] = [];
  const write = (rows: readonly number[]) => {
    if (rows.includes(3)) return Promise.reject(new DatabaseError("data", "three"));
    written.push(...rows);
    return Promise.resolve(rows);
  };
  const group = new GroupCommit(write, { maxInFlight: 1, sizeOf: () => 1, countWriters: () => 5 });
  const answers = await Promise.allSettled([1, 2, 3, 4, 5].map((row) => group.add(row)));
  assertEquals(answers.map(({ status }) => status), ["fulfilled", "fulfilled", "rejected", "fulfilled", "fulfilled"]);
  assertEquals(written, [1, 2, 4, 5]);
});

Deno.test("GroupCommit makes no write too long, and a single row is written at once", async () => {
  const writes = new Writes();
  const group = new GroupCommit(writes.write, { maxInFlight: 9, sizeOf: (row) => row, countWriters: () => 1 });
  group.add(1);
  assertEquals(writes.batches, [[1]]);
  const long = 5 * 1024 * 1024;
  const many = new GroupCommit(writes.write, { maxInFlight: 9, sizeOf: (row) => row, countWriters: () => 9 });
  for (const row of [long, long, long]) many.add(row);
  await settle();
  await settle();
  await settle();
  assertEquals(writes.batches.slice(1), [[long], [long], [long]]);
});
