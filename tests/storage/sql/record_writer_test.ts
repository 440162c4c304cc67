import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { Fenced, JournalUnwritable, StorageFull } from "../../../lib/errors/storage_errors.ts";
import type { Place, RecordRow } from "../../../lib/storage/sql/table_rows.ts";
import { DatabaseError, type DatabaseTrouble, type SqlDatabase } from "../../../lib/storage/sql/database.ts";
import { SqlStore } from "../../../lib/storage/sql/sql_store.ts";
import type { OpenJournal } from "../../../lib/storage/open_journal.ts";
import { testEvents } from "../../support/test_record.ts";
import { FIRST } from "../conforming_store.ts";
import { fakeClock, fakeDatabase } from "./fake_database.ts";

interface Fake extends AsyncDisposable {
  readonly open: OpenJournal;
  /** Every row that was sent. */
  readonly sent: RecordRow[];
  readonly clock: ReturnType<typeof fakeClock>;
}

type Answers = readonly boolean[] | DatabaseTrouble;

/** A journal whose appends are answered as the test says; what was sent is kept. */
async function openFake(
  answers: Answers[],
  place?: (row: Pick<RecordRow, "seq">, sent: readonly RecordRow[]) => Place,
): Promise<Fake> {
  const sent: RecordRow[] = [];
  const database: Partial<SqlDatabase> = {
    create: (rows) => Promise.resolve(rows.map(() => "created")),
    append: (_worker, rows) => {
      sent.push(...rows);
      const answer = answers.shift() ?? rows.map(() => true);
      if (typeof answer === "string") return Promise.reject(new DatabaseError(answer, "the test says so"));
      return Promise.resolve(answer);
    },
    look: (_worker, rows) =>
      Promise.resolve(rows.map((row) => place?.(row, sent) ?? { isOwner: false, found: undefined })),
    leave: () => Promise.resolve(true),
  };
  const clock = fakeClock();
  const store = new SqlStore(fakeDatabase(database), { maxInFlight: 2, clock });
  const open = await store.create(store.journalOf("a"), FIRST);
  const end = async () => {
    await open.close();
    await store[Symbol.asyncDispose]();
  };
  return { open, sent, clock, [Symbol.asyncDispose]: end };
}

Deno.test("an append whose answer was lost is repeated as it was, and found to be written", async () => {
  await using fake = await openFake(["away", "away", [false], [false]], (_row, rows) => ({
    isOwner: true,
    found: rows[0] && { epoch: rows[0].epoch, sum: rows[0].sum },
  }));
  const { open, sent } = fake;
  await open.append(testEvents(1));
  assertEquals(sent.map(({ seq, sum }) => [seq, sum === sent[0]?.sum]), [[1, true], [1, true], [1, true], [1, true]]);
  await open.append(testEvents(2));
  assertEquals(sent.slice(4).map(({ seq, before }) => [seq, before]), [[2, sent[0]?.sum]]);
});

Deno.test("an append that is refused is fenced, or follows what came late, and nothing is written afterwards", async () => {
  const places: readonly Place[] = [
    { isOwner: false, found: undefined },
    { isOwner: false, found: { epoch: 2, sum: "another" } },
    { isOwner: true, found: { epoch: 1, sum: "another" } },
  ];
  for (const place of places) {
    await using fake = await openFake([[false], [false]], () => place);
    const { open, sent } = fake;
    const error = await assertRejects(async () => await open.append(testEvents(1)), Fenced);
    assertEquals([open.lost.aborted, open.lost.reason], [true, error]);
    await assertRejects(async () => await open.append(testEvents(2)), Fenced);
    assertEquals(sent.length, 2);
  }
});

Deno.test("records that a failover has lost are appended again by their owner", async () => {
  await using fake = await openFake(
    [[true], [true], [false], [false], [true], [true], [true]],
    () => ({ isOwner: true, found: undefined }),
  );
  const { open, sent } = fake;
  for (const seq of [1, 2, 3]) await open.append(testEvents(seq));
  assertEquals(sent.map(({ seq }) => seq), [1, 2, 3, 3, 1, 2, 3]);
  assertEquals(sent.at(-1), sent.at(2));
  assertEquals(open.lost.aborted, false);
});

Deno.test("a database that is away ends the run when the lease is over, and not before", async () => {
  await using fake = await openFake(Array.from({ length: 1000 }, () => "away" as const));
  const { open, sent, clock } = fake;
  const begin = clock.now;
  const error = await assertRejects(async () => await open.append(testEvents(1)), JournalUnwritable);
  assertEquals([error instanceof Fenced, open.lost.aborted, clock.now - begin >= 26_000], [false, true, true]);
  const count = sent.length;
  await assertRejects(async () => await open.append(testEvents(1)), JournalUnwritable);
  assertEquals(sent.length, count);
});

Deno.test("a full disk and a record that cannot be stored leave the journal as it was", async () => {
  for (const trouble of ["full", "data"] as const) {
    await using fake = await openFake([trouble]);
    const { open, sent } = fake;
    const error = await assertRejects(async () => await open.append(testEvents(1)), JournalUnwritable);
    assertEquals(error instanceof StorageFull, trouble === "full");
    await open.append(testEvents(2));
    assertEquals(sent.map(({ seq, before }) => [seq, before]), [[1, sent[0]?.before], [1, sent[0]?.before]]);
  }
});

Deno.test("after an error of the disk nothing more is written: what is on it is unknown", async () => {
  await using fake = await openFake(["failed"]);
  const { open, sent } = fake;
  const error = await assertRejects(async () => await open.append(testEvents(1)), JournalUnwritable);
  assertInstanceOf(error.cause, DatabaseError);
  await assertRejects(async () => await open.append(testEvents(2)), JournalUnwritable);
  assertEquals(sent.length, 1);
});
