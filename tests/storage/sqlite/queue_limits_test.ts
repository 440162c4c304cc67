import { openSqliteStore } from "../../../lib/storage/sqlite/open_sqlite_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { LIMIT_CASES } from "../sql/limit_cases.ts";

for (const { name, run } of LIMIT_CASES) {
  permittedTest(`limits of a queue in SQLite: ${name}`, ["read", "write"], async () => {
    await using folder = await makeTempFolder();
    await run({ open: () => openSqliteStore(`${folder.path}/tx.db`) });
  });
}
