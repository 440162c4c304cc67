import { FileStore } from "../../lib/storage/file/file_store.ts";
import { MemoryStore } from "../../lib/storage/memory_store.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { makeTempFolder } from "../support/temp_folder.ts";
import { CONFORMANCE } from "./conformance.ts";

for (const { name, run } of CONFORMANCE) {
  Deno.test(`MemoryStore ${name}`, async () => {
    const store = new MemoryStore();
    const takeAway = (journal: string) => store.crash(journal);
    await run({ store, folder: "/memory", nameOf: (journal) => `/memory/${journal}.json`, takeAway });
  });

  permittedTest(`FileStore ${name}`, ["read", "write"], async () => {
    await using folder = await makeTempFolder();
    const takeAway = (journal: string) => Deno.rename(journal, `${journal}.moved`);
    const nameOf = (journal: string) => `${folder.path}/${journal}.json`;
    await run({ store: new FileStore(), folder: folder.path, nameOf, takeAway });
  });
}
