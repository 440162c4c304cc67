import { assert, assertEquals, assertRejects } from "@std/assert";
import { JournalLocked } from "../../../lib/errors/opening_errors.ts";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import { fillInOtherProcess, startOtherProcess, tryInOtherProcess } from "../../support/other_process.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { testEvents, testNow } from "../../support/test_record.ts";

const PROCESSES = ["read", "write", "run"] as const;
const READS = 250;
const store = new FileStore(testNow);

permittedTest("FileStore.open() names the process that holds the journal", PROCESSES, async () => {
  await using folder = await makeTempFolder();
  const journal = `${folder.path}/a.json`;
  await using other = await startOtherProcess("hold", journal);
  const before = await Deno.readFile(journal);
  const error = await assertRejects(
    () => store.open(journal, () => {}),
    JournalLocked,
    `process ${other.pid} on second-`,
  );
  assertEquals([error.pid, error.host], [other.pid, "second-host"]);
  assertEquals((await store.read(journal, () => {})).isHeld, true);
  assertEquals(await Deno.readFile(journal), before);
});

permittedTest("FileStore.open() continues where a killed process stopped", PROCESSES, async () => {
  await using folder = await makeTempFolder();
  const journal = `${folder.path}/a.json`;
  {
    await using other = await startOtherProcess("hold", journal);
    await other.kill();
  }
  const open = await store.open(journal, () => {});
  assertEquals(await open.recover(), undefined);
  await open.append(testEvents(2));
  await open.close();
  assertEquals(JSON.parse(await Deno.readTextFile(journal)).length, 3);
});

permittedTest("FileStore.read() never fails while another process appends", PROCESSES, async () => {
  await using folder = await makeTempFolder();
  const journal = `${folder.path}/a.json`;
  let least = 1;
  {
    await using _other = await startOtherProcess("write", journal);
    for (let count = 0; count < READS; count += 1) {
      let records = 0;
      const read = await store.read(journal, () => records += 1);
      assertEquals(read.tornBytes, 0);
      assert(records >= least, `${records} records after ${least}`);
      least = records;
    }
  }
  assert(least > 1);
  assertEquals(JSON.parse(await Deno.readTextFile(journal)).length >= least, true);
});

permittedTest("FileStore takes the last record when the file may not grow", PROCESSES, async () => {
  if (Deno.build.os === "windows") return;
  await using folder = await makeTempFolder();
  const journal = `${folder.path}/a.json`;
  const [error, records] = await fillInOtherProcess(200, journal);
  assertEquals(error, "StorageFull");
  const found = JSON.parse(await Deno.readTextFile(journal));
  assertEquals([found.length, found.at(-1).events], [Number(records), [{ type: "ended" }]]);
  const open = await store.open(journal, () => {});
  await open.recover();
  await open.close();
});

permittedTest("FileStore names the permissions that it needs", PROCESSES, async () => {
  await using folder = await makeTempFolder();
  const journal = `${folder.path}/a.json`;
  await (await store.create(journal, testEvents(0))).close();
  const readOnly = await tryInOtherProcess(["--allow-read", `--allow-write=${folder.path}/other`], journal);
  const flag = "add --allow-write for";
  assertEquals(readOnly, [
    "done",
    `JournalRefused: Refused to use "${journal}": Deno has no permission to write it; ${flag} "${journal}" and its folder`,
    `JournalRefused: Refused to use "${journal}.new.json": Deno has no permission to write it; ${flag} ` +
    `"${journal}.new.json" and its folder`,
  ]);
  const none = await tryInOtherProcess([], journal);
  assertEquals(none.map((line) => line.split(":")[0]), ["JournalRefused", "JournalRefused", "JournalRefused"]);
  assert(none[0]?.includes(`Deno has no permission to read it; add --allow-read for "${journal}"`));
});
