/** Why no worker could run a journal of a folder is remembered beside it, and shown until the journal is another one. */
import { assertEquals } from "@std/assert";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { runMain } from "../../cli/fake_io.ts";
import { queuedPlan, WorkedFolder } from "./folder_setting.ts";

const FILES = ["read", "write", "sys"] as const;

async function reasons(path: string): Promise<Readonly<Record<string, string | undefined>>> {
  const { out } = await runMain(["list", path, "--json"]);
  const listed: readonly { readonly journal: string; readonly reason?: string }[] = JSON.parse(out);
  return Object.fromEntries(listed.map(({ journal, reason }) => [journal.replace(/^.*\//, ""), reason]));
}

permittedTest("list says why no worker can run a journal, as long as its file is the same", FILES, async () => {
  await using folder = await WorkedFolder.make();
  const path = (name: string) => `${folder.path}/${name}.json`;
  for (const name of ["a", "b", "c"]) await folder.write(name, queuedPlan());
  const before = Deno.readFileSync(path("a"));
  await Promise.all([
    folder.work.due.noteBlocked(path("a"), "its module is gone"),
    folder.work.due.noteBlocked(path("b"), "x".repeat(5000)),
    folder.another().due.noteBlocked(path("c"), "first"),
    folder.work.due.noteBlocked(path("none"), "nothing"),
  ]);
  await folder.work.due.noteBlocked(path("c"), "second");
  assertEquals(await reasons(folder.path), {
    "a.json": "its module is gone",
    "b.json": "x".repeat(2000),
    "c.json": "second",
  });
  assertEquals(await reasons(path("a")), { "a.json": "its module is gone" });
  assertEquals(Deno.readFileSync(path("a")), before);
  const open = await new FileStore().open(path("a"), () => {});
  await open.recover();
  await open.append([{ type: "cancelled", why: "no" }]);
  await open.close();
  Deno.removeSync(path("b"));
  assertEquals(await reasons(folder.path), { "a.json": "no", "c.json": "second" });
  // Notes that are of no use any more are left out of the next file.
  await folder.work.due.noteBlocked(path("c"), "third");
  const file = `${folder.path}/.resumable_tx/blocked.json`;
  assertEquals(Object.keys(JSON.parse(Deno.readTextFileSync(file))), ["c.json"]);
  // What somebody has broken is as good as none.
  Deno.writeTextFileSync(file, "{");
  assertEquals((await reasons(folder.path))["c.json"], 'in queue "default"');
});
