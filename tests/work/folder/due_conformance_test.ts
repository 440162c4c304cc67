import { FolderWork } from "../../../lib/storage/file/folder_work.ts";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import { folderTools } from "../../../lib/work/folder/summarize_due.ts";
import { DUE_CASES } from "../../storage/due_conformance.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";

/** Gives up what it has claimed when its process ends, as the system does. */
class OtherWork extends FolderWork implements AsyncDisposable {
  async [Symbol.asyncDispose](): Promise<void> {
    for (const journal of this.due.held) await this.due.giveBack(journal);
  }
}

for (const { name, run } of DUE_CASES) {
  permittedTest(`FolderWork, what is due: ${name}`, ["read", "write", "sys"], async () => {
    await using folder = await makeTempFolder();
    const scope = folder.path;
    const make = () => new OtherWork(scope, folderTools(new FileStore()));
    await using store = make();
    const nameOf = (name: string) => `${scope}/${name}.json`;
    await run({ store, scope, nameOf, openOther: () => Promise.resolve(make()), hasQueues: true });
  });
}
