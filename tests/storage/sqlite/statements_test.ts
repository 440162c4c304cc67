import { assertEquals, assertThrows } from "@std/assert";
import type { Creation, NewTransaction, RecordRow, Search } from "../../../lib/storage/sql/table_rows.ts";
import { openDatabase } from "../../../lib/storage/sqlite/open_database.ts";
import { Tables } from "../../../lib/storage/sqlite/tables.ts";
import { WorkerLocks } from "../../../lib/storage/sqlite/worker_lock.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";

const LEASE = 1000;
const [A, B] = ["worker-a", "worker-b"];

/** Tables with two workers, and the time as the test says it. */
interface Subject {
  readonly tables: Tables;
  readonly clock: { now: number };
  /** Creates a transaction of a worker, or of nobody. */
  readonly create: (id: string, row?: Partial<NewTransaction>, creation?: Partial<Creation>) => string;
  readonly rowOf: (id: string) => Record<string, unknown>;
}

function statementTest(name: string, run: (subject: Subject) => void): void {
  permittedTest(`SQLite: ${name}`, ["read", "write"], async () => {
    await using folder = await makeTempFolder();
    using database = openDatabase(`${folder.path}/tx.db`);
    const locks = new WorkerLocks(`${folder.path}/tx.db`);
    const clock = { now: 1_000_000 };
    const tables = new Tables(database, locks, () => clock.now);
    for (const id of [A, B]) tables.addWorker({ id, leaseMs: LEASE, host: "h", pid: 1, library: "0.1.0" });
    let batch = 0;
    const create: Subject["create"] = (id, row = {}, creation = {}) => {
      const rest = {
        owner: A,
        queue: "default",
        priority: 0,
        dueAt: undefined,
        library: "0.1.0",
        home: "file:///h.ts",
      };
      const whole = { ...rest, id, name: id, record: { data: "{}", sum: "s0" }, ...row };
      const by = { worker: whole.owner ?? A, batch: batch += 1, ...creation };
      const [created = ""] = tables.create([whole], by);
      return created;
    };
    const rowOf = (id: string) => {
      const { status, owner, epoch, finished, atStep } = tables.find(id) as Exclude<
        ReturnType<Tables["find"]>,
        string | undefined
      >;
      return { status, owner, epoch, finished, atStep };
    };
    try {
      run({ tables, clock, create, rowOf });
    } finally {
      locks.close();
    }
  });
}

function record(seq: number, rest: Partial<RecordRow> = {}): RecordRow {
  return { tx: "t", seq, epoch: 1, data: `{"seq":${seq}}`, sum: `s${seq}`, before: `s${seq - 1}`, ...rest };
}

const NINE = { queues: ["default"], limit: 9 };
const RELEASE = { status: "aborted", steps: 3, finished: 1, atStep: "2", error: "E" } as const;

statementTest("an append needs the owner, the epoch and the record before, and is made once", ({ tables, create }) => {
  create("t");
  const append = (worker: string, row: RecordRow) => tables.append(worker, [row])[0];
  assertEquals(append(B, record(1)), false);
  assertEquals(append(A, record(1, { epoch: 2 })), false);
  assertEquals(append(A, record(1, { before: "another" })), false);
  assertEquals(append(A, record(2)), false);
  assertEquals(append(A, record(1)), true);
  assertEquals(append(A, record(1)), false);
  assertEquals(append(A, record(2)), true);
  assertEquals(tables.look(A, [record(1), record(3)]), [
    { isOwner: true, found: { epoch: 1, sum: "s1" } },
    { isOwner: true, found: undefined },
  ]);
  assertEquals(tables.look(B, [record(1)]).map(({ isOwner }) => isOwner), [false]);
  assertEquals(tables.look(A, [record(1, { epoch: 2 }), record(0, { tx: "none" })]).map(({ isOwner }) => isOwner), [
    false,
    false,
  ]);
  assertEquals(tables.readRecords("t", 1, { maxRows: 9, maxBytes: 9e9 }).map(({ seq }) => seq), [1, 2]);
  assertEquals(tables.readRecords("t", 0, { maxRows: 9, maxBytes: 1 }).map(({ seq }) => seq), [0]);
});

