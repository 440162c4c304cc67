import { assertEquals, assertRejects } from "@std/assert";
import { Fenced } from "../../../lib/errors/storage_errors.ts";
import { SYSTEM_CLOCK } from "../../../lib/storage/sql/patience.ts";
import { LEASE_TIMES } from "../../../lib/storage/sql/sql_worker.ts";
import { openSqliteStore } from "../../../lib/storage/sqlite/open_sqlite_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { ENDED, FIRST, readEvents } from "../conforming_store.ts";

/** How far the clocks of a process are from those of the machine. */
interface Skew {
  wall: number;
  elapsed: number;
}

const LONG = LEASE_TIMES.leaseMs;

/** A machine may have been suspended, which stops the one clock, or its time may have been set, which changes the other. */
const JUMPS: readonly (readonly [string, Skew, boolean])[] = [
  ["nothing", { wall: 0, elapsed: 0 }, false],
  ["the time was set back", { wall: -LONG, elapsed: 0 }, false],
  ["the process was stopped", { wall: LONG, elapsed: LONG }, true],
  ["the machine was suspended", { wall: LONG, elapsed: 0 }, true],
  ["the process was stopped and the time set back", { wall: -LONG, elapsed: LONG }, true],
  ["almost the lease has passed", { wall: 0, elapsed: LONG - LEASE_TIMES.marginMs }, true],
];

for (const [what, jump, isLost] of JUMPS) {
  permittedTest(`the owner of a journal ${isLost ? "notices" : "is not disturbed"} at once: ${what}`, [
    "read",
    "write",
  ], async () => {
    await using folder = await makeTempFolder();
    const skew: Skew = { wall: 0, elapsed: 0 };
    const clock = {
      ...SYSTEM_CLOCK,
      wall: () => SYSTEM_CLOCK.wall() + skew.wall,
      elapsed: () => SYSTEM_CLOCK.elapsed() + skew.elapsed,
    };
    await using store = await openSqliteStore(`${folder.path}/tx.db`, { clock });
    const open = await store.create(store.journalOf("a"), FIRST);
    assertEquals(open.lost.aborted, false);
    Object.assign(skew, jump);
    assertEquals(open.lost.aborted, isLost);
    if (isLost) await assertRejects(async () => await open.append(ENDED), Fenced);
    else await open.append(ENDED);
    Object.assign(skew, { wall: 0, elapsed: 0 });
    await open.close();
    assertEquals(await readEvents(store, store.journalOf("a")), isLost ? [FIRST] : [FIRST, ENDED]);
  });
}

permittedTest("a step that blocks its process for longer than the lease does not lose the journal", [
  "read",
  "write",
], async () => {
  await using folder = await makeTempFolder();
  const times = { leaseMs: 400, beatMs: 100, marginMs: 50 };
  await using store = await openSqliteStore(`${folder.path}/tx.db`, { times });
  const open = await store.create(store.journalOf("a"), FIRST);
  // Heartbeats come from the thread of the database, which this loop does not block.
  for (const begin = performance.now(); performance.now() - begin < 3 * times.leaseMs;);
  assertEquals(open.lost.aborted, false);
  await open.append(ENDED);
  await open.close();
  assertEquals(await readEvents(store, store.journalOf("a")), [FIRST, ENDED]);
});
