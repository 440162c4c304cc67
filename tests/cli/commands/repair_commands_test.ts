import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { toFileUrl } from "@std/path/to-file-url";
import type { Event } from "../../../lib/journal/event.ts";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import { inFolder } from "../../support/in_folder.ts";
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
const NEXT = (journal: string) => `Run the rest\n  deno run -A jsr:@x/resumable-tx@0.1.0/cli resume ${journal}\n`;

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
const SAID: readonly (readonly [words: readonly string[], said: string, decision: string])[] = [
  [["skip", "J", "mail"], 'Step 2 "mail" is skipped\n', "2 skip"],
  [["done", "J", "2"], 'Step 2 "mail" counts as done\n', "2 done"],
  [["done", "J", "2", "--result", "[1]"], 'Step 2 "mail" counts as done with this value\n', "2 done"],
  [["retry", "J", "mail"], 'Step 2 "mail" will run\n', "2 retry"],
  [["remove", "J", "3"], 'Step 3 "mail" is removed from the plan\n', "3 remove"],
  [["rewind", "J", "1", "--yes"], 'Step 1 "make" and all steps after it will run again\n', "1 rewind"],
  [
    ["edit", "J", "mail", "--args", '["eve"]'],
    'Step 2 "mail" has new arguments\n  state.mail = mail("eve")\n',
    "2 edit",
  ],
  [
    ["edit", "J", "3", "--args", '[{"$ref":"1"}]'],
    'Step 3 "mail" has new arguments\n  mail({ id: 7 })\n' +
    "The arguments contain the value of step 1 itself: no step referred to it when it was recorded\n",
    "3 edit",
  ],
  [
    ["insert", "J", "FOLDER/steps.js", "make", "--after", "1", "--args", "[true]", "--name", "again"],
    'Step 4 "again" is inserted after step 1\n  state.again = make(true)\n',
    "4 insert",
  ],
];

for (const [words, said, decision] of SAID) {
  permittedTest(
    `${words.join(" ")} decides, and says so with what to type next`,
    ["read", "write"],
    () =>
      withJournal(async (journal, folder) => {
        const place = words.map((word) => word.replace(/^J$/, journal).replace("FOLDER", folder));
        const end = await runMain([...place, ...REASON]);
        assertEquals([end.code, end.out], [0, ""], end.error);
        assert(end.error.endsWith(said + NEXT(journal)), end.error);
        assertEquals(await decisionsOf(journal), [`${decision} by ana: a typo`]);
      }),
  );
}

permittedTest("undecide takes the last decision back", ["read", "write"], () =>
  withJournal(async (journal) => {
    await runMain(["skip", journal, "mail"], { readVariable: (name) => (name === "USER" ? "ana" : undefined) });
    const end = await runMain(["undecide", journal, "mail", "--by", "bob"]);
    assertEquals(end.error, `Undone: skip. Step 2 "mail" has the status failed\n${NEXT(journal)}`);
    assertEquals(await decisionsOf(journal), ["2 skip by ana: undefined", "2 undecide by bob: undefined"]);
  }));

permittedTest(
  "undecide says which earlier decision still holds",
  ["read", "write"],
  () =>
    withJournal(async (journal) => {
      for (const word of ["retry", "retry"]) await runMain([word, journal, "mail"]);
      const first = await runMain(["undecide", journal, "mail"]);
      const held = "The decision before it is still in effect: retry. To undo it, too: undecide 2\n";
      assertEquals(first.error, `Undone: retry. Step 2 "mail" has the status failed\n${held}${NEXT(journal)}`);
      const second = await runMain(["undecide", journal, "mail"]);
      assertEquals(second.error, `Undone: retry. Step 2 "mail" has the status failed\n${NEXT(journal)}`);
    }),
);

