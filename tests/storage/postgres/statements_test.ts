import { assertEquals, assertRejects } from "@std/assert";
import type { Creation, NewTransaction, RecordRow, Search } from "../../../lib/storage/sql/table_rows.ts";
import { DatabaseError } from "../../../lib/storage/sql/database.ts";
import { openPostgres, type PostgresDatabase } from "../../../lib/storage/postgres/postgres_database.ts";
import { parsePostgresLocator } from "../../../lib/storage/postgres/postgres_locator.ts";
import { postgresTests } from "../../support/postgres_test.ts";
import { query } from "../../support/query_postgres.ts";

const postgresTest = postgresTests();

const LEASE = 60_000;
const [A, B] = [uuid(0xa), uuid(0xb)];
const ALL = { maxRows: 99, maxBytes: 1e9 };
const RELEASE = { status: "aborted", steps: 3, finished: 1, atStep: "2", error: "E" } as const;

/** A server with two workers. */
interface Subject {
  readonly database: PostgresDatabase;
  readonly locator: string;
  /** Creates a transaction of the first worker, unless the row says otherwise. */
  readonly create: (
    id: string,
    row?: Partial<NewTransaction>,
    creation?: Partial<Creation>,
  ) => Promise<string | undefined>;
}

function uuid(number: number): string {
  return `00000000-0000-7000-8000-${number.toString(16).padStart(12, "0")}`;
}

function statementTest(name: string, run: (subject: Subject) => Promise<void>): void {
  postgresTest(`PostgreSQL: ${name}`, async ({ locator }) => {
    await using database = await openPostgres(parsePostgresLocator(locator));
    for (const id of [A, B]) {
      await database.addWorker({ id, leaseMs: LEASE, host: "h", pid: 1, library: "0.1.0" });
    }
    const rest = { owner: A, queue: "default", priority: 0, dueAt: undefined, library: "0.1.0", home: "file:///h.ts" };
    let batch = 0;
    const create: Subject["create"] = async (id, row = {}, creation = {}) => {
      const whole = { ...rest, id, name: undefined, record: { data: "{}", sum: "s0" }, ...row };
      return (await database.create([whole], { worker: whole.owner ?? A, batch: batch += 1, ...creation }))[0];
    };
    await run({ database, locator, create });
  });
}

function record(seq: number, rest: Partial<RecordRow> = {}): RecordRow {
  return { tx: uuid(1), seq, epoch: 1, data: `{"seq":${seq}}`, sum: `s${seq}`, before: `s${seq - 1}`, ...rest };
}

statementTest("an append needs the owner, the epoch and the record before, and is made once", async (subject) => {
  const { database, create } = subject;
  await create(uuid(1));
  await create(uuid(2));
  const wrong: readonly (readonly [string, RecordRow])[] = [
    [B, record(1)],
    [A, record(1, { epoch: 2 })],
    [A, record(1, { before: "another" })],
    [A, record(2)],
  ];
  for (const [worker, row] of wrong) {
    assertEquals(await database.append(worker, [row]), [false]);
    // With others, another statement is used.
    const other = record(0, { tx: uuid(2) });
    assertEquals(await database.append(worker, [row, other]), [false, false]);
  }
  assertEquals(await database.append(A, [record(1)]), [true]);
  assertEquals(await database.append(A, [record(1), record(1, { tx: uuid(2) })]), [false, true]);
  assertEquals(await database.append(A, [record(1)]), [false]);
  const looked = await database.look(A, [record(1), record(3), record(1, { epoch: 2 }), record(0, { tx: uuid(9) })]);
  const found = { epoch: 1, sum: "s1" };
  assertEquals(looked, [
    { isOwner: true, found },
    { isOwner: true, found: undefined },
    { isOwner: false, found },
    { isOwner: false, found: undefined },
  ]);
  const seqs = async (limits: typeof ALL) => (await database.readRecords(uuid(1), 0, limits)).map(({ seq }) => seq);
  assertEquals([await seqs(ALL), await seqs({ ...ALL, maxBytes: 1 }), await seqs({ ...ALL, maxRows: 1 })], [[0, 1], [
    0,
  ], [0]]);
});

