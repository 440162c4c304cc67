/** The story of README.md in a database: a transaction fails, is found and inspected, its cause is fixed, and it is resumed. */
import { assert, assertEquals } from "@std/assert";
import { permittedTest } from "../../support/permitted_test.ts";
import { GUARDED } from "../../support/postgres_server.ts";
import { postgresTests } from "../../support/postgres_test.ts";
import { query } from "../../support/query_postgres.ts";
import { type ProcessEnd, runCli, runDeno } from "../../support/run_deno.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { writeFailingProgram } from "./failing_program.ts";

const postgresTest = postgresTests();

/** What a database is called when it is typed, and in what is printed. */
interface Database {
  readonly typed: string;
  readonly shown: string;
  /** It must be printed nowhere. */
  readonly secret?: string;
  /** What `list` ends with before there is a transaction: a file that is not there is not found. */
  readonly codeBefore: number;
}

/** Tells the story, with two transactions: one by its locator, the other by its name. */
async function tell(folder: string, { typed, shown, secret = "\0", codeBefore }: Database): Promise<void> {
  const program = await writeFailingProgram(folder);
  const check = (end: ProcessEnd, code: number): ProcessEnd => {
    assertEquals(end.code, code, end.stderr);
    assert(!(end.stdout + end.stderr).includes(secret), "a password was printed");
    return end;
  };
  const type = async (code: number, words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    check(await runCli(words, { cwd: folder, env }), code);
  const json = async (code: number, words: readonly string[], env?: Readonly<Record<string, string>>) =>
    JSON.parse((await type(code, [...words, "--json"], env)).stdout);

  await type(codeBefore, ["list", typed]);
  for (const name of ["ana", "order 7"]) {
    const end = check(await runDeno(program, [`${typed}#${name}`], { cwd: folder }), 1);
    assert(end.stderr.includes(`${shown}#`), end.stderr);
  }
  const found: readonly Record<string, unknown>[] = await json(0, ["list", typed, "--status", "aborted"]);
  assertEquals(found.map(({ journal }) => journal).toSorted(), [`${shown}#ana`, `${shown}#order%207`]);
  const inspection = await json(0, ["inspect", `${typed}#ana`]);
  assertEquals([inspection.status, inspection.aborted.step], ["aborted", "2"]);
  // What it says to type can be typed: the password comes from somewhere else.
  assert(inspection.next[0].command.includes(`resume '${shown}#ana'`), inspection.next[0].command);
  assertEquals((await json(0, ["check", "ana", "--store", typed])).isSound, true);

  await type(66, ["inspect", `${typed}#bob`]);
  await type(2, ["inspect", typed]);
  await type(2, ["inspect", "ana", "--store", `${typed}#ana`]);
  await type(0, ["skip", "ana", "3", "--why", "not wanted", "--store", typed]);
  await type(0, ["undecide", "ana", "3", "--store", typed]);
  await Deno.writeTextFile(`${folder}/answer.txt`, "second");
  await type(0, ["resume", `${typed}#ana`]);
  await type(0, ["resume", "order 7"], { RESUMABLE_TX_STORE: typed });
  assertEquals((await Deno.readTextFile(`${folder}/notes.txt`)).split("\n").toSorted(), [
    "",
    "first",
    "first",
    "second",
    "second",
  ]);

  const listed: readonly Record<string, unknown>[] = await json(0, ["list"], { RESUMABLE_TX_STORE: typed });
  assertEquals(listed.map(({ status }) => status), ["finished", "finished"]);
  await type(0, ["prune", typed, "--finished"]);
  assertEquals(await json(0, ["list", typed]), []);
}

permittedTest(
  "in SQLite, a transaction fails, is found, and is resumed",
  ["read", "write", "run", "env", "sys"],
  async () => {
    await using folder = await makeTempFolder();
    const locator = `sqlite:${folder.path}/tx.db`;
    await tell(folder.path, { typed: locator, shown: locator, codeBefore: 66 });
  },
);

postgresTest(
  "in PostgreSQL, a transaction fails, is found, and is resumed, and no password is printed",
  async (test) => {
    await using folder = await makeTempFolder();
    const secret = "open+sesame/7";
    const role = GUARDED.otherRole;
    await query(test.locator, `create role ${role} superuser login password '${secret}'`);
    const typed = Object.assign(new URL(test.locator), {
      username: role,
      password: encodeURIComponent(secret),
    });
    const shown = Object.assign(new URL(test.locator), { username: role });
    await tell(folder.path, {
      typed: typed.href,
      shown: shown.href,
      secret: encodeURIComponent(secret),
      codeBefore: 0,
    });
  },
);
