import { openSqliteStore } from "../../lib/storage/sqlite/open_sqlite_store.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { makeTempFolder } from "../support/temp_folder.ts";
import { DUE_CASES } from "./due_conformance.ts";

for (const { name, run } of DUE_CASES) {
  permittedTest(`SqlStore with SQLite, what is due: ${name}`, ["read", "write"], async () => {
    await using folder = await makeTempFolder();
    const path = `${folder.path}/tx.db`;
    await using store = await openSqliteStore(path);
    const nameOf = (name: string) => store.journalOf(name);
    await run({ store, scope: store.locator, nameOf, openOther: () => openSqliteStore(path), hasQueues: true });
  });
}