statementTest("a conclusion is the last record and the release, or nothing", async ({ database, create }) => {
  await create(uuid(1));
  const conclude = async (worker: string, row: RecordRow) =>
    (await database.conclude(worker, [{ record: row, release: RELEASE }]))[0];
  assertEquals(await conclude(B, record(1)), false);
  assertEquals(await conclude(A, record(1, { epoch: 2 })), false);
  assertEquals(await conclude(A, record(1, { before: "another" })), false);
  assertEquals(await conclude(A, record(2)), false);
  assertEquals((await database.readRecords(uuid(1), 0, ALL)).length, 1);
  assertEquals(await conclude(A, record(1)), true);
  const row = await database.find(uuid(1));
  const { status, owner, finished, atStep, error } = typeof row === "object" ? row : {};
  assertEquals([status, owner, finished, atStep, error], ["aborted", undefined, 1, "2", "E"]);
  assertEquals(await conclude(A, record(2)), false);
});

statementTest("a lease that is over takes, creates and claims nothing, and is not renewed", async (subject) => {
  const { database, locator, create } = subject;
  await create(uuid(1), { owner: undefined });
  assertEquals(await database.findOverdue(B, LEASE), []);
  await query(locator, "update workers set lease_until = now() - interval '1 ms' where id = $1", A);
  assertEquals(await database.beat(A, LEASE), false);
  assertEquals(await database.take(uuid(1), A), undefined);
  assertEquals(await database.claim(A, { queues: ["default"], limit: 9 }), []);
  await assertRejects(() => create(uuid(2)), DatabaseError);
  const overdue = await database.findOverdue(B, LEASE);
  assertEquals(overdue.map(({ id }) => id), [A]);
  await create(uuid(3), { owner: B });
  await database.bury(overdue.map((worker) => ({ ...worker, id: B })));
  assertEquals(await database.beat(B, LEASE), true);
  await database.bury(overdue);
  await query(locator, "update workers set lease_until = now() + interval '1 h'");
  assertEquals(await database.beat(A, LEASE), false);
  // It ends later than a lease can: the clock was set back.
  assertEquals((await database.findOverdue(A, LEASE)).map(({ id }) => id), [B]);
});

statementTest("what a dead worker owned, and what a worker does not know of, is freed", async (subject) => {
  const { database, create } = subject;
  for (const id of [1, 2]) await create(uuid(id));
  for (const id of [3, 4]) await create(uuid(id), { owner: B });
  await database.leave({ tx: uuid(2), worker: A, epoch: 1 }, RELEASE);
  assertEquals((await database.take(uuid(2), A))?.epoch, 2);
  assertEquals(await database.take(uuid(1), B), undefined);
  await database.bury([{ id: A, lease: "", isGone: true }]);
  assertEquals([await database.freeOrphans(1), await database.freeOrphans(9)], [1, 1]);
  const owned = await database.findOwned(B);
  for (const stray of owned.filter(({ tx }) => tx !== uuid(3))) {
    assertEquals(await database.leave(stray, { status: undefined }), true);
  }
  const found = await Promise.all((await database.list(9)).map(({ id }) => database.find(id)));
  const rows = found.flatMap((row) => typeof row === "object" ? row : []);
  assertEquals(rows.map(({ status, owner, epoch }) => [status, owner, epoch]), [
    ["ready", undefined, 2],
    ["aborted", undefined, 3],
    ["running", B, 1],
    ["ready", undefined, 1],
  ]);
});

statementTest("a creation may be repeated, and takes no name that another has", async ({ create }) => {
  assertEquals(await create(uuid(1), { name: "t" }), "created");
  assertEquals(await create(uuid(1), { name: "t" }), "created");
  assertEquals(await create(uuid(1), { record: { data: "{}", sum: "another" } }), "taken");
  assertEquals(await create(uuid(2), { name: "t" }), "taken");
});

