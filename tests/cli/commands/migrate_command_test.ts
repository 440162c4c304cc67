/** `migrate` makes the tables of a database, says which version they have, and prints the SQL that another program can run. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { makeFailedTransaction } from "../../support/failed_transaction.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { postgresTests } from "../../support/postgres_test.ts";
import { query } from "../../support/query_postgres.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { type FakeEnd, runMain } from "../fake_io.ts";

const postgresTest = postgresTests();

/** A database of one kind: what is done with it, and looked at. */
interface Database {
  readonly locator: string;
  /** Every table and index, by name and statement. */
  readonly tables: () => unknown;
  /** Runs SQL as another program does. */
  readonly run: (sql: string) => Promise<unknown>;
}

async function type(code: number, ...words: readonly string[]): Promise<FakeEnd> {
  const end = await runMain(words);
  assertEquals([words, end.code], [words, code], end.error);
  return end;
}

async function migrateAll(first: Database, second: Database): Promise<void> {
  const { locator } = first;
  const before = await first.tables();
  const printed = await type(0, "migrate", locator, "--print");
  const dry = JSON.parse((await type(0, "migrate", "--store", locator, "--print", "--json")).out);
  assertEquals([dry.database, dry.found, dry.newest, dry.isDryRun], [locator, 0, 1, true]);
  assertEquals(await first.tables(), before);
  assertStringIncludes(printed.out, "create table");
  // What is printed makes what the command makes.
  await second.run(printed.out.replaceAll(/"?test_\d+"?/g, schemaOf(second.locator)));
  const made = JSON.parse((await type(0, "migrate", locator, "--json")).out);
  assertEquals([made.found, made.newest, made.isDryRun, made.statements], [0, 1, false, dry.statements]);
  assertEquals(await first.tables(), await second.tables());
  for (const database of [first, second]) {
    const after = await database.tables();
    for (const words of [["--print"], [], ["--json"]]) {
      const { out } = await type(0, "migrate", database.locator, ...words);
      if (words.includes("--json")) assertEquals([JSON.parse(out).found, JSON.parse(out).statements], [1, []]);
      else assertEquals(out, "");
    }
    assertEquals(await database.tables(), after);
    await makeFailedTransaction(`${database.locator}#a`);
    await type(0, "inspect", `${database.locator}#a`);
  }
  await first.run("insert into meta (version, at) select 99, at from meta");
  const newer = await first.tables();
  for (const words of [[], ["--print"]]) {
    assertStringIncludes((await type(77, "migrate", locator, ...words)).error, "99");
  }
  assertEquals(await first.tables(), newer);
  await second.run("drop table records");
  for (const words of [[], ["--print"]]) await type(77, "migrate", second.locator, ...words);
  await type(2, "migrate", `${locator}#a`);
  await type(2, "migrate", `${locator}#`);
}

function schemaOf(locator: string): string {
  return locator.startsWith("sqlite:") ? "" : `"${new URL(locator).searchParams.get("schema")}"`;
}

permittedTest("migrate makes the tables of SQLite, or prints how", ["read", "write", "env", "sys"], async () => {
  await using folder = await makeTempFolder();
  const open = (name: string): Database => ({
    locator: `sqlite:${folder.path}/${name}.db`,
    tables: () => {
      const path = `${folder.path}/${name}.db`;
      const files = Array.from(Deno.readDirSync(folder.path), (entry) =>
        entry.name).filter((file) => file.startsWith(name)).length;
      if (files === 0) return "no file";
      using database = new DatabaseSync(path, { readOnly: true });
      const found = database.prepare("select name, sql from sqlite_schema order by name").all();
      return found.map((row) => ({ name: row["name"], sql: String(row["sql"]).replaceAll(/\s+/g, " ") }));
    },
    run: (sql) => {
      using database = new DatabaseSync(`${folder.path}/${name}.db`);
      return Promise.resolve(database.exec(sql));
    },
  });
  await migrateAll(open("first"), open("second"));
  assertEquals((await Deno.stat(`${folder.path}/first.db`)).mode ?? 0, 0o100600);
  await Deno.writeTextFile(`${folder.path}/text.db`, "Dear diary\n".repeat(100));
  for (const words of [[], ["--print"]]) await type(77, "migrate", `sqlite:${folder.path}/text.db`, ...words);
  await type(77, "migrate", `sqlite:${folder.path}/none/tx.db`);
  await type(2, "migrate");
  await type(2, "migrate", folder.path);
  await type(2, "migrate", "mysql://ana:secret@db/tx");
  assert(!(await type(2, "migrate", "mysql://ana:secret@db/tx")).error.includes("secret"));
});

postgresTest("migrate makes a schema and its tables in PostgreSQL, or prints how", async ({ locator }) => {
  const open = (suffix: string): Database => {
    const url = new URL(locator);
    url.searchParams.set("schema", `${url.searchParams.get("schema")}${suffix}`);
    const schema = url.searchParams.get("schema") ?? "";
    return {
      locator: url.href,
      tables: async () => {
        const what = `select tablename, indexname, replace(indexdef, '${schema}.', '') as text from pg_indexes
          where schemaname = '${schema}' order by 1, 2`;
        const columns = `select table_name, column_name, data_type, is_nullable from information_schema.columns
          where table_schema = '${schema}' order by 1, ordinal_position`;
        return [await query(locator, what), await query(locator, columns)];
      },
      run: (sql) => query(url.href, sql),
    };
  };
  await migrateAll(open(""), open("0"));
  const away = Object.assign(new URL(locator), { pathname: "/no_such_database" }).href;
  for (const words of [[], ["--print"]]) await type(77, "migrate", away, ...words);
  await type(2, "migrate", `${locator}&colour=blue`);
});