statementTest("a conclusion is the last record and the release, or nothing", ({ tables, create, rowOf }) => {
  create("t");
  const conclude = (worker: string, row: RecordRow) => tables.conclude(worker, [{ record: row, release: RELEASE }])[0];
  assertEquals(conclude(B, record(1)), false);
  assertEquals(conclude(A, record(1, { epoch: 2 })), false);
  assertEquals(conclude(A, record(1, { before: "another" })), false);
  assertEquals(conclude(A, record(2)), false);
  assertEquals(rowOf("t"), { status: "running", owner: A, epoch: 1, finished: 0, atStep: undefined });
  assertEquals(conclude(A, record(1)), true);
  assertEquals(rowOf("t"), { status: "aborted", owner: undefined, epoch: 1, finished: 1, atStep: "2" });
  assertEquals(conclude(A, record(2)), false);
  assertEquals(tables.readRecords("t", 0, { maxRows: 9, maxBytes: 9e9 }).length, 2);
});

statementTest("a lease that is over stays over, and the dead never revive", ({ tables, clock }) => {
  clock.now += LEASE - 1;
  assertEquals(tables.beat(A, LEASE), true);
  clock.now += 1;
  assertEquals(tables.beat(B, LEASE), false);
  assertEquals(tables.findOverdue(A, LEASE).map(({ id, isGone }) => [id, isGone]), [[B, false]]);
  const [seen] = tables.findOverdue("another", LEASE);
  tables.bury(seen === undefined ? [] : [{ ...seen, id: A }]);
  assertEquals(tables.beat(A, LEASE), true);
  clock.now -= 10 * LEASE;
  // The clock was set back: neither lease may last as long as the clock says.
  assertEquals(tables.findOverdue("another", LEASE).map(({ id }) => id).sort(), [A, B]);
  assertEquals(tables.beat(A, LEASE), true);
  assertEquals(tables.findOverdue("another", LEASE).map(({ id }) => id), [B]);
  tables.bury(tables.findOverdue("another", LEASE));
  assertEquals(tables.beat(B, LEASE), false);
});

statementTest("what a dead worker owned is freed, by owner and not by status", ({ tables, create, rowOf }) => {
  create("running");
  create("repaired", { owner: undefined });
  create("left");
  tables.leave({ tx: "left", worker: A, epoch: 1 }, RELEASE);
  assertEquals(tables.take("left", A)?.epoch, 2);
  create("mine", { owner: B });
  assertEquals(tables.take("running", B), undefined);
  tables.bury([{ id: A, lease: "0", isGone: true }]);
  assertEquals(tables.freeOrphans(1), 1);
  assertEquals(tables.freeOrphans(9), 1);
  assertEquals(["running", "repaired", "left", "mine"].map((id) => [rowOf(id)["status"], rowOf(id)["owner"]]), [
    ["ready", undefined],
    ["ready", undefined],
    ["aborted", undefined],
    ["running", B],
  ]);
  assertEquals(["running", "left"].map((id) => rowOf(id)["epoch"]), [2, 3]);
  assertEquals(tables.append(A, [record(1, { tx: "running" })]), [false]);
});

statementTest("what a worker owns is found, and given up by its epoch", ({ tables, create, rowOf }) => {
  for (const id of ["known", "stray"]) create(id);
  create("other", { owner: B });
  assertEquals(tables.findOwned(A).map(({ tx, epoch }) => [tx, epoch]).toSorted(), [["known", 1], ["stray", 1]]);
  const leave = (epoch: number) => tables.leave({ tx: "stray", worker: A, epoch }, { status: undefined });
  assertEquals([leave(2), leave(1), leave(1)], [false, true, false]);
  assertEquals(rowOf("stray")["status"], "ready");
  assertEquals(["known", "stray", "other"].map((id) => rowOf(id)["owner"]), [A, undefined, B]);
});

