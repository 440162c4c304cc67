/** Failed transactions of a folder are tried again as often as their authors and the worker allow it. */
import { assertEquals, assertRejects } from "@std/assert";
import type { Event } from "../../../lib/journal/event.ts";
import { JournalDamaged } from "../../../lib/errors/opening_errors.ts";
import { TransactionAborted } from "../../../lib/errors/running_errors.ts";
import { continueJournal } from "../../../lib/run/start/continue_journal.ts";
import { readState } from "../../../lib/storage/read_state.ts";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { planOf, unchanged } from "../../cli/written_journal.ts";
import { runMain } from "../../cli/fake_io.ts";
import { WorkedFolder } from "./folder_setting.ts";

const FILES = ["read", "write", "sys", "env"] as const;
const STEPS = new URL("./retried_steps.ts", import.meta.url).href;
const MINUTE = 60_000;

/** A plan that has failed once. */
function failed(retryFailed: number | undefined, more: object = {}): readonly (readonly Event[])[] {
  const [opened, ...plan] = planOf(STEPS, [{ export: "prepare" }, { export: "work" }]);
  if (opened?.type !== "opened") throw new TypeError("a plan begins with its opening");
  const options = { keep: true, ...(retryFailed === undefined ? {} : { retryFailed }), ...more };
  const error = { name: "Error", message: "no" };
  return [
    [{ ...opened, options }, ...plan, { type: "started", step: "1", attempt: 1, run: 1 }],
    [{ type: "failed", step: "1", attempt: 1, ms: 1, error }, { type: "aborted", step: "1" }],
  ];
}

async function stateOf(journal: string) {
  return (await readState(new FileStore(), journal, { keepsValues: false })).state;
}

/** Claims what is due, and runs it as a worker does that tries again `retryFailed` times. */
async function work(folder: WorkedFolder, retryFailed: number): Promise<readonly string[]> {
  const names = await folder.claim({ retryFailed });
  for (const name of names) {
    const journal = `${folder.path}/${name}.json`;
    const clock = { now: () => folder.now, elapsed: () => 0, delay: () => Promise.resolve(), chance: () => 0 };
    await continueJournal(folder.work, journal, { retryFailed, clock }).catch((error) => {
      if (!(error instanceof TransactionAborted)) throw error;
    });
    await folder.work.due.giveBack(journal);
  }
  return names;
}

permittedTest("a failed transaction is tried again after a pause that doubles, and not too often", FILES, async () => {
  await using folder = await WorkedFolder.make();
  folder.now = Date.now();
  await folder.write("j", ...failed(3));
  const journal = `${folder.path}/j.json`;
  assertEquals([await work(folder, 0), (await folder.work.due.outlook({ scope: folder.path })).failed], [[], 1]);
  // It failed long ago.
  assertEquals(await work(folder, 5), ["j"]);
  for (const [number, minutes] of [[2, 2], [3, 4]] as const) {
    const failedAt = Date.parse((await stateOf(journal)).ranAt);
    folder.now = failedAt + minutes * MINUTE - 1;
    assertEquals(await work(folder, 5), [], `try ${number}, too soon`);
    const { nextDueAt } = await folder.work.due.outlook({ scope: folder.path, retryFailed: 5 });
    assertEquals(nextDueAt, failedAt + minutes * MINUTE);
    folder.now += 1;
    assertEquals([await work(folder, number - 1), await work(folder, 5)], [[], ["j"]], `try ${number}`);
  }
  const { runs, retries } = await stateOf(journal);
  assertEquals([runs.map(({ retry }) => retry), retries], [[undefined, 1, 2, 3], 3]);
  folder.now += 365 * 24 * 60 * MINUTE;
  assertEquals(await work(folder, 1000), []);
});

permittedTest("what its author does not allow, or is rolled back, is never tried again", FILES, async () => {
  await using folder = await WorkedFolder.make();
  await folder.write("silent", ...failed(undefined));
  await folder.write("undone", ...failed(3, { onFailure: "rollback" }));
  folder.now = Date.now();
  assertEquals(await folder.due({ retryFailed: 9 }), []);
});

permittedTest("what a person has moved forward may be tried as often again", FILES, async () => {
  await using folder = await WorkedFolder.make();
  const [plan = [], end = []] = failed(1);
  await folder.write("j", plan, end, [{ type: "resumed", run: 2, library: "0.1.0", retry: 1 }], [
    { type: "started", step: "1", attempt: 2, run: 2 },
  ], [{ type: "failed", step: "1", attempt: 2, ms: 1, error: { name: "Error", message: "no" } }, end[1] as Event]);
  folder.now = Date.now();
  const journal = `${folder.path}/j.json`;
  assertEquals([await folder.due({ retryFailed: 9 }), (await stateOf(journal)).retries], [[], 1]);
  // Without progress, nothing changes.
  await assertRejects(() => continueJournal(new FileStore(), journal, {}), TransactionAborted);
  assertEquals((await stateOf(journal)).retries, 1);
  Deno.env.set("RETRIED_STEPS", "prepare");
  try {
    await assertRejects(() => continueJournal(new FileStore(), journal, {}), TransactionAborted);
  } finally {
    Deno.env.delete("RETRIED_STEPS");
  }
  const state = await stateOf(journal);
  assertEquals([state.retries, state.aborted?.step, await folder.due({ retryFailed: 9 })], [0, "2", []]);
  folder.now += 10 * MINUTE;
  assertEquals(await folder.due({ retryFailed: 9 }), ["j"]);
});

permittedTest("a number that does not follow is damage, and nothing is run", FILES, async () => {
  await using folder = await WorkedFolder.make();
  await folder.write("j", ...failed(3), [{ type: "resumed", run: 2, library: "0.1.0", retry: 2 }]);
  const journal = `${folder.path}/j.json`;
  await unchanged(journal, async () => {
    await assertRejects(
      () => new FileStore().open(journal, () => {}).then((open) => open.close()).then(() => stateOf(journal)),
      JournalDamaged,
    );
    assertEquals(await folder.due({ retryFailed: 9 }), []);
  });
  assertEquals(folder.troubles, ["j"]);
});

permittedTest("list and inspect say when it is tried again", FILES, async () => {
  await using folder = await WorkedFolder.make();
  await folder.write("j", ...failed(3));
  const journal = `${folder.path}/j.json`;
  const [listed] = JSON.parse((await runMain(["list", folder.path, "--json"])).out);
  assertEquals(listed.retry, { at: new Date(folder.now + MINUTE).toISOString(), number: 1, most: 3 });
  const inspected = JSON.parse((await runMain(["inspect", journal, "--json"])).out);
  assertEquals(inspected.retry, { at: new Date(folder.now + MINUTE).toISOString(), number: 1, most: 3 });
  assertEquals(inspected.options, { keep: true, retryFailed: 3 });
});
