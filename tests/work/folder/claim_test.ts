/** Which journals of a folder a worker takes, and in which order. */
import { assertEquals, assertRejects } from "@std/assert";
import type { Event } from "../../../lib/journal/event.ts";
import { JournalLocked } from "../../../lib/errors/opening_errors.ts";
import { TransactionPaused } from "../../../lib/errors/running_errors.ts";
import { continueJournal } from "../../../lib/run/start/continue_journal.ts";
import { planOf } from "../../cli/written_journal.ts";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { queuedPlan, WorkedFolder, WRITTEN } from "./folder_setting.ts";

const FILES = ["read", "write", "sys"] as const;
const STARTED: Event = { type: "started", step: "1", attempt: 1, run: 2 };
const RESUMED: Event = { type: "resumed", run: 2, library: "0.1.0" };
const FINISHED: Event = { type: "finished", step: "1", attempt: 1, ms: 1 };
const FAILED: Event = { type: "failed", step: "1", attempt: 1, ms: 1, error: { name: "Error", message: "no" } };
const PLAN = queuedPlan();

permittedTest("a worker takes what is due, in the order of the queue", FILES, async () => {
  await using folder = await WorkedFolder.make();
  const later = new Date(folder.now + 60_000).toISOString();
  const earlier = new Date(folder.now - 60_000).toISOString();
  await folder.write("c", queuedPlan({ priority: 5 }));
  await folder.write("d", queuedPlan({ dueAt: later, priority: -1 }));
  await folder.write("b", queuedPlan({ dueAt: earlier }));
  await folder.write("a", queuedPlan());
  await folder.write("e", queuedPlan({ priority: -3, queue: "mail" }));
  await folder.write("f", queuedPlan({}, "https://example.com/other.ts"));
  assertEquals((await folder.due()).toSorted(), ["a", "b", "c", "e", "f"]);
  assertEquals((await folder.due()).filter((name) => name !== "f"), ["e", "b", "a", "c"]);
  assertEquals(await folder.due({ queues: ["mail", "none"] }), ["e"]);
  assertEquals(await folder.due({ homes: ["file:///srv/"], limit: 2 }), ["e", "b"]);
  const journal = `${folder.path}/e.json`;
  assertEquals(await folder.due({ homes: ["file:///srv/"], exclude: new Set([journal]) }), ["b", "a", "c"]);
  const { oldestDueAt, ...counts } = await folder.work.due.outlook({ scope: folder.path, homes: ["file:///srv/"] });
  const outlook = { due: 4, nextDueAt: Date.parse(later), running: 0, asking: 0, failed: 0, untrusted: 1 };
  assertEquals([counts, oldestDueAt], [outlook, Date.parse(earlier)]);
  folder.now += 60_000;
  assertEquals(await folder.due({ homes: ["file:///srv/"] }), ["e", "d", "b", "a", "c"]);
});

function pauseUntil(until: string): readonly Event[] {
  const retrying: Event = { type: "retrying", step: "1", attempt: 2, until };
  return [FAILED, retrying, { type: "waiting", step: "1", for: "time", until }];
}

/** What is at rest, or what a process has left that died, and whether it is due. */
const HISTORIES: Readonly<Record<string, readonly [isDue: boolean, records: readonly (readonly Event[])[]]>> = {
  "interrupted by a signal": [true, [PLAN, [RESUMED]]],
  "due after a pause": [false, [PLAN, [RESUMED, STARTED], pauseUntil("2026-11-23T02:16:00.000Z")]],
  "due since a pause is over": [true, [PLAN, [RESUMED, STARTED], pauseUntil(WRITTEN)]],
  "aborted": [false, [PLAN, [RESUMED, STARTED], [FAILED, { type: "aborted", step: "1" }]]],
  "aborted and decided about": [false, [PLAN, [RESUMED, STARTED], [FAILED, { type: "aborted", step: "1" }], [
    { type: "decided", decision: "retry", step: "1" },
  ]]],
  "asking": [false, [PLAN, [RESUMED, STARTED], [{ ...RESUMED, run: 3 }], [{
    type: "waiting",
    step: "1",
    for: "decision",
  }]]],
  "answered": [true, [
    PLAN,
    [RESUMED, STARTED],
    [{ ...RESUMED, run: 3 }],
    [{ type: "waiting", step: "1", for: "decision" }],
    [{ type: "decided", decision: "retry", step: "1" }],
  ]],
  "stopped": [false, [PLAN, [RESUMED], [{ type: "stopped" }]]],
  "run in part": [false, [PLAN, [{ ...RESUMED, part: true }]]],
  "cancelled": [false, [PLAN, [{ type: "cancelled" }]]],
  "finished": [false, [PLAN, [RESUMED, STARTED], [FINISHED, { type: "ended" }]]],
  "finished and rewound": [false, [PLAN, [RESUMED, STARTED], [FINISHED, { type: "ended" }], [
    { type: "decided", decision: "rewind", step: "1" },
  ]]],
};