statementTest("a creation that arrives late does not bring back what was removed", async ({ database, create }) => {
  const remove = (tx: string) => database.remove([{ tx, worker: A, epoch: 1 }]);
  const t = (batch: number) => create(uuid(1), { name: "t" }, { batch });
  const other = () => create(uuid(2), { name: "t" }, { batch: 8 });
  const removed = [await t(6), await remove(uuid(1)), await t(6), await database.count()];
  assertEquals(removed, ["created", [true], "created", 0]);
  // What had its name then is gone by now.
  const taken = [await t(7), await other(), await remove(uuid(1)), await other(), await database.count()];
  assertEquals(taken, ["created", "taken", [true], "taken", 0]);
  await create(uuid(3), {}, { batch: 5 });
  assertEquals([await database.count(), await t(9), await database.count()], [0, "created", 1]);
});

statementTest("only its owner removes a transaction, and only what has ended is pruned", async (subject) => {
  const { database, create } = subject;
  await create(uuid(1));
  const owned = { tx: uuid(1), worker: A, epoch: 1 };
  assertEquals(await database.remove([{ ...owned, worker: B }]), [false]);
  assertEquals(await database.remove([{ ...owned, epoch: 2 }]), [false]);
  assertEquals(await database.prune([{ id: uuid(1), epoch: 1 }]), []);
  assertEquals(await database.remove([owned]), [true]);
  assertEquals(await database.remove([owned]), [true]);
  assertEquals(await database.readRecords(uuid(1), 0, ALL), []);
  for (const [id, status] of [[2, "finished"], [3, "aborted"]] as const) {
    await create(uuid(id));
    await database.leave({ tx: uuid(id), worker: A, epoch: 1 }, { ...RELEASE, status });
  }
  const seen = [2, 3].map((id) => ({ id: uuid(id), epoch: 1 }));
  assertEquals(await database.prune(seen.map((one) => ({ ...one, epoch: 2 }))), []);
  assertEquals(await database.prune(seen), [uuid(2)]);
});

statementTest("claims take what is ready, in order", async ({ database, locator, create }) => {
  await create(uuid(1), { owner: undefined, priority: 1 });
  await create(uuid(2), { owner: undefined });
  await create(uuid(3), { owner: undefined, queue: "q" });
  await create(uuid(4), { owner: undefined, dueAt: Date.now() + 3_600_000 });
  assertEquals((await database.claim(A, { queues: ["default"], limit: 1 })).map(({ id }) => id), [uuid(2)]);
  assertEquals(await database.claim(B, { queues: ["default"], limit: 9 }), [{
    id: uuid(1),
    name: undefined,
    epoch: 1,
    status: "running",
    requests: 0,
  }]);
  assertEquals(await database.wake(), []);
  await query(locator, "update transactions set due_at = now() where status = 2");
  assertEquals(await database.wake(), ["default"]);
  assertEquals((await database.claim(A, { queues: ["default"], limit: 9 })).map(({ id }) => id), [uuid(4)]);
});

statementTest("racing claims take each transaction once, and no more than a queue lets run", async (subject) => {
  const { database, locator, create } = subject;
  for (let id = 1; id <= 30; id += 1) await create(uuid(id), { owner: undefined });
  await database.setQueue("default", { maxRunning: 5 });
  const workers = [A, B, A, B];
  const race = async () => {
    const others = await Promise.all(workers.map(() => openPostgres(parsePostgresLocator(locator))));
    const taken = await Promise.all(
      others.map((other, index) => other.claim(workers[index] ?? A, { queues: ["default"], limit: 3 })),
    );
    for (const other of others) await other[Symbol.asyncDispose]();
    return taken.flat().map(({ id }) => id);
  };
  const first = await race();
  assertEquals([first.length, new Set(first).size], [5, 5]);
  await query(locator, "update queues set max_running = null");
  const second = await race();
  assertEquals([second.length, new Set([...first, ...second]).size], [12, 17]);
  await query(locator, "update queues set paused = true");
  assertEquals(await database.claim(A, { queues: ["default"], limit: 9 }), []);
});

