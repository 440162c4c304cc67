import { assertEquals } from "@std/assert";
import { MAX_CLAIMS, POISONED } from "../../../lib/storage/sql/work/due_database.ts";
import { openDatabase } from "../../../lib/storage/sqlite/open_database.ts";
import { Tables } from "../../../lib/storage/sqlite/tables.ts";
import { WorkerLocks } from "../../../lib/storage/sqlite/worker_lock.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";

const LEASE = 86_400_000;
const ALL = { queues: ["default"], limit: 9 };

/** Tables with a worker, and the time as the test says it. */
interface Subject {
  readonly tables: Tables;
  readonly clock: { now: number };
  readonly enqueue: (...ids: readonly string[]) => void;
  /** The process of the owner dies, and another worker, whose id is returned, is there. */
  readonly replace: (worker: string) => string;
}

function claimTest(name: string, run: (subject: Subject) => void): void {
  permittedTest(`claims: ${name}`, ["read", "write"], async () => {
    await using folder = await makeTempFolder();
    using database = openDatabase(`${folder.path}/tx.db`);
    const locks = new WorkerLocks(`${folder.path}/tx.db`);
    const clock = { now: 10_000_000 };
    const tables = new Tables(database, locks, () => clock.now);
    const add = (id: string) => tables.addWorker({ id, leaseMs: LEASE, host: "h", pid: 1, library: "0.1.0" });
    let batch = 0;
    const enqueue = (...ids: readonly string[]) => {
      const rest = { owner: undefined, queue: "default", priority: 0, dueAt: undefined, library: "0.1.0" };
      const rows = ids.map((id) => ({
        ...rest,
        id,
        name: id,
        home: "file:///h.ts",
        record: { data: "{}", sum: "s0" },
      }));
      tables.create(rows, { worker: "w0", batch: batch += 1 });
    };
    let workers = 1;
    const replace = (worker: string) => {
      tables.bury([{ id: worker, lease: "", isGone: true }]);
      tables.freeOrphans(99);
      const next = `w${workers += 1}`;
      add(next);
      return next;
    };
    add("w0");
    add("w1");
    try {
      run({ tables, clock, enqueue, replace });
    } finally {
      locks.close();
    }
  });
}

function statusOf(tables: Tables, id: string) {
  const row = tables.find(id);
  return typeof row === "object" ? [row.status, row.blocked] : row;
}

claimTest("the rate gives a burst, then as much as the time since, and never more than a burst", (subject) => {
  const { tables, clock, enqueue } = subject;
  enqueue(...Array.from({ length: 20 }, (_, index) => `t${index}`));
  tables.setQueue("default", { rate: { perSecond: 2, burst: 3 } });
  const claim = () => tables.claim("w0", ALL).length;
  assertEquals([claim(), claim()], [3, 0]);
  clock.now += 499;
  assertEquals([tables.findDue({}).queues, Math.round(tables.findDue({}).soonMs ?? 0), claim()], [[], 1, 0]);
  clock.now += 1;
  assertEquals([tables.findDue({}).queues, claim(), claim()], [["default"], 1, 0]);
  clock.now += 3_600_000;
  assertEquals([claim(), claim()], [3, 0]);
  // Another rate gives no burst again.
  tables.setQueue("default", { rate: { perSecond: 1, burst: 5 } });
  assertEquals(claim(), 0);
});

claimTest("a clock that is set back takes nothing away, and gives nothing twice", ({ tables, clock, enqueue }) => {
  enqueue(...Array.from({ length: 20 }, (_, index) => `t${index}`));
  tables.setQueue("default", { rate: { perSecond: 1, burst: 4 } });
  const claim = () => tables.claim("w0", ALL).length;
  assertEquals(claim(), 4);
  clock.now -= 3_600_000;
  // All is due from a time on that lies ahead now.
  const late = tables.find("t9");
  assertEquals([tables.findDue({}).queues, typeof late === "object" && late.dueAt > clock.now], [[], true]);
  enqueue("new", "newer");
  // Only a claim can set the time of the rate anew.
  assertEquals([tables.findDue({}).queues, claim(), tables.findDue({}).queues], [["default"], 0, []]);
  clock.now += 1000;
  assertEquals([claim(), claim()], [1, 0]);
});