for (const [what, [isDue, records]] of Object.entries(HISTORIES)) {
  permittedTest(`${isDue ? "a" : "no"} worker takes what is ${what}`, FILES, async () => {
    await using folder = await WorkedFolder.make();
    await folder.write("j", ...records);
    const before = Deno.readFileSync(`${folder.path}/j.json`);
    assertEquals(await folder.due(), isDue ? ["j"] : []);
    assertEquals(Deno.readFileSync(`${folder.path}/j.json`), before);
    assertEquals(folder.troubles, []);
  });
}

permittedTest(
  "what a worker has claimed is its own until it is given back, and open() passes its records",
  FILES,
  async () => {
    await using folder = await WorkedFolder.make();
    await folder.write("j", PLAN);
    const journal = `${folder.path}/j.json`;
    const before = Deno.readFileSync(journal);
    const other = folder.another();
    assertEquals([await folder.claim(), await folder.claim(), await folder.claim({}, other)], [["j"], [], []]);
    await assertRejects(() => new FileStore().open(journal, () => {}), JournalLocked);
    assertEquals((await other.due.outlook({ scope: folder.path })).running, 1);
    await folder.work.due.giveBack(journal);
    await folder.work.due.giveBack(journal);
    assertEquals(Deno.readFileSync(journal), before);
    assertEquals(await folder.claim(), ["j"]);
    const events: Event[] = [];
    const open = await folder.work.open(journal, (record) => void events.push(...record.events));
    assertEquals(events, PLAN);
    await assertRejects(() => folder.work.open(journal, () => {}), JournalLocked);
    await folder.work.due.giveBack(journal);
    await assertRejects(() => new FileStore().open(journal, () => {}), JournalLocked, "", "it was handed out");
    await open.close();
    assertEquals(Deno.readFileSync(journal), before);
  },
);

permittedTest("a journal that has changed after a look at it is read again", FILES, async () => {
  await using folder = await WorkedFolder.make();
  await folder.write("j", PLAN);
  assertEquals((await folder.work.due.outlook({ scope: folder.path })).due, 1);
  // No notice has come: only the look under the lock can find it.
  const open = await new FileStore().open(`${folder.path}/j.json`, () => {});
  await open.recover();
  await open.append([{ type: "cancelled" }]);
  await open.close();
  assertEquals(await folder.claim(), []);
  assertEquals((await folder.work.due.outlook({ scope: folder.path })).due, 0);
});

permittedTest("a worker leaves the rest alone of what a person runs in part", ["read", "write", "sys"], async () => {
  await using folder = await WorkedFolder.make();
  const steps = new URL("./retried_steps.ts", import.meta.url).href;
  const plan = planOf(steps, [{ export: "nothing" }, { export: "nothing" }]);
  await folder.write("j", plan);
  const journal = `${folder.path}/j.json`;
  await assertRejects(() => continueJournal(new FileStore(), journal, { scope: { only: "1" } }), TransactionPaused);
  assertEquals(await folder.due(), []);
  await continueJournal(new FileStore(), journal, { keep: true });
  assertEquals(await folder.due(), []);
});
