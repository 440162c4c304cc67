import { assert, assertEquals, assertMatch } from "@std/assert";
import { toFileUrl } from "@std/path/to-file-url";
import type { Event } from "../../../lib/journal/event.ts";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import { inFolder } from "../../support/in_folder.ts";
import { CLI_WORDS } from "../../support/failure_text.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { runMain } from "../fake_io.ts";
import { planOf, unchanged, writeJournal } from "../written_journal.ts";

const PAST: readonly Event[] = [
  { type: "started", step: "1", attempt: 1, run: 1 },
  { type: "finished", step: "1", attempt: 1, ms: 1, value: { id: 7 } },
  { type: "started", step: "2", attempt: 1, run: 1 },
  { type: "failed", step: "2", attempt: 1, ms: 1, error: { name: "Error", message: "no" } },
  { type: "aborted", step: "2" },
];
const STEPS = "export function make() {}\nexport function mail() {}\n";

/** A journal of three steps in a module: one is done, one has failed. */
function withJournal(test: (journal: string, folder: string) => Promise<void>): Promise<void> {
  return inFolder({ "steps.js": STEPS }, async (folder) => {
    const nodes = [
      { export: "make" },
      { export: "mail", name: "mail", args: ["ana"] },
      { export: "mail", args: ["bob"] },
    ];
    await writeJournal(`${folder}/j.json`, [planOf(toFileUrl(`${folder}/steps.js`).href, nodes), PAST]);
    await test(`${folder}/j.json`, folder);
  });
}

interface Decision {
  readonly id: string;
  readonly decision: string;
  readonly by?: string;
  readonly why?: string;
}

async function decisionsOf(journal: string): Promise<readonly string[]> {
  const { steps } = JSON.parse((await runMain(["inspect", journal, "--json"])).out);
  return steps.flatMap(({ id, decisions }: { id: string; decisions: Decision[] }) =>
    decisions.map(({ decision, by, why }) => `${id} ${decision} by ${by}: ${why}`)
  );
}

const REASON = ["--by", "ana", "--why", "a typo"];
const DECIDING: readonly (readonly [words: readonly string[], decision: string])[] = [
  [["skip", "J", "mail"], "2 skip"],
  [["done", "J", "2"], "2 done"],
  [["done", "J", "2", "--result", "[1]"], "2 done"],
  [["retry", "J", "mail"], "2 retry"],
  [["remove", "J", "3"], "3 remove"],
  [["rewind", "J", "1", "--yes"], "1 rewind"],
  [["edit", "J", "mail", "--args", '["eve"]'], "2 edit"],
  [["edit", "J", "3", "--args", '[{"$ref":"1"}]'], "3 edit"],
  [["insert", "J", "FOLDER/steps.js", "make", "--after", "1", "--args", "[true]", "--name", "again"], "4 insert"],
];

for (const [words, decision] of DECIDING) {
  permittedTest(
    `${words.join(" ")} decides, and says what to type next`,
    ["read", "write"],
    () =>
      withJournal(async (journal, folder) => {
        const place = words.map((word) => word.replace(/^J$/, journal).replace("FOLDER", folder));
        const end = await runMain([...place, ...REASON]);
        assertEquals([end.code, end.out], [0, ""], end.error);
        assert(end.error.endsWith(`\n  ${CLI_WORDS} resume ${journal}\n`), end.error);
        assertEquals(await decisionsOf(journal), [`${decision} by ana: a typo`]);
      }),
  );
}

permittedTest("undecide takes the last decision back", ["read", "write"], () =>
  withJournal(async (journal) => {
    await runMain(["skip", journal, "mail"], { readVariable: (name) => (name === "USER" ? "ana" : undefined) });
    assertEquals((await runMain(["undecide", journal, "mail", "--by", "bob"])).code, 0);
    assertEquals(await decisionsOf(journal), ["2 skip by ana: undefined", "2 undecide by bob: undefined"]);
  }));

