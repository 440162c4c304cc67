import { assertEquals } from "@std/assert";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import { MemoryStore } from "../../support/memory_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { note, noteLater, takeEffects } from "../../support/programs/sample_steps.ts";
import { eventsOf, resumeSample, runSample } from "../../support/programs/sample_transaction.ts";

const SYNCS = ["syncSync", "syncDataSync", "sync", "syncData"] as const;

/** Counts the sync calls of all files while something runs. */
async function countSyncs(work: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const restore = SYNCS.map((name) => {
    const original = Deno.FsFile.prototype[name];
    Reflect.set(Deno.FsFile.prototype, name, function (this: Deno.FsFile) {
      count += 1;
      return Reflect.apply(original, this, []);
    });
    return () => Reflect.set(Deno.FsFile.prototype, name, original);
  });
  try {
    await work();
  } finally {
    for (const undo of restore) undo();
  }
  return count;
}

permittedTest("a run of 1,000 steps makes one sync for each, and at most ten more", ["read", "write"], async () => {
  const folder = await Deno.makeTempDir({ prefix: "resumable_tx_" });
  try {
    const count = await countSyncs(() =>
      runSample(new FileStore(), `${folder}/j.json`, (t) => {
        for (let step = 1; step <= 1000; step += 1) t.do(note, "x");
      }, { keep: true })
    );
    assertEquals(takeEffects().length, 1000);
    assertEquals(count >= 1001 && count <= 1010, true, `${count} syncs`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

permittedTest(
  "1,000 steps in parallel, 100 at a time, make at most a fifth as many syncs",
  ["read", "write"],
  async () => {
    const folder = await Deno.makeTempDir({ prefix: "resumable_tx_" });
    try {
      const count = await countSyncs(() =>
        runSample(new FileStore(), `${folder}/j.json`, (t) =>
          t.parallel((p) => {
            for (let step = 1; step <= 1000; step += 1) p.do(noteLater, "x");
          }, { limit: 100 }), { keep: true })
      );
      assertEquals(takeEffects().length, 1000);
      // So many records are needed at least: a tenth of the steps begins when another tenth has come to its end.
      assertEquals(count >= 10 && count <= 200, true, `${count} syncs`);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

permittedTest("a plan of 100,000 steps is made, stopped in the middle, and resumed", ["read"], async () => {
  const store = new MemoryStore();
  let events = 0;
  const observer = {
    event: () => {
      events += 1;
      // Takes the journal away, as the death of the process would.
      if (events === 100_000) store.crash("j");
    },
  };
  await runSample(store, "j", (t) => {
    for (let step = 1; step <= 100_000; step += 1) t.do(note, "x");
  }, { observer }).catch(() => {});
  const before = takeEffects().length;
  const open = (await eventsOf(store, "j")).findLast((event) => event.type === "started")?.step ?? "";
  assertEquals(Number(open), before);
  await resumeSample(store, "j", { decisions: [{ step: open, decision: "done" }] });
  assertEquals(before + takeEffects().length, 100_000);
});