statementTest(
  "requests are let in while an owner listens, and none is between its last look and its end",
  async (subject) => {
    const { database, create } = subject;
    await create(uuid(1));
    const owned = { tx: uuid(1), worker: A, epoch: 1 };
    const send = (id: number) => database.addRequest({ id: uuid(id), tx: uuid(1), data: `${id}` });
    assertEquals([await send(1), await send(1)], [true, true]);
    assertEquals(await database.findRequested(A), [uuid(1)]);
    assertEquals(await database.stopListening([{ ...owned, seen: 0, turn: 2 }]), [false]);
    const { seen, requests } = await database.readRequests(uuid(1));
    assertEquals([seen, requests], [1, [{ id: uuid(1), tx: uuid(1), data: "1" }]]);
    await database.removeRequests([uuid(1)]);
    assertEquals(await database.stopListening([{ ...owned, epoch: 2, seen, turn: 2 }]), [false]);
    assertEquals(await database.stopListening([{ ...owned, seen, turn: 2 }]), [true]);
    assertEquals(await send(2), false);
    // What has opened it before arrives late.
    assertEquals(await database.begin(A, [{ ...owned, isClaimed: false }]), ["fenced"]);
    assertEquals([await database.listen({ ...owned, turn: 1 })], [false]);
    assertEquals(await send(2), false);
    assertEquals([await database.listen({ ...owned, turn: 3 }), await send(2)], [true, true]);
    assertEquals(await database.stopListening([{ ...owned, seen: 2, turn: 2 }]), [false]);
    assertEquals(await send(4), true);
    await database.leave(owned, RELEASE);
    assertEquals(await send(3), false);
    await database.take(uuid(1), B);
    assertEquals(await send(3), false);
    assertEquals(await database.begin(B, [{ tx: uuid(1), worker: B, epoch: 2, isClaimed: false }]), ["begun"]);
    assertEquals(await send(3), true);
  },
);

statementTest(
  "a transaction is found by its name, its id, or the beginning of its id",
  async ({ database, create }) => {
    const [one, two] = ["0193a1b2-aaaa-7000-8000-000000000001", "0193a1b2-bbbb-7000-8000-000000000002"];
    await create(one, { name: "one" });
    await create(two);
    const found: unknown[] = [];
    for (const name of ["one", two, "0193a1b2-b", "0193a1b2", "0193a1b", "none", "%", "0193a1b2-bbbb-7000-8000-"]) {
      const row = await database.find(name);
      found.push(typeof row === "object" ? row.id : row);
    }
    assertEquals(found, [one, two, two, "ambiguous", undefined, undefined, undefined, two]);
  },
);

statementTest("a search finds the oldest first, in pages, by what is listed, name, error and time", async (subject) => {
  const { database, create } = subject;
  for (const [index, name] of ["a1", "a2", "b3", "a4"].entries()) await create(uuid(index + 1), { name });
  for (const [index, lastAt] of [2000, 1000, 1000].entries()) {
    const listing = { status: "aborted", lastAt: new Date(lastAt).toISOString(), next: [] };
    await database.leave({ tx: uuid(index + 1), worker: A, epoch: 1 }, { ...RELEASE, listing });
  }
  const search = (search: Partial<Search>) => database.search({ listed: "aborted", limit: 9, ...search });
  const names = async (options: Partial<Search>) => (await search(options)).map(({ name }) => name);
  assertEquals(await names({}), ["a2", "b3", "a1"]);
  const [first, second] = await search({ limit: 2 });
  assertEquals([await names({ limit: 1, after: first }), await names({ after: second })], [["b3"], ["a1"]]);
  assertEquals([await names({ listed: undefined }), await names({ listed: "finished" })], [["a4"], []]);
  assertEquals([await names({ name: "a" }), await names({ listed: undefined, name: "3" })], [["a2", "a1"], []]);
  assertEquals([await names({ error: "E" }), await names({ error: "e" })], [["a2", "b3", "a1"], []]);
  assertEquals([await names({ queue: "q" }), await names({ latest: 1000 })], [[], ["a2", "b3"]]);
  assertEquals([await database.list(2), await database.list(9, uuid(3))], [
    [{ id: uuid(1), name: "a1" }, { id: uuid(2), name: "a2" }],
    [{ id: uuid(4), name: "a4" }],
  ]);
  assertEquals(await database.count(), 4);
});
