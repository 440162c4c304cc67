import { assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl } from "@std/path/from-file-url";
import { permittedTest } from "./support/permitted_test.ts";
import { runCli } from "./support/run_deno.ts";
import { makeTempFolder } from "./support/temp_folder.ts";

const MODULE = fromFileUrl(import.meta.resolve("../examples/23_nightly_report.ts"));
const NEEDED = ["read", "write", "run", "env"] as const;

permittedTest("23_nightly_report.ts makes up for the night in which no worker was there", NEEDED, async () => {
  await using folder = await makeTempFolder();
  const type = async (...words: readonly string[]) => {
    const { code, stdout, stderr } = await runCli(words, { cwd: folder.path });
    return { code, out: stdout.trim(), error: stderr };
  };
  const list = async (...words: readonly string[]) =>
    JSON.parse((await type("schedule", "list", ".", "--json", ...words)).out);
  const work = ["work", ".", "--processes=0", "--drain", "--schedules", MODULE];
  const [{ state, next: [first] }] = await list("--schedules", MODULE);
  assertEquals(state, "new");
  assertMatch(first, /T02:30:00\+0[12]:00$/);
  assertEquals((await type(...work)).code, 0);
  assertEquals((await list()).map((line: Record<string, unknown>) => [line["name"], line["state"], line["last"]]), [
    ["nightly", "active", undefined],
  ]);
  // As if the worker had been stopped the day before yesterday.
  const path = `${folder.path}/.resumable_tx/schedules.json`;
  const stored = JSON.parse(await Deno.readTextFile(path));
  const nextAt = new Date(Date.parse(stored.schedules.nightly.nextAt) - 2 * 86_400_000);
  stored.schedules.nightly.nextAt = nextAt.toISOString();
  await Deno.writeTextFile(path, JSON.stringify(stored));
  const { code, out, error } = await type(...work);
  assertEquals(
    [code, out.replace(/\d{4}-\d\d-\d\d: \d+/, "<day>: <n>")],
    [0, "The report of <day>: <n> orders"],
    error,
  );
  const [{ lastSkip: { count, reason }, next }] = await list();
  assertEquals([count, ["missed", "late"].includes(reason), next[0]], [1, true, first]);
  assertEquals((await type("schedule", "pause", ".", "nigthly")).code, 66);
  assertEquals((await type("schedule", "pause", ".", "nightly")).code, 0);
  assertEquals((await list())[0].state, "paused");
});
