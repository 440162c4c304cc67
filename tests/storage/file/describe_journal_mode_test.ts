import { assertEquals } from "@std/assert";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import { describeJournalMode } from "../../../lib/storage/file/file_trust.ts";
import { inFolder } from "../../support/in_folder.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { testEvents } from "../../support/test_record.ts";

permittedTest(
  "describeJournalMode() warns of a journal that others may read, and of nothing else",
  ["read", "write"],
  () =>
    inFolder({ "notes.txt": "milk" }, async (folder) => {
      if (Deno.build.os === "windows") return;
      const journal = `${folder}/j.json`;
      await (await new FileStore().create(journal, testEvents(0))).close();
      assertEquals(describeJournalMode(journal), []);
      for (const path of [journal, folder, `${folder}/notes.txt`]) await Deno.chmod(path, 0o755);
      assertEquals(describeJournalMode(journal).map((text) => text.slice(0, 32)), ["others may read it (mode 0755), "]);
      for (const path of [folder, `${folder}/notes.txt`, "/dev/null"]) assertEquals(describeJournalMode(path), []);
    }),
);
