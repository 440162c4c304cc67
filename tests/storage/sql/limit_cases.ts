import { assert, assertEquals, assertRejects } from "@std/assert";
import { QueueFull } from "../../../lib/errors/storage_errors.ts";
import type { SqlStore } from "../../../lib/storage/sql/sql_store.ts";
import type { QueueLimits } from "../../../lib/storage/work_store.ts";
import { SeededRandom } from "../../support/seeded_random.ts";
import { testSetting } from "../../support/test_setting.ts";
import { enqueue } from "../due_conformance.ts";

/** An empty database. */
export interface LimitSetting {
  /** Another process. It ends with the object. */
  readonly open: () => Promise<SqlStore>;
}

export interface LimitCase {
  readonly name: string;
  readonly run: (setting: LimitSetting) => Promise<void>;
}

const CLAIMERS = 8;
const QUEUE = "mail";
/** So slow that no test sees it give anything. */
const NEVER = 1e-6;

/** Eight processes, and some transactions in a queue that is limited. */
async function withClaimers(
  { open }: LimitSetting,
  { count, limits }: { readonly count: number; readonly limits: QueueLimits },
  run: (claimers: readonly SqlStore[]) => Promise<void>,
): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const claimers: SqlStore[] = [];
  for (let index = 0; index < CLAIMERS; index += 1) claimers.push(stack.use(await open()));
  const [first] = claimers as [SqlStore];
  await Promise.all(Array.from({ length: count }, (_, index) => {
    return enqueue(first, first.journalOf(`t${index}`), { queue: QUEUE, priority: index % 3 });
  }));
  await first.queues.set(QUEUE, limits);
  await run(claimers);
}

/** All claim at the same time. */
async function race(claimers: readonly SqlStore[], limit: number): Promise<readonly (readonly [SqlStore, string])[]> {
  const claimed = await Promise.all(claimers.map((store) => store.due.claim({ scope: store.locator, limit })));
  return claimed.flatMap((some, index) => some.map(({ journal }) => [claimers[index] as SqlStore, journal] as const));
}

async function queueOf({ queues }: SqlStore) {
  const queue = (await queues.list()).find(({ name }) => name === QUEUE);
  assert(queue !== undefined);
  return queue;
}

export const LIMIT_CASES: readonly LimitCase[] = [
  {
    name: "eight that claim at once never run more than a queue lets run, and each transaction once",
    run: (setting) =>
      withClaimers(setting, { count: 40, limits: { maxRunning: 5 } }, async (claimers) => {
        const seed = testSetting("TEST_SEED", Math.floor(Math.random() * 1_000_000));
        const random = new SeededRandom(seed);
        const [first] = claimers as [SqlStore];
        const ended = new Set<string>();
        let held: (readonly [SqlStore, string])[] = [];
        while (ended.size < 40) {
          const [claimed, sample] = await Promise.all([race(claimers, 3), queueOf(first)]);
          held.push(...claimed);
          assert(sample.running <= 5, `seed ${seed}: ${sample.running} run`);
          assertEquals([seed, held.length], [seed, Math.min(5, 40 - ended.size)]);
          assertEquals(new Set(held.map(([, journal]) => journal)).size, held.length);
          const leaving = held.filter(() => random.below(2) === 0);
          held = held.filter((one) => !leaving.includes(one));
          // Some of them at the same time as the next claims.
          await Promise.all(leaving.map(([store, journal]) => leave(store, journal, random.below(3) > 0, ended)));
        }
        assertEquals((await queueOf(first)).running, 0);
      }),
  },
  {
    name: "eight that claim at once never take more than the rate gives",
    run: (setting) =>
      withClaimers(
        setting,
        { count: 30, limits: { rate: { perSecond: NEVER, burst: 7 } } },
        async (claimers) => {
          const taken = await race(claimers, 2);
          assertEquals([taken.length, (await race(claimers, 2)).length], [7, 0]);
          const [[store, journal], [other, another]] = taken as [[SqlStore, string], [SqlStore, string]];
          await store.due.giveBack(journal);
          await store.due.giveBack(journal);
          // It ran, so it has used what the rate gave.
          await leave(other, another, true, new Set());
          assertEquals((await race(claimers, 2)).length, 1);
          await store.queues.set(QUEUE, { rate: "none" });
          assertEquals((await race(claimers, 2)).length, 16);
        },
      ),
  },
  {
    name: "workers claim nothing of a queue that is paused, and a person may",
    run: (setting) =>
      withClaimers(setting, { count: 3, limits: {} }, async (claimers) => {
        const [store] = claimers as [SqlStore];
        await store.queues.pause(QUEUE);
        assertEquals([(await race(claimers, 2)).length, (await queueOf(store)).due], [0, 3]);
        const open = await store.open(store.journalOf("t1"), () => {});
        await open.recover({ runs: true });
        assertEquals((await queueOf(store)).running, 1);
        await open.close({ release: () => ({ status: "finished" }) });
        await store.queues.resume(QUEUE);
        assertEquals((await race(claimers, 2)).length, 2);
      }),
  },
  {
    name: "a person's run counts, is refused when the queue is full, and a repair is not",
    run: (setting) =>
      withClaimers(setting, { count: 3, limits: { maxRunning: 1 } }, async (claimers) => {
        const [store, other] = claimers as [SqlStore, SqlStore];
        const [one] = await race([other], 1);
        const open = await store.open(store.journalOf("t1"), () => {});
        await assertRejects(() => open.recover({ runs: true }), QueueFull);
        // It can still be changed.
        await open.recover();
        await open.close();
        assertEquals((await queueOf(store)).due, 2);
        await leave(other, one?.[1] ?? "", true, new Set());
        const both = await Promise.all(["t1", "t2"].map((name) => store.open(store.journalOf(name), () => {})));
        const ends = await Promise.allSettled(both.map((open) => open.recover({ runs: true })));
        assertEquals(ends.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
        assertEquals((await race(claimers, 2)).length, 0);
        await Promise.all(both.map((open) => open.close({ release: () => ({ status: "aborted" }) })));
      }),
  },
  {
    name: "a limit that was lowered stops nothing that runs",
    run: (setting) =>
      withClaimers(setting, { count: 4, limits: {} }, async (claimers) => {
        const [store] = claimers as [SqlStore];
        const held = await race(claimers, 1);
        assertEquals(held.length, 4);
        await store.queues.set(QUEUE, { maxRunning: 2 });
        assertEquals([(await queueOf(store)).running, (await queueOf(store)).maxRunning], [4, 2]);
        for (const [index, [owner, journal]] of held.entries()) {
          await owner.due.giveBack(journal);
          assertEquals((await race(claimers, 1)).length, index < 2 ? 0 : 1);
          if (index === 2) break;
        }
      }),
  },
];

/** Runs what was claimed to its end, or gives it back. */
async function leave(store: SqlStore, journal: string, runs: boolean, ended: Set<string>): Promise<void> {
  if (!runs) return await store.due.giveBack(journal);
  const open = await store.open(journal, () => {});
  await open.recover({ runs: true });
  await open.close({ release: () => ({ status: "finished" }) });
  ended.add(journal);
}
