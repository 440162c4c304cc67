import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Event } from "../../../lib/journal/event.ts";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import { inFolder } from "../../support/in_folder.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { runMain } from "../fake_io.ts";
import { planOf, unchanged, writeJournal, writeTorn } from "../written_journal.ts";

const PLAN = planOf("file:///srv/steps.ts", [{ export: "one" }]);
const START: Event = { type: "started", step: "1", attempt: 1, run: 1 };

permittedTest(
  "check says how large a sound journal is, and warns of a mode that lets others in",
  ["read", "write"],
  () =>
    inFolder({}, async (folder) => {
      const journal = `${folder}/j.json`;
      await writeJournal(journal, [PLAN, [START]]);
      const { isSound, records, steps } = JSON.parse((await runMain(["check", journal, "--json"])).out);
      assertEquals([isSound, records, steps], [true, 2, 1]);
      if (Deno.build.os === "windows") return;
      await Deno.chmod(journal, 0o644);
      const { code, out } = await unchanged(journal, () => runMain(["check", journal]));
      assertEquals([code, out.startsWith("warning: ")], [0, true], out);
      assertStringIncludes(out, "(mode 0644)");
      await Deno.chmod(journal, 0o666);
      assertEquals(JSON.parse((await runMain(["check", journal, "--json"])).out).warnings.length, 1);
    }),
);

permittedTest(
  "check reports contradictions with their lines, as JSON too",
  ["read", "write"],
  () =>
    inFolder({}, async (folder) => {
      const journal = `${folder}/j.json`;
      await writeJournal(journal, [PLAN, [START], [START], [{ ...START, step: "2" }]]);
      const { out: text } = await runMain(["check", journal]);
      assertEquals(text.split("\n").slice(0, 2), [
        `${journal}:3: step 1 was started while it was started`,
        `${journal}:4: there is no step 2 in the plan`,
      ]);
      const { code, out } = await runMain(["check", journal, "--json"]);
      assertEquals([code, JSON.parse(out)], [65, {
        journal,
        isSound: false,
        records: 4,
        steps: 1,
        faults: [
          { line: 3, reason: "step 1 was started while it was started" },
          { line: 4, reason: "there is no step 2 in the plan" },
        ],
        moreFaults: 0,
        notes: [],
        warnings: [],
      }]);
    }),
);

permittedTest(
  "check takes what a crash left of an append for no fault",
  ["read", "write"],
  () =>
    inFolder({}, async (folder) => {
      const image = `${folder}/image.json`;
      await writeTorn(image, PLAN);
      const { code, out } = await unchanged(image, () => runMain(["check", image]));
      assertEquals([code, out.match(/^note: /gm)?.length], [0, 1], out);
      const shown = await unchanged(image, () => runMain(["inspect", image, "--json"]));
      assertEquals(JSON.parse(shown.out).tornBytes > 0, true);
    }),
);

permittedTest("check notes that a journal is being run", ["read", "write"], () =>
  inFolder({}, async (folder) => {
    const journal = `${folder}/j.json`;
    const open = await new FileStore().create(journal, PLAN);
    const { code, out } = await runMain(["check", journal, "--json"]);
    await open.close();
    const { notes, isSound } = JSON.parse(out);
    assertEquals([code, notes.length, isSound], [0, 1, true]);
  }));
