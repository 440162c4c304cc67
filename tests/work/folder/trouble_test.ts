/** What is wrong with a folder or a journal in it is told, and nothing of it is touched. */
import { assertEquals, assertRejects } from "@std/assert";
import { encodeRequest } from "../../../lib/journal/request.ts";
import { JournalNotFound, JournalRefused } from "../../../lib/errors/opening_errors.ts";
import type { Event } from "../../../lib/journal/event.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { writeTorn } from "../../cli/written_journal.ts";
import { queuedPlan, WorkedFolder } from "./folder_setting.ts";

const FILES = ["read", "write", "sys"] as const;
const PLAN = queuedPlan();

function bytesOf(folder: string): Readonly<Record<string, string>> {
  const names = Array.from(Deno.readDirSync(folder)).filter(({ isFile }) => isFile).map(({ name }) => name).toSorted();
  return Object.fromEntries(names.map((name) => [name, Deno.readFileSync(`${folder}/${name}`).toHex()]));
}

permittedTest(
  "a journal that is damaged, newer or another user's is told once, and stays as it is",
  FILES,
  async () => {
    await using folder = await WorkedFolder.make();
    const path = (name: string) => `${folder.path}/${name}.json`;
    for (const name of ["damaged", "linked", "newer", "sound", "writable"]) await folder.write(name, PLAN);
    Deno.writeFileSync(path("damaged"), Deno.readFileSync(path("damaged")).with(300, 0x21));
    Deno.linkSync(path("linked"), `${folder.path}/other-name`);
    Deno.writeTextFileSync(path("newer"), Deno.readTextFileSync(path("newer")).replace('"format":1', '"format":2'));
    Deno.chmodSync(path("writable"), 0o666);
    Deno.symlinkSync(path("sound"), path("symbolic"));
    Deno.writeTextFileSync(path("notes"), "{}\n");
    Deno.writeTextFileSync(path("empty"), "");
    Deno.mkdirSync(path("folder"));
    await writeTorn(path("torn"), queuedPlan({ id: "torn" }));
    const known = Deno.uid() === 0 ? ["foreign"] : [];
    for (const name of known) await folder.write(name, PLAN);
    for (const name of known) Deno.chownSync(path(name), 65534, 65534);
    const before = bytesOf(folder.path);
    const due = { scope: folder.path, limit: 100 };
    const claimed = await folder.work.due.claim(due);
    assertEquals(claimed.map(({ journal }) => folder.nameOf(journal)).toSorted(), ["sound", "torn"]);
    for (const { journal } of claimed) await folder.work.due.giveBack(journal);
    const told = ["damaged", ...known, "linked", "newer", "writable"];
    assertEquals(folder.troubles.toSorted(), told);
    assertEquals(bytesOf(folder.path), before);
    // A second look says nothing more, until the file is another one.
    await folder.work.due.outlook(due);
    Deno.utimeSync(path("newer"), 1, 1);
    Deno.chmodSync(path("writable"), 0o600);
    Deno.writeTextFileSync(path("damaged"), "[");
    folder.work.due.noteAll();
    assertEquals((await folder.work.due.outlook(due)).due, 3);
    Deno.chmodSync(path("writable"), 0o622);
    folder.work.due.noteAll();
    assertEquals((await folder.work.due.outlook(due)).due, 2);
    assertEquals(folder.troubles.toSorted(), [...told, "writable"]);
  },
);

permittedTest("a folder that others may write is not trusted, and is looked at again when it is", FILES, async () => {
  if (Deno.build.os === "windows") return;
  await using folder = await WorkedFolder.make();
  await folder.write("j", PLAN);
  Deno.chmodSync(folder.path, 0o777);
  assertEquals([await folder.claim(), folder.troubles], [[], ["j"]]);
  Deno.chmodSync(folder.path, 0o700);
  folder.work.due.noteAll();
  assertEquals(await folder.claim(), ["j"]);
  await folder.work.due.giveBack(`${folder.path}/j.json`);
});

permittedTest("a folder that is not there is an error, and work continues when it comes back", FILES, async () => {
  await using folder = await WorkedFolder.make();
  await folder.write("j", PLAN);
  assertEquals((await folder.work.due.outlook({ scope: folder.path })).due, 1);
  const aside = `${folder.path}-aside`;
  Deno.renameSync(folder.path, aside);
  folder.work.due.noteAll();
  for (const ask of [() => folder.claim(), () => folder.work.due.outlook({ scope: folder.path })]) {
    assertEquals((await assertRejects(ask, JournalNotFound)).journal, folder.path);
  }
  Deno.renameSync(aside, folder.path);
  assertEquals(await folder.claim(), ["j"]);
  await folder.work.due.giveBack(`${folder.path}/j.json`);
  assertEquals(folder.troubles, []);
});

permittedTest("a signal that nobody has answered lets its transaction continue", FILES, async () => {
  await using folder = await WorkedFolder.make();
  const waiting: Event = { type: "waiting", step: "1", for: "signal", signal: "go" };
  const [opened, _planned, ready] = queuedPlan();
  if (opened?.type !== "opened" || ready === undefined) throw new TypeError("a plan begins with its opening");
  const planned: Event = { type: "planned", nodes: [{ kind: "wait", id: "1", signal: "go" }] };
  await folder.write("j", [opened, planned, ready], [{ type: "resumed", run: 2, library: "0.1.0" }, waiting]);
  assertEquals(await folder.due(), []);
  const requests = `${folder.path}/j.json.requests`;
  Deno.mkdirSync(requests, { mode: 0o700 });
  const send = (signal: string, transaction: string) => {
    const id = crypto.randomUUID();
    const request = { request: "signal", signal, id, transaction, at: "2026-11-23T02:15:00.000Z" } as const;
    Deno.writeTextFileSync(`${requests}/${id}.request`, encodeRequest(request));
  };
  send("stay", opened.id);
  send("go", "another");
  assertEquals(await folder.due(), []);
  send("go", opened.id);
  assertEquals(await folder.due(), ["j"]);
});

permittedTest("a folder in which no file can be made is refused before anything is run", [
  "read",
  "write",
  "sys",
  "run",
], async () => {
  await using folder = await WorkedFolder.make();
  await folder.write("j", PLAN);
  if (Deno.build.os === "windows" || Deno.uid() === 0) {
    // Root may write everywhere: what the system says is only told by another user, see the tests of `work`.
    return;
  }
  Deno.chmodSync(folder.path, 0o500);
  await assertRejects(() => folder.claim(), JournalRefused);
  Deno.chmodSync(folder.path, 0o700);
});