statementTest("a worker whose lease is over takes and creates nothing", ({ tables, clock, create }) => {
  create("t", { owner: undefined });
  clock.now += LEASE;
  assertEquals(tables.take("t", A), undefined);
  assertEquals(tables.claim(A, NINE), []);
  assertThrows(() => create("u"));
  tables.addWorker({ id: "c", leaseMs: LEASE, host: undefined, pid: 2, library: "0.1.0" });
  assertEquals(tables.take("t", "c"), { id: "t", epoch: 1, status: "ready" });
  tables.bury([{ id: "c", lease: "0", isGone: true }]);
  assertThrows(() => create("v", { owner: undefined }, { worker: "c" }));
  assertEquals(tables.take("t", "c"), undefined);
});

statementTest("a creation may be repeated, and takes no name that another has", ({ tables, create }) => {
  assertEquals(create("t"), "created");
  assertEquals(create("t"), "created");
  assertEquals(create("t", { record: { data: "{}", sum: "another" } }), "taken");
  assertEquals(create("u", { name: "t" }), "taken");
  assertEquals(create("v", { name: undefined }), "created");
  assertEquals(tables.find("u"), undefined);
});

statementTest("a creation that arrives late does not bring back what was removed", ({ tables, create }) => {
  const remove = (tx: string) => tables.remove([{ tx, worker: A, epoch: 1 }]);
  const t = (batch: number) => create("t", {}, { batch });
  const other = () => create("u", { name: "t" }, { batch: 8 });
  assertEquals([t(6), remove("t"), t(6), tables.count()], ["created", [true], "created", 0]);
  // What had its name then is gone by now.
  assertEquals([t(7), other(), remove("t"), other(), tables.count()], ["created", "taken", [true], "taken", 0]);
  create("v", {}, { batch: 5 });
  assertEquals([tables.count(), t(9), tables.count()], [0, "created", 1]);
});

statementTest("only its owner removes a transaction, and its records with it", ({ tables, create }) => {
  create("t");
  const count = () => tables.readRecords("t", 0, { maxRows: 9, maxBytes: 9e9 }).length;
  assertEquals(tables.remove([{ tx: "t", worker: B, epoch: 1 }, { tx: "t", worker: A, epoch: 2 }]), [false, false]);
  assertEquals(count(), 1);
  assertEquals(tables.prune([{ id: "t", epoch: 1 }]), []);
  assertEquals(tables.remove([{ tx: "t", worker: A, epoch: 1 }]), [true]);
  assertEquals([count(), tables.find("t")], [0, undefined]);
  assertEquals(tables.remove([{ tx: "t", worker: A, epoch: 1 }]), [true]);
  for (const status of ["finished", "aborted"] as const) {
    create(status);
    tables.leave({ tx: status, worker: A, epoch: 1 }, { ...RELEASE, status });
  }
  const seen = ["finished", "aborted"].map((id) => ({ id, epoch: 1 }));
  assertEquals(tables.prune(seen.map((one) => ({ ...one, epoch: 2 }))), []);
  assertEquals(tables.prune(seen), ["finished"]);
});

statementTest(
  "claims take what is ready, in order, and not more than the queue lets run",
  ({ tables, clock, create }) => {
    create("late", { owner: undefined, priority: 1 });
    create("first", { owner: undefined });
    create("other", { owner: undefined, queue: "q" });
    create("sleeper", { owner: undefined, dueAt: clock.now + 10 });
    assertEquals(tables.claim(A, { ...NINE, limit: 1 }).map(({ id }) => id), ["first"]);
    assertEquals(tables.claim(B, NINE).map(({ name, ...row }) => [name, row.status]), [["late", "running"]]);
    assertEquals(tables.wake(), []);
    clock.now += 10;
    assertEquals(tables.wake(), ["default"]);
    assertEquals(tables.claim(A, NINE).map(({ id }) => id), ["sleeper"]);
    assertEquals(tables.claim(A, { ...NINE, queues: ["q"] }).map(({ id }) => id), ["other"]);
  },
);

