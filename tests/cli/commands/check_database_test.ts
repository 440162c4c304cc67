import { assertEquals, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openStore } from "../../../lib/storage/locator.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { runMain } from "../fake_io.ts";
import { planOf } from "../written_journal.ts";

permittedTest("check reads every journal of a database, and names the record that was changed by hand", [
  "read",
  "write",
], async () => {
  await using folder = await makeTempFolder();
  const [path, database] = [`${folder.path}/tx.db`, `sqlite:${folder.path}/tx.db`];
  {
    await using place = await openStore(`${database}#a`, { created: { id: "6f1c" } });
    for (const name of ["a", "b", "c"]) {
      const plan = planOf("file:///srv/program.ts", [{ export: "make", args: [] }]);
      const open = await place.store.create(`${database}#${name}`, plan);
      await open.append([{ type: "started", step: "1", attempt: 1, run: 1 }]);
      await open.close();
    }
  }
  assertEquals(await runMain(["check", database]), {
    code: 0,
    out: "sound: 3 journals, 6 records, 3 steps\n",
    error: "",
  });
  const whole = await Deno.readFile(path);
  {
    using tables = new DatabaseSync(path);
    tables.exec(`update records set data = replace(data, '"attempt":1', '"attempt":2') where seq = 1
      and tx = (select id from transactions where name = 'b')`);
  }
  assertEquals((await runMain(["check", `${database}#a`])).code, 0);
  const one = await runMain(["check", `${database}#b`]);
  const all = await runMain(["check", database]);
  assertEquals([one.code, all.code], [65, 65]);
  const [fault, ...rest] = all.out.split("\n");
  assertEquals([fault, rest.length], [one.out.split("\n")[0], 2]);
  assertStringIncludes(fault ?? "", `${database}#b:2: `);
  const { isSound, sound, unsound } = JSON.parse((await runMain(["check", database, "--json"])).out);
  const named = unsound.map(({ journal, faults }: { journal: string; faults: readonly { line: number }[] }) => [
    journal,
    faults.map(({ line }) => line),
  ]);
  assertEquals([isSound, sound, named], [false, 2, [[`${database}#b`, [2]]]]);
  assertEquals((await runMain(["check", `${database}#none`])).code, 66);
  assertEquals((await runMain(["check", `sqlite:${folder.path}/none.db`])).code, 66);
  assertEquals(whole.length, (await Deno.readFile(path)).length);
});
