/** A transaction fails in a database, is exported, resumed as a file in another folder, and imported again. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { permittedTest } from "../../support/permitted_test.ts";
import { postgresTests } from "../../support/postgres_test.ts";
import { runCli, runDeno } from "../../support/run_deno.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { writeFailingProgram } from "./failing_program.ts";

const postgresTest = postgresTests();

async function tell(folder: string, database: string): Promise<void> {
  const program = await writeFailingProgram(folder);
  const elsewhere = `${folder}/elsewhere`;
  await Deno.mkdir(elsewhere);
  const type = async (code: number, cwd: string, ...words: readonly string[]) => {
    const end = await runCli(words, { cwd });
    assertEquals([words, end.code], [words, code], end.stderr);
    return end;
  };
  const read = (path: string) => Deno.readTextFile(path).catch(() => "");
  const journal = `${database}#ana`;
  assertEquals((await runDeno(program, [journal], { cwd: folder })).code, 1);
  await type(0, folder, "export", journal, "elsewhere/ana.json");
  const exported = await read(`${elsewhere}/ana.json`);
  // The cause is fixed where the file is, and where the database would run it: it must not.
  for (const place of [folder, elsewhere]) await Deno.writeTextFile(`${place}/answer.txt`, "second");
  const refused = await type(77, folder, "resume", journal);
  assertStringIncludes(refused.stderr, `import ${elsewhere}/ana.json`);
  await type(0, elsewhere, "resume", "ana.json");
  await type(77, folder, "resume", journal);
  assertEquals([await read(`${folder}/notes.txt`), await read(`${elsewhere}/notes.txt`)], ["first\n", "second\n"]);
  const finished = await read(`${elsewhere}/ana.json`);
  assert(finished.startsWith(exported.slice(0, -1)), "the file begins with what was exported");

  await type(0, elsewhere, "import", "ana.json", database);
  assertEquals(await read(`${elsewhere}/ana.json`), "");
  const { status, runs } = JSON.parse((await type(0, folder, "inspect", journal, "--json")).stdout);
  assertEquals([status, runs.length], ["finished", 2]);
  await type(0, folder, "check", journal);
  // Finished, it is copied as often as you like, and nothing of it runs again.
  await type(0, folder, "export", journal, "copy.json");
  assertEquals(await read(`${folder}/copy.json`), finished);
  await type(0, folder, "resume", journal);
  assertEquals([await read(`${folder}/notes.txt`), await read(`${elsewhere}/notes.txt`)], ["first\n", "second\n"]);
}

permittedTest(
  "what failed in SQLite is exported, resumed as a file elsewhere, and imported again",
  ["read", "write", "run", "env", "sys"],
  async () => {
    await using folder = await makeTempFolder();
    await tell(folder.path, `sqlite:${folder.path}/tx.db`);
  },
);

postgresTest(
  "what failed in PostgreSQL is exported, resumed as a file elsewhere, and imported again",
  async ({ locator }) => {
    await using folder = await makeTempFolder();
    await tell(folder.path, locator);
  },
);
