import { assertEquals, assertRejects } from "@std/assert";
import { JournalLocked } from "../../../lib/errors/opening_errors.ts";
import type { OwnerRow, TransactionRow } from "../../../lib/storage/sql/table_rows.ts";
import { LEASE_TIMES } from "../../../lib/storage/sql/sql_worker.ts";
import { SqlStore } from "../../../lib/storage/sql/sql_store.ts";
import type { StoreWait } from "../../../lib/storage/store.ts";
import { fakeClock, fakeDatabase } from "./fake_database.ts";

const OWNER: OwnerRow = { host: "ana", pid: 7, leaseUntil: 0, isDead: true };

function rowOf(worker: OwnerRow): TransactionRow {
  return {
    ...{
      id: "t",
      name: "a",
      status: "running",
      queue: "default",
      priority: 0,
      dueAt: 0,
      owner: "w",
      worker,
      takenAt: 0,
      exported: undefined,
    },
    ...{ epoch: 1, requests: 0, createdAt: 0, endedAt: undefined, steps: 0, finished: 0, atStep: undefined },
    ...{ error: undefined, blocked: undefined, listing: undefined, lastAt: undefined },
  };
}

/** The waits that an open notes, and how long it waits by its clock. */
async function waitsOf(owner: OwnerRow): Promise<readonly [readonly StoreWait[], number]> {
  const clock = fakeClock();
  const database = fakeDatabase({ find: () => Promise.resolve(rowOf(owner)), take: () => Promise.resolve(undefined) });
  await using store = new SqlStore(database, { maxInFlight: 1, clock });
  const waits: StoreWait[] = [];
  store.noteWaits((wait) => waits.push(wait));
  const begin = clock.now;
  const error = await assertRejects(() => store.open(`${database.locator}#a`, () => {}), JournalLocked);
  assertEquals([error.pid, error.host, error.isDead], [7, "ana", false]);
  return [waits, clock.now - begin];
}

Deno.test("SqlStore says what it waits for: an owner whose lease is over may show that it lives", async () => {
  const journal = "sqlite:/fake.db#a";
  const ms = LEASE_TIMES.beatMs;
  assertEquals(await waitsOf(OWNER), [[{ journal, pid: 7, host: "ana", ms }], ms]);
  // A living owner is not waited for.
  assertEquals(await waitsOf({ ...OWNER, isDead: false }), [[], 0]);
});
