import { assertEquals } from "@std/assert";
import type { OverdueWorker } from "../../../lib/storage/sql/table_rows.ts";
import { LEASE_TIMES as times, SqlWorker } from "../../../lib/storage/sql/sql_worker.ts";
import { fakeClock, fakeDatabase } from "./fake_database.ts";

/** It has a state of its own, as an open journal has. */
class FakeHeld {
  readonly inbox = { opening: Promise.resolve() };
  #looks = 0;

  checkLease(): void {
    this.#looks += 1;
  }
}

Deno.test("SqlWorker frees what it does not know with each heartbeat, but not while an answer may come", async () => {
  const freed: (readonly string[])[] = [];
  const database = fakeDatabase({
    findOwned: (worker) => Promise.resolve(["a", "b"].map((tx) => ({ tx, worker, epoch: 7 }))),
    leave: ({ tx, epoch }) => {
      freed.push([`${tx} ${epoch}`]);
      return Promise.resolve(true);
    },
  });
  const worker = new SqlWorker(database, { clock: fakeClock(), times });
  await worker.start();
  worker.held.set("a", new FakeHeld());
  await worker.beat();
  assertEquals(freed.splice(0), [["b 7"]]);
  const answer = Promise.withResolvers<void>();
  const taking = worker.taking(() => answer.promise);
  await worker.beat();
  assertEquals(freed, []);
  answer.resolve();
  await taking;
  await worker.beat();
  assertEquals(freed, [["b 7"]]);
  await worker.stop();
});

Deno.test("SqlWorker buries a worker when its lease was over, unchanged, for one heartbeat; one that is gone at once", async () => {
  let overdue: readonly OverdueWorker[] = [{ id: "a", lease: "1", isGone: false }];
  const buried: string[] = [];
  const database = fakeDatabase({
    findOverdue: () => Promise.resolve(overdue),
    bury: (workers) => {
      buried.push(...workers.map(({ id, lease }) => `${id} ${lease}`));
      return Promise.resolve();
    },
  });
  const clock = fakeClock();
  const worker = new SqlWorker(database, { clock, times });
  await worker.sweep();
  clock.now += times.beatMs - 1;
  await worker.sweep();
  assertEquals(buried, []);
  // It was only late.
  overdue = [{ id: "a", lease: "2", isGone: false }];
  clock.now += 1;
  await worker.sweep();
  assertEquals(buried, []);
  overdue = [...overdue, { id: "b", lease: "9", isGone: true }];
  await worker.sweep();
  assertEquals(buried.splice(0), ["b 9"]);
  clock.now += times.beatMs;
  overdue = overdue.slice(0, 1);
  await worker.sweep();
  assertEquals(buried, ["a 2"]);
});

Deno.test("SqlWorker waits from when a slow look at the leases was answered", async () => {
  const buried: string[] = [];
  const clock = fakeClock();
  const database = fakeDatabase({
    findOverdue: () => {
      clock.now += times.beatMs / 2;
      return Promise.resolve([{ id: "a", lease: "1", isGone: false }]);
    },
    bury: (workers) => {
      buried.push(...workers.map(({ id }) => id));
      return Promise.resolve();
    },
  });
  const worker = new SqlWorker(database, { clock, times });
  await worker.sweep();
  clock.now += times.beatMs / 2;
  await worker.sweep();
  assertEquals(buried, []);
  await worker.sweep();
  assertEquals(buried, ["a"]);
});

Deno.test("SqlWorker is over when its last good heartbeat was sent too long ago, and for good when it was declared dead", async () => {
  let isAlive = true;
  const clock = fakeClock();
  const database = fakeDatabase({
    beat: () => {
      clock.now += 100;
      return Promise.resolve(isAlive);
    },
  });
  const worker = new SqlWorker(database, { clock, times });
  assertEquals(worker.isOver, true);
  await worker.start();
  const limit = times.leaseMs - times.marginMs;
  clock.now += limit - 1;
  assertEquals(worker.isOver, false);
  await worker.beat();
  clock.now += limit - 101;
  assertEquals(worker.isOver, false);
  clock.now += 1;
  assertEquals(worker.isOver, true);
  await worker.beat();
  assertEquals([worker.isOver, worker.isDead], [false, false]);
  isAlive = false;
  await worker.beat();
  isAlive = true;
  await worker.beat();
  assertEquals([worker.isOver, worker.isDead], [true, true]);
  await worker.stop();
});
