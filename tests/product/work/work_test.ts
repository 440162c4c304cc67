/** The stories of `work`, with each store. */
import { openStore } from "@x/resumable-tx/sqlite";
import { openStore as openServer } from "@x/resumable-tx/postgres";
import { postgresTests } from "../../support/postgres_test.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { type Register, trustStories, workStories } from "./work_stories.ts";

const inSqlite: Register = (name, body) =>
  permittedTest(name, ["read", "write", "run", "env", "net", "sys"], async () => {
    await using folder = await makeTempFolder();
    const scope = `sqlite:${folder.path}/tx.db`;
    // Otherwise there is no database when the work begins.
    await using _store = await openStore(scope);
    await body({ scope, journal: (journal) => `${scope}#${journal}` }, folder.path);
  });

workStories("SQLite", inSqlite);
trustStories("SQLite", inSqlite);

workStories("folder", (name, body) => {
  permittedTest(name, ["read", "write", "run", "env", "net", "sys"], async () => {
    await using folder = await makeTempFolder();
    const scope = `${folder.path}/journals`;
    Deno.mkdirSync(scope);
    await body({ scope, journal: (journal) => `${scope}/${journal}.json` }, folder.path);
  });
});

const postgresTest = postgresTests();

const inPostgres: Register = (name, body) =>
  postgresTest(name, async ({ locator: scope }) => {
    await using folder = await makeTempFolder();
    await using _store = await openServer(scope);
    await body({ scope, journal: (journal) => `${scope}#${journal}` }, folder.path);
  });

workStories("PostgreSQL", inPostgres);
trustStories("PostgreSQL", inPostgres);