claimTest("what is claimed in vain again and again is aborted, and says why", ({ tables, enqueue, replace }) => {
  enqueue("bad", "good");
  let worker = "w1";
  for (let count = 0; count < MAX_CLAIMS; count += 1) {
    const [bad] = tables.claim(worker, { ...ALL, limit: 1 });
    assertEquals([bad?.id, bad?.status], ["bad", "running"]);
    const owned = { tx: "bad", worker, epoch: bad?.epoch ?? NaN };
    assertEquals(tables.begin(worker, [{ ...owned, isClaimed: true }]), ["begun"]);
    // That it was resumed is no progress.
    if (count === 0) tables.append(worker, [{ ...owned, seq: 1, data: "{}", sum: "s1", before: "s0" }]);
    worker = replace(worker);
  }
  assertEquals(tables.claim(worker, ALL).map(({ id, status }) => [id, status]), [["bad", "aborted"], [
    "good",
    "running",
  ]]);
  assertEquals(statusOf(tables, "bad"), ["aborted", POISONED]);
  assertEquals(tables.claim(worker, ALL), []);
  const { aborted, running } = tables.countDue({});
  assertEquals([aborted, running], [1, 1]);
  // A person runs it, which counts from the beginning.
  const taken = tables.take("bad", worker);
  const owned = { tx: "bad", worker, epoch: taken?.epoch ?? NaN };
  assertEquals(tables.begin(worker, [{ ...owned, isClaimed: false }]), ["begun"]);
  worker = replace(worker);
  assertEquals([statusOf(tables, "bad"), tables.claim(worker, ALL).length], [["ready", undefined], 2]);
});

claimTest("with progress, or when it was given back, a claim does not count", ({ tables, enqueue, replace }) => {
  enqueue("a", "b", "c");
  let worker = "w1";
  let seq = 1;
  for (let count = 0; count < 2 * MAX_CLAIMS; count += 1) {
    const claimed = tables.claim(worker, ALL);
    assertEquals(claimed.map(({ status }) => status), ["running", "running", "running"], `after ${count}`);
    const [a, b, c] = claimed.map(({ id, epoch }) => ({ tx: id, worker, epoch }));
    // The start of a step is counted in the journal.
    for (let record = 0; record < 2; record += 1, seq += 1) {
      const row = { tx: "a", seq, epoch: a?.epoch ?? NaN, data: "{}", sum: `s${seq}`, before: `s${seq - 1}` };
      assertEquals(tables.append(worker, [row]), [true]);
    }
    if (b !== undefined) tables.giveBack(b);
    if (c !== undefined) tables.leave(c, { status: undefined });
    worker = replace(worker);
  }
});

claimTest("a claim that comes again takes others, and what it took before is given up as it was", (subject) => {
  const { tables, enqueue } = subject;
  enqueue("a", "b", "c");
  tables.setQueue("default", { maxRunning: 2 });
  const claim = { ...ALL, limit: 1 };
  assertEquals([tables.claim("w1", claim), tables.claim("w1", claim), tables.claim("w1", claim)].flat().length, 2);
  for (const stray of tables.findOwned("w1")) tables.leave(stray, { status: undefined });
  assertEquals(tables.claim("w0", ALL).map(({ id, epoch }) => [id, epoch]), [["a", 2], ["b", 2]]);
});

claimTest("a run that begins again uses the rate once", ({ tables, enqueue }) => {
  enqueue("a", "b");
  tables.setQueue("default", { rate: { perSecond: 1e-6, burst: 1 } });
  const owned = { tx: "a", worker: "w0", epoch: tables.take("a", "w0")?.epoch ?? NaN, isClaimed: false };
  const second = { tx: "b", worker: "w0", epoch: tables.take("b", "w0")?.epoch ?? NaN, isClaimed: false };
  assertEquals(tables.begin("w0", [owned, owned, second]), ["begun", "begun", "full"]);
  tables.leave(second, { status: undefined });
  assertEquals([tables.claim("w0", ALL), tables.findDue({}).queues], [[], []]);
});
