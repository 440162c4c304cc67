/** The stories of `work`, with each store. */
import { openStore } from "@x/resumable-tx/sqlite";
import { openStore as openServer } from "@x/resumable-tx/postgres";
import { postgresTests } from "../../support/postgres_test.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { workStories } from "./work_stories.ts";

workStories("SQLite", (name, body) => {
  permittedTest(name, ["read", "write", "run", "env", "net", "sys"], async () => {
    await using folder = await makeTempFolder();
    const scope = `sqlite:${folder.path}/tx.db`;
    // Otherwise there is no database when the work begins.
    await using _store = await openStore(scope);
    await body({ scope, journal: (journal) => `${scope}#${journal}` }, folder.path);
  });
});

workStories("folder", (name, body) => {
  permittedTest(name, ["read", "write", "run", "env", "net", "sys"], async () => {
    await using folder = await makeTempFolder();
    const scope = `${folder.path}/journals`;
    Deno.mkdirSync(scope);
    await body({ scope, journal: (journal) => `${scope}/${journal}.json` }, folder.path);
  });
});

const postgresTest = postgresTests();

workStories("PostgreSQL", (name, body) => {
  postgresTest(name, async ({ locator: scope }) => {
    await using folder = await makeTempFolder();
    await using _store = await openServer(scope);
    await body({ scope, journal: (journal) => `${scope}#${journal}` }, folder.path);
  });
});
