import { assertEquals, assertRejects } from "@std/assert";
import { JournalLocked } from "../../../lib/errors/opening_errors.ts";
import { JournalExists } from "../../../lib/errors/planning_errors.ts";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import { inFolder, listJournals } from "../../support/in_folder.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { note, takeEffects } from "../../support/programs/sample_steps.ts";
import { historyOf, plannedNotes, resumeSample, runSample } from "../../support/programs/sample_transaction.ts";

permittedTest(
  "fifty transactions run side by side in one process",
  ["read", "write"],
  () =>
    inFolder({}, async (folder) => {
      const store = new FileStore();
      const runs = Array.from({ length: 50 }, (_, index) =>
        runSample(store, `${folder}/${index}.json`, (t) => {
          for (const part of ["a", "b", "c"]) t.do(note, `${part}${index}`);
          return t.do(note, `end${index}`);
        }, { keep: true }));
      assertEquals(await Promise.all(runs), Array.from({ length: 50 }, (_, index) => `end${index}`));
      assertEquals(takeEffects().length, 200);
      assertEquals(listJournals(folder).length, 50);
      assertEquals((await historyOf(store, `${folder}/49.json`)).at(-1), "finished 4, ended");
    }),
);

permittedTest(
  "a journal that this process holds already is refused",
  ["read", "write"],
  () =>
    inFolder({}, async (folder) => {
      const store = new FileStore();
      const name = `${folder}/j.json`;
      const journal = await store.create(name, plannedNotes(["a"]));
      const bytes = await Deno.readFile(name);
      await assertRejects(() => resumeSample(store, name), JournalLocked);
      await assertRejects(() => runSample(store, name, (t) => void t.do(note, "b")), JournalExists);
      assertEquals([takeEffects(), await Deno.readFile(name)], [[], bytes]);
      await journal.close();
      await resumeSample(store, name);
      assertEquals(takeEffects(), ["a"]);
    }),
);