statementTest(
  "requests are let in while an owner listens, and none is between its last look and its end",
  ({ tables, create }) => {
    create("t");
    const owned = { tx: "t", worker: A, epoch: 1 };
    const send = (id: string) => tables.addRequest({ id, tx: "t", data: id });
    assertEquals([send("1"), send("1")], [true, true]);
    assertEquals(tables.findRequested(A), ["t"]);
    assertEquals(tables.stopListening([{ ...owned, seen: 0, turn: 2 }]), [false]);
    const { seen, requests } = tables.readRequests("t");
    assertEquals([seen, requests.map(({ id }) => id)], [1, ["1"]]);
    tables.removeRequests(["1"]);
    assertEquals(tables.stopListening([{ ...owned, epoch: 2, seen, turn: 2 }]), [false]);
    assertEquals(tables.stopListening([{ ...owned, seen, turn: 2 }]), [true]);
    assertEquals(send("2"), false);
    // What has opened it before arrives late.
    assertEquals(tables.begin(A, [{ ...owned, isClaimed: false }]), ["fenced"]);
    assertEquals([tables.listen({ ...owned, turn: 1 }), send("2")], [false, false]);
    assertEquals([tables.listen({ ...owned, turn: 3 }), send("2")], [true, true]);
    assertEquals(tables.stopListening([{ ...owned, seen: 2, turn: 2 }]), [false]);
    assertEquals(send("4"), true);
    tables.leave(owned, RELEASE);
    assertEquals(send("3"), false);
    tables.take("t", B);
    assertEquals(send("3"), false);
    assertEquals(tables.begin(B, [{ tx: "t", worker: B, epoch: 2, isClaimed: false }]), ["begun"]);
    assertEquals(send("3"), true);
  },
);

statementTest("a transaction is found by its name, its id, or the beginning of its id", ({ tables, create }) => {
  const [one, two] = ["0193a1b2-aaaa-7000-8000-000000000001", "0193a1b2-bbbb-7000-8000-000000000002"];
  create(one, { name: "one" });
  create(two, { name: undefined });
  const idOf = (name: string) => {
    const found = tables.find(name);
    return typeof found === "object" ? found.id : found;
  };
  assertEquals(["one", two, "0193a1b2-b", "0193a1b2", "0193a1b", "none", "%"].map(idOf), [
    one,
    two,
    two,
    "ambiguous",
    undefined,
    undefined,
    undefined,
  ]);
});

statementTest(
  "a search finds the oldest first, in pages, by what is listed, name, error and time",
  ({ tables, create }) => {
    for (const id of ["a1", "a2", "b3", "a4"]) create(id);
    for (const [id, lastAt] of [["a1", 2000], ["a2", 1000], ["b3", 1000]] as const) {
      const listing = { status: "aborted", lastAt: new Date(lastAt).toISOString(), next: [] };
      tables.leave({ tx: id, worker: A, epoch: 1 }, { ...RELEASE, listing });
    }
    const search = (options: Partial<Search>) => tables.search({ listed: "aborted", limit: 9, ...options });
    const ids = (options: Partial<Search>) => search(options).map(({ id }) => id);
    assertEquals(ids({}), ["a2", "b3", "a1"]);
    const [first, second] = search({ limit: 2 });
    assertEquals([ids({ limit: 1, after: first }), ids({ after: second })], [["b3"], ["a1"]]);
    assertEquals([ids({ listed: undefined }), ids({ listed: "finished" })], [["a4"], []]);
    assertEquals([ids({ name: "a" }), ids({ listed: undefined, name: "3" })], [["a2", "a1"], []]);
    assertEquals([ids({ error: "E" }), ids({ error: "e" })], [["a2", "b3", "a1"], []]);
    assertEquals([ids({ queue: "q" }), ids({ latest: 1000 })], [[], ["a2", "b3"]]);
    assertEquals([tables.list(2).map(({ id }) => id), tables.list(9, "a4").map(({ id }) => id)], [["a1", "a2"], [
      "b3",
    ]]);
    assertEquals(tables.count(), 4);
  },
);

permittedTest("SQLite: a commit is on the disk when it returns", ["read", "write"], async () => {
  await using folder = await makeTempFolder();
  using database = openDatabase(`${folder.path}/tx.db`);
  const settings = ["journal_mode", "synchronous"].map((name) => database.prepare(`pragma ${name}`).get()?.[name]);
  assertEquals(settings, ["wal", 2]);
});