const REFUSED: readonly (readonly [words: readonly string[], code: number, message: string])[] = [
  [["skip", "J"], 2, "STEP is missing"],
  [["skip", "J", "9"], 2, "Cannot skip step 9: the plan has no such step: it has steps 1 to 3"],
  [["skip", "J", "1"], 2, "Cannot skip step 1: it is finished"],
  [["skip", "J", "2", "3"], 2, 'Unexpected argument "3"'],
  [["skip", "J", "2", "--whi", "x"], 2, 'Unknown option "--whi" of skip. Did you mean --why?'],
  [["skip", "FOLDER/none.json", "2"], 66, "Cannot find a journal"],
  [["skip", "FOLDER/steps.js", "2"], 65, "Cannot read"],
  [["skip", "J", "2", "--by", "x".repeat(201)], 2, "the name of who decides has at most 200 characters"],
  [["done", "J", "2", "--result", "{"], 2, 'Cannot read the result from --result "{"'],
  [["done", "J", "2", "--result", "@none.json"], 2, 'Cannot read the result from the file "none.json"'],
  [["done", "J", "1", "--result", "1"], 2, "Cannot mark step 1 as done: it is finished"],
  [["retry", "J", "1"], 2, "Cannot retry step 1: it is finished"],
  [["remove", "J", "2"], 2, "Cannot remove step 2: it has started"],
  [["undecide", "J", "2"], 2, "there is no decision about it"],
  [["rewind", "J", "1"], 2, "Without a terminal, rewind cannot ask: pass --yes"],
  [["rewind", "J", "3"], 2, "Cannot rewind to step 3: neither this step nor a later one has started"],
  [["edit", "J", "2"], 2, "--args is missing: without a terminal, no editor can be opened"],
  [["edit", "J", "2", "--args", '"x"'], 2, "Cannot edit step 2: arguments must be a list"],
  [["edit", "J", "2", "--args", "["], 2, 'Cannot read the arguments from --args "["'],
  [["edit", "J", "2", "--args", '[{"$ref":"3"}]'], 2, "it would refer to step 3, which does not come before it"],
  [["insert", "J", "FOLDER/steps.js", "make"], 2, "The new step needs a place: pass --after STEP or --first"],
  [
    ["insert", "J", "FOLDER/steps.js", "make", "--after", "1", "--first"],
    2,
    "--after and --first cannot be used together",
  ],
  [["insert", "J", "FOLDER/steps.js", "make", "--first"], 2, "step 1, which would come after it, has happened"],
  [["insert", "J", "FOLDER/steps.js", "mkae", "--after", "1"], 77, 'no such export, only "make"'],
  [["insert", "J", "FOLDER/none.js", "make", "--after", "1"], 77, "none.js"],
  [["insert", "J", "data:text/javascript,1", "make", "--after", "1"], 2, "data: is not among file:"],
  [["insert", "J", "FOLDER/steps.js", "then", "--after", "1"], 77, "the name is reserved"],
];

for (const [words, code, message] of REFUSED) {
  permittedTest(
    `${words.join(" ").slice(0, 70)} is refused, and changes nothing`,
    ["read", "write"],
    () =>
      withJournal(async (journal, folder) => {
        const place = words.map((word) => word.replace(/^J$/, journal).replace("FOLDER", folder));
        const end = await unchanged(journal, () => runMain(place));
        assertEquals([end.code, end.out], [code, ""], end.error);
        assertMatch(end.error, /^error: |\nerror: /);
        assertStringIncludes(end.error, message);
      }),
  );
}

permittedTest(
  "repairs name the process that runs the transaction, and how to stop it",
  ["read", "write", "run"],
  () =>
    withJournal(async (journal) => {
      const held = await new FileStore().open(journal, () => {});
      for (const words of [["skip", journal, "2"], ["edit", journal, "2", "--args", "[]"], ["rewind", journal, "1"]]) {
        const { code, error } = await unchanged(journal, () => runMain(words));
        assertEquals(code, 75);
        assertStringIncludes(error, `process 41 is running it`);
        assertStringIncludes(
          error,
          "Stop it cleanly: it finishes the current step and starts no other. Then try again",
        );
        assertStringIncludes(error, "\n  kill -INT 41\n");
      }
      await held.close();
      assertEquals((await runMain(["skip", journal, "2"])).code, 0);
    }),
);

permittedTest(
  "done, skip and undecide say what became of an undo whose process died",
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
        const { code, error } = await unchanged(journal, () => runMain(words));
        assertEquals(code, 2);
        assertStringIncludes(error, "the transaction is being rolled back");
      }
      const left = 'Step 1 "make" is not undone: its effect stays\nUndo the rest\n';
      assertStringIncludes((await runMain(["skip", journal, "1"])).error, left);
      assertStringIncludes((await runMain(["undecide", journal, "1"])).error, "Undone: skip");
      const again = 'Step 1 "make" will be undone\nUndo the rest\n';
      assertStringIncludes((await runMain(["retry", journal, "1"])).error, again);
      assertStringIncludes((await runMain(["undecide", journal, "1"])).error, "Undone: retry");
      const undone = 'Step 1 "make" counts as undone\nUndo the rest\n';
      assertStringIncludes((await runMain(["done", journal, "1", ...REASON])).error, undone);
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
      assertEquals([end.code, asked], [0, ["Run all these steps again? [y/N] "]]);
      assertEquals(
        end.error,
        "These steps have happened, or may have happened, and will run again\n" +
          '  1  make()   finished\n  2  state.mail = mail("ana")   failed\n' +
          "No rollback will undo what they have done so far\nNothing was decided\n",
      );
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
      assertStringIncludes(
        shown[0] ?? "",
        '// The arguments of step 2 "mail", a list in JSON\n//   state.mail = mail("ana")',
      );
      assertStringIncludes(shown[0] ?? "", '\n[\n  "ana"\n]\n');
      assertStringIncludes(end.error, "it would refer to step 3, which does not come before it");
      assertEquals(await decisionsOf(journal), ["2 edit by undefined: undefined"]);
      const same = await unchanged(journal, () => runMain(["edit", journal, "mail"], { editText: (text) => text }));
      assertEquals([same.code, same.error], [0, "Nothing was changed\n"]);
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