permittedTest(
  "repairs name the process that runs the transaction, and how to stop it",
  ["read", "write", "run"],
  () =>
    withJournal(async (journal) => {
      const held = await new FileStore().open(journal, () => {});
      for (const words of [["skip", journal, "2"], ["edit", journal, "2", "--args", "[]"], ["rewind", journal, "1"]]) {
        const { code, error } = await unchanged(journal, () => runMain(words));
        assertEquals([code, /\n {2}.* stop \S+\n$/.test(error)], [75, true], error);
      }
      await held.close();
      assertEquals((await runMain(["skip", journal, "2"])).code, 0);
    }),
);

permittedTest(
  "done, skip, retry and undecide decide about an undo whose process died; edit and rewind do not",
  ["read", "write"],
  () =>
    inFolder({}, async (folder) => {
      const journal = `${folder}/j.json`;
      const plan = planOf("file:///srv/a.ts", [{ export: "make", options: { undo: { module: 0, export: "unmake" } } }]);
      const undoing: Event[] = [
        { type: "decided", decision: "rollback" },
        { type: "undoing", step: "1", attempt: 1, run: 1 },
      ];
      await writeJournal(journal, [plan, PAST.slice(0, 2), undoing]);
      for (const words of [["edit", journal, "1", "--args", "[1]"], ["rewind", journal, "1", "--yes"]]) {
        assertEquals((await unchanged(journal, () => runMain(words))).code, 2);
      }
      for (const word of ["skip", "undecide", "retry", "undecide"]) {
        assertEquals((await runMain([word, journal, "1"])).code, 0, word);
      }
      assertEquals((await runMain(["done", journal, "1", ...REASON])).code, 0);
      assertEquals(await decisionsOf(journal), [
        "1 skip by undefined: undefined",
        "1 undecide by undefined: undefined",
        "1 retry by undefined: undefined",
        "1 undecide by undefined: undefined",
        "1 done by ana: a typo",
      ]);
    }),
);

permittedTest(
  "rewind asks, and an empty answer changes nothing",
  ["read", "write"],
  () =>
    withJournal(async (journal) => {
      const asked: string[] = [];
      const ask = (answer: string) => (question: string) => {
        asked.push(question);
        return Promise.resolve(answer);
      };
      const end = await unchanged(journal, () => runMain(["rewind", journal, "1"], { ask: ask("") }));
      assertEquals([end.code, asked.length], [0, 1], end.error);
      assertMatch(asked[0] ?? "", /\n {2}1 {2}make\(\) .*\n {2}2 {2}state\.mail = mail\("ana"\) /);
      assertEquals((await runMain(["rewind", journal, "1"], { ask: ask("y") })).code, 0);
      assertEquals(await decisionsOf(journal), ["1 rewind by undefined: undefined"]);
    }),
);

permittedTest(
  "edit opens the arguments in an editor, and brings back what cannot be taken",
  ["read", "write"],
  () =>
    withJournal(async (journal) => {
      const shown: string[] = [];
      const edits = ['["eve"', '[{"$ref":"3"}]', '// a note\n["eve"]\n'];
      const world = {
        editText: (text: string) => {
          shown.push(text);
          return edits.shift() ?? "";
        },
        ask: () => Promise.resolve(""),
      };
      const end = await runMain(["edit", journal, "mail"], world);
      assertEquals([end.code, shown.slice(1)], [0, ['["eve"', '[{"$ref":"3"}]']]);
      assertEquals(
        shown[0],
        '// The arguments of step 2 "mail", a list in JSON\n//   state.mail = mail("ana")\n' +
          "// To apply your changes, save and close the editor. To change nothing, leave them as they are\n" +
          '[\n  "ana"\n]\n',
      );
      assert(end.error.includes("step 3"), end.error);
      assertEquals(await decisionsOf(journal), ["2 edit by undefined: undefined"]);
      const same = await unchanged(journal, () => runMain(["edit", journal, "mail"], { editText: (text) => text }));
      assertEquals(same.code, 0, same.error);
    }),
);

permittedTest(
  "a failed step that is skipped is not offered as one that was done by hand",
  ["read", "write"],
  async () => {
    await withJournal(async (journal) => {
      assertEquals((await runMain(["skip", journal, "mail"])).code, 0);
      const { next } = JSON.parse((await runMain(["inspect", journal, "--json"])).out);
      const commands = next.map(({ command }: { readonly command: string }) => command.split("/cli ")[1]);
      assertEquals(commands, [`resume ${journal}`]);
    });
  },
);
