import { folderTools } from "../../lib/work/folder/summarize_due.ts";
import { FileStore } from "../../lib/storage/file/file_store.ts";
import { FolderWork } from "../../lib/storage/file/folder_work.ts";
import { openSqliteStore } from "../../lib/storage/sqlite/open_sqlite_store.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { makeTempFolder } from "../support/temp_folder.ts";
import { SCHEDULE_CASES } from "./conforming_schedules.ts";

const PERMISSIONS = ["read", "write", "env", "sys", "net"] as const;

for (const { name, run } of SCHEDULE_CASES) {
  permittedTest(`schedules in a folder: ${name}`, PERMISSIONS, async () => {
    await using folder = await makeTempFolder();
    const open = () => Promise.resolve(new FolderWork(folder.path, folderTools(new FileStore())));
    await run({ scope: folder.path, open });
  });
  permittedTest(`schedules in SQLite: ${name}`, PERMISSIONS, async () => {
    await using folder = await makeTempFolder();
    await run({ scope: `sqlite:${folder.path}/tx.db`, open: () => openSqliteStore(`${folder.path}/tx.db`) });
  });
}
