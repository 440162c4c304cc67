/** Databases that cannot be used, by the command line: what each command says, and that nothing is changed. */
import { assertEquals, assertMatch } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { runMain } from "../../cli/fake_io.ts";
import { asUser, userTest } from "../../support/as_user.ts";
import { makeFailedTransaction } from "../../support/failed_transaction.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { runCli } from "../../support/run_deno.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";

interface BadDatabase {
  readonly what: string;
  /** Does it to a database with a failed transaction `a`. */
  readonly spoil?: (path: string) => void;
  /** By command. */
  readonly codes: Readonly<Record<string, number>>;
  /** What follows the name of the database in the locator. */
  readonly rest?: string;
  /** What the message of each command names. */
  readonly says: RegExp;
}

const PAGE_BYTES = 4096;

function sql(text: string): (path: string) => void {
  return (path) => {
    using database = new DatabaseSync(path);
    database.exec(text);
  };
}

const BAD: readonly BadDatabase[] = [
  { what: "nothing is wrong", codes: { inspect: 0, check: 0, list: 0, resume: 1 }, says: /^/ },
  {
    what: "there is no database",
    spoil: (path) => Deno.removeSync(path),
    codes: { inspect: 66, check: 66, resume: 66, skip: 66, stop: 66 },
    says: /tx\.db#a/,
  },
  { what: "there is no such transaction", codes: { inspect: 66, check: 66, resume: 66 }, rest: "#b", says: /tx\.db#b/ },
  {
    what: "the file is no database",
    spoil: (path) => Deno.writeTextFileSync(path, "a text ".repeat(PAGE_BYTES)),
    codes: { inspect: 77, check: 77, list: 77, resume: 77, skip: 77 },
    says: /no SQLite database/,
  },
  {
    what: "the database belongs to another program",
    spoil: (path) => {
      Deno.removeSync(path);
      sql("create table meta (a); create table accounts (b)")(path);
    },
    codes: { inspect: 77, list: 77, resume: 77 },
    says: /something else/,
  },
  {
    what: "a newer version has made the tables",
    spoil: sql("insert into meta values (99, 0)"),
    codes: { inspect: 77, list: 77, resume: 77, skip: 77 },
    says: /version 99.*newer version/,
  },
  {
    what: "pages are damaged",
    spoil: (path) => {
      using file = Deno.openSync(path, { write: true });
      const { size } = file.statSync();
      file.seekSync(PAGE_BYTES, Deno.SeekMode.Start);
      file.writeSync(new Uint8Array(size - PAGE_BYTES).fill(0xee));
    },
    codes: { inspect: 65, check: 65, list: 65, resume: 65, skip: 65 },
    says: /damaged.*\.recover/,
  },
  {
    what: "a record was changed",
    spoil: sql("update records set data = replace(data, 'fail', 'pass') where seq = 0"),
    codes: { inspect: 65, check: 65, resume: 65, skip: 65 },
    says: /record 0 of transaction/,
  },
  {
    what: "a record is missing",
    spoil: sql("delete from records where seq = 1"),
    codes: { inspect: 65, check: 65, resume: 65 },
    says: /record 1 of transaction/,
  },
  {
    what: "all records are missing",
    spoil: sql("delete from records"),
    codes: { inspect: 65, resume: 65 },
    says: /no records/,
  },
  {
    what: "a record is no text",
    spoil: sql("update records set data = x'00' where seq = 1"),
    codes: { inspect: 65, resume: 65 },
    says: /column "data"/,
  },
  {
    what: "the status is unknown",
    spoil: sql("update transactions set status = 99"),
    codes: { inspect: 65, resume: 65, skip: 65 },
    says: /status 99/,
  },
  { what: "the locator has no name", codes: { inspect: 2, skip: 2 }, rest: "", says: /add "#"/ },
  { what: "the name is empty", codes: { inspect: 2, resume: 2 }, rest: "#", says: /empty/ },
  { what: "a parameter", codes: { inspect: 2, resume: 2 }, rest: "?mode=ro#a", says: /sqlite:\/path/ },
];

/** Everything in the tables but workers, which come and go; the bytes, if it is no database. */
function contentOf(path: string): unknown {
  try {
    using database = new DatabaseSync(path, { readOnly: true });
    const tables = database.prepare("select name from sqlite_schema where type = 'table' order by name").all();
    const names = tables.map(({ name }) => String(name)).filter((name) => name !== "workers");
    // A resume that is refused may have taken it, and given it back.
    const rows = names.map((name) => database.prepare(`select * from ${name} order by 1, 2`).all());
    return JSON.stringify(rows, (key, value) => ["epoch", "taken_at", "due_at"].includes(key) ? undefined : value);
  } catch {
    try {
      return Deno.readFileSync(path);
    } catch {
      return undefined;
    }
  }
}

userTest("commands with an SQLite database: this user may only read it", async () => {
  await using folder = await makeTempFolder();
  const path = `${folder.path}/tx.db`;
  await makeFailedTransaction(`sqlite:${path}#a`);
  const options = await asUser(folder.path);
  Deno.chmodSync(path, 0o644);
  Deno.chmodSync(folder.path, 0o755);
  const before = contentOf(path);
  for (const [command, wanted] of [["inspect", 0], ["resume", 77]] as const) {
    const { code, stderr } = await runCli([command, `sqlite:${path}#a`], options);
    assertEquals([command, code, contentOf(path)], [command, wanted, before], stderr);
  }
});

for (const { what, spoil, codes, rest = "#a", says } of BAD) {
  permittedTest(`commands with an SQLite database: ${what}`, ["read", "write", "env", "sys"], async () => {
    await using folder = await makeTempFolder();
    const path = `${folder.path}/tx.db`;
    await makeFailedTransaction(`sqlite:${path}#a`);
    spoil?.(path);
    const before = contentOf(path);
    for (const [command, code] of Object.entries(codes)) {
      const words = [command, `sqlite:${path}${command === "list" ? "" : rest}`, ...(command === "skip" ? ["1"] : [])];
      const end = await runMain(words);
      assertEquals([command, end.code], [command, code], end.error);
      if (code > 1) assertMatch(`${end.out}${end.error}`, says);
      // Resumed, the step has failed once more.
      if (code !== 1) assertEquals(contentOf(path), before, command);
    }
  });
}
