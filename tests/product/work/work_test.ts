/** The stories of `work`, with each store. */
import { permittedTest } from "../../support/permitted_test.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { workStories } from "./work_stories.ts";

workStories("SQLite", (name, body) => {
  permittedTest(name, ["read", "write", "run", "env", "net", "sys"], async () => {
    await using folder = await makeTempFolder();
    const scope = `sqlite:${folder.path}/tx.db`;
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
