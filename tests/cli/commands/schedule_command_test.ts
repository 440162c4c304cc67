import { assert, assertEquals, assertMatch } from "@std/assert";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import { FolderSchedules } from "../../../lib/storage/file/folder_schedules.ts";
import type { Schedules } from "../../../lib/storage/schedules.ts";
import { openSqliteStore } from "../../../lib/storage/sqlite/open_sqlite_store.ts";
import { checkSchedules } from "../../../lib/work/schedules/define_schedules.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { runMain } from "../fake_io.ts";

const NEEDED = ["read", "write", "env", "sys"] as const;
const NEXT = Date.UTC(2099, 9, 24, 0, 30);

const [DEFINED] = checkSchedules({ nightly: { cron: "30 2 * * *", timezone: "Europe/Berlin", run: () => {} } });

async function add(schedules: Schedules | undefined): Promise<void> {
  const noted = { count: 2, reason: "missed" as const, notedAt: "2026-11-30T08:00:00.000Z" };
  const skips = [{ ...noted, from: "2026-11-28T01:30:00.000Z", to: "2026-11-29T01:30:00.000Z" }];
  const definition = DEFINED?.definition ?? "";
  const change = { name: "nightly", version: 0, nextAt: NEXT, memory: { waiting: [], skips } };
  assertEquals(await schedules?.define({ ...change, definition }), true);
}

async function checkCommands(scope: string, store: readonly string[]): Promise<void> {
  const type = async (code: number, ...words: readonly string[]) => {
    const end = await runMain(["schedule", ...words]);
    assertEquals([words, end.code], [words, code], end.error);
    return end.out + end.error;
  };
  const text = await type(0, "list", scope);
  assertMatch(text, /^nightly {2}active {2}30 2 \* \* \* {2}Europe\/Berlin\n/);
  // Summer time ends in the night from 24 to 25 October.
  assert(text.includes("2099-10-24 02:30:00 +02:00, 2099-10-25 02:30:00 +02:00, 2099-10-26 02:30:00 +01:00"), text);
  assert(text.includes("2 times from 2026-11-28 01:30:00.000 UTC to 2026-11-29 01:30:00.000 UTC"), text);
  const [{ next, lastSkip, state }] = JSON.parse(await type(0, "list", scope, "nightly", "--json"));
  assertEquals([next[0], lastSkip.reason, state], ["2099-10-24T02:30:00+02:00", "missed", "active"]);
  for (const [action, expected] of [["pause", "paused"], ["pause", "paused"], ["resume", "active"]] as const) {
    await type(0, action, ...store, "nightly");
    assertEquals(JSON.parse(await type(0, "list", scope, "--json"))[0].state, expected);
  }
  assert((await type(66, "pause", scope, "nigthly")).includes('"nightly"'));
  await type(66, "list", scope, "hourly");
  await type(2, "pause", scope);
  await type(2, "pause", scope, "nightly", "--json");
  await type(2, "list", scope, "--schedules", `${scope}/none.ts`);
  await type(0, "remove", ...store, "nightly");
  await type(66, "remove", scope, "nightly");
  assertEquals(await type(0, "list", scope, "--json"), "[]\n");
}

permittedTest("schedule lists, pauses, resumes and removes schedules of a folder", NEEDED, async () => {
  await using folder = await makeTempFolder();
  await add(new FolderSchedules(folder.path, new FileStore()));
  await checkCommands(folder.path, [folder.path]);
});

permittedTest("schedule lists, pauses, resumes and removes schedules of a database", NEEDED, async () => {
  await using folder = await makeTempFolder();
  const scope = `sqlite:${folder.path}/tx.db`;
  {
    await using store = await openSqliteStore(`${folder.path}/tx.db`);
    await add(store.schedules);
  }
  await checkCommands(scope, ["--store", scope]);
});

/** What a file of schedules can be, and never is. */
const DAMAGED: Readonly<Record<string, string>> = {
  "no JSON": '{"version":1,"schedules":{',
  "of a newer version": '{"version":2,"schedules":{}}',
  "something else": '["nightly"]',
  "empty": "",
  "without a memory": '{"version":1,"schedules":{"nightly":{"definition":"{}","paused":false,"version":1,"open":[]}}}',
  "with a wrong date":
    '{"version":1,"schedules":{"nightly":{"definition":"{}","nextAt":"soon","paused":false,"version":1,"open":[],"memory":{"waiting":[],"skips":[]}}}}',
};

for (const [what, content] of Object.entries(DAMAGED)) {
  permittedTest(`a file of schedules that is ${what} is reported, and stays as it is`, NEEDED, async () => {
    await using folder = await makeTempFolder();
    const schedules = new FolderSchedules(folder.path, new FileStore());
    await add(schedules);
    const path = `${folder.path}/.resumable_tx/schedules.json`;
    await Deno.writeTextFile(path, content);
    for (const words of [["list"], ["pause", "nightly"], ["remove", "nightly"]]) {
      const [action = "", ...name] = words;
      const { code, error } = await runMain(["schedule", action, folder.path, ...name]);
      assertEquals([words, code, error.includes(path)], [words, 65, true], error);
    }
    assertEquals(await Deno.readTextFile(path), content);
  });
}

permittedTest(
  "a definition that another version has stored is shown as one that is not understood",
  NEEDED,
  async () => {
    await using folder = await makeTempFolder();
    const schedules = new FolderSchedules(folder.path, new FileStore());
    const change = { name: "lunar\u001b[2J", version: 0, nextAt: NEXT, memory: { waiting: [], skips: [] } };
    await schedules.define({ ...change, definition: '{"moon":"full"}' });
    const { code, out } = await runMain(["schedule", "list", folder.path]);
    assertEquals([code, out.includes("unknown"), out.includes("\u001b")], [0, true, false]);
  },
);
