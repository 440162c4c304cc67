/** What commands ask, and what each answer leads to. The terminal is a list of answers. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { toFileUrl } from "@std/path/to-file-url";
import type { Event } from "../../../lib/journal/event.ts";
import { inFolder } from "../../support/in_folder.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { type FakeEnd, runMain } from "../fake_io.ts";
import { planOf, unchanged, writeJournal } from "../written_journal.ts";

const NEEDED = ["read", "write", "sys", "env"] as const;
const STEPS = `
export function say(text) { globalThis.said.push(text); return text; }
export function unsay(text) { globalThis.said.push("un" + text); }
`;
const START: Event = { type: "started", step: "1", attempt: 1, run: 1 };
const REF = { args: [{ step: "1", path: ["id"] }], argsMeta: { values: { "0": [["custom", "ref"]] }, v: 1 } };
const HAPPENED: readonly (readonly Event[])[] = [
  [START],
  [{ type: "finished", step: "1", attempt: 1, ms: 1 }, { ...START, step: "2" }],
  [{ type: "finished", step: "2", attempt: 1, ms: 1 }],
];

interface Asked extends FakeEnd {
  readonly questions: readonly string[];
  readonly said: readonly string[];
}

/** Runs a command for a person who gives these answers, and then no more. */
async function ask(words: readonly string[], answers: readonly string[]): Promise<Asked> {
  const questions: string[] = [];
  const left = [...answers];
  const said: string[] = [];
  Object.assign(globalThis, { said });
  const end = await runMain(words, {
    ask: (question) => {
      questions.push(question);
      return Promise.resolve(left.shift());
    },
  });
  return { ...end, questions, said };
}

function inJournal(
  nodes: Parameters<typeof planOf>[1],
  records: readonly (readonly Event[])[],
  test: (journal: string) => Promise<void>,
): Promise<void> {
  return inFolder({ "steps.js": STEPS }, async (folder) => {
    await writeJournal(`${folder}/j.json`, [planOf(toFileUrl(`${folder}/steps.js`).href, nodes), ...records]);
    await test(`${folder}/j.json`);
  });
}

permittedTest(
  "Enter after a refused answer stops, and repeats nothing",
  NEEDED,
  () =>
    inJournal([{ export: "say", args: ["one"] }, { export: "say", ...REF }], [[START]], async (journal) => {
      const end = await ask(["resume", journal], ["d", '{"name":7}', ""]);
      assertEquals([end.code, end.questions.length], [3, 3], end.error);
      assertEquals(end.error.split('step 2 needs its part "id"').length, 2, end.error);
      assertStringIncludes(end.questions[0] ?? "", ' part "id"');
      const done = await ask(["resume", journal, "--keep"], ["d", '{"id":7}']);
      assertEquals([done.code, done.said], [0, [7]], done.error);
    }),
);

for (const answers of [["d", "{", ""], ["d", "{", "", ""], ["d", "{"], ["d"]]) {
  permittedTest(
    `${JSON.stringify(answers)} decides nothing`,
    NEEDED,
    () =>
      inJournal([{ export: "say", args: ["one"] }], [[START]], async (journal) => {
        const end = await ask(["resume", journal], answers);
        const isDecided = (await Deno.readTextFile(journal)).includes('"decided"');
        assertEquals([end.code, end.said, isDecided], [3, [], false], end.error);
      }),
  );
}

for (const isOver of [true, false]) {
  const undo = { undo: { module: 0, export: "unsay" } };
  const nodes = ["one", "two"].map((text) => ({ export: "say", args: [text], options: undo }));
  const records = [...HAPPENED, ...(isOver ? [[{ type: "ended" } as const]] : [[]])].filter((events) =>
    events.length > 0
  );
  const what = `of ${isOver ? "a finished" : "an unfinished"} transaction`;

  permittedTest(`rollback ${what} asks on a terminal`, NEEDED, () =>
    inJournal(nodes, records, async (journal) => {
      for (const answers of [[], [""], ["n"], ["perhaps"]]) {
        const no = await unchanged(journal, () => ask(["rollback", journal], answers));
        assertEquals([no.code, no.said, no.questions.length], [0, [], 1], no.error);
        assertMatch(no.questions[0] ?? "", /^ {2}2 {2}say\("two"\) .*\n {2}1 {2}say\("one"\) /m);
      }
      const yes = await ask(["rollback", journal, "--to", "1"], ["y"]);
      assertEquals([yes.code, yes.questions.length, yes.said.length], [0, 1, 1], yes.error);
      const rest = await ask(["rollback", journal, "--yes"], []);
      assertEquals([rest.code, rest.questions.length, rest.said.length], [0, 0, 1], rest.error);
    }));

  permittedTest(
    `without a terminal, rollback ${what} ${isOver ? "needs --yes" : "does not ask"}`,
    NEEDED,
    () =>
      inJournal(nodes, records, async (journal) => {
        const rollback = () => runMain(["rollback", journal]);
        Object.assign(globalThis, { said: [] });
        const { code, error } = isOver ? await unchanged(journal, rollback) : await rollback();
        assertEquals([code, error.includes("pass --yes")], isOver ? [2, true] : [0, false], error);
        if (isOver) assertEquals((await runMain(["rollback", journal, "--yes"])).code, 0);
      }),
  );

  permittedTest(
    `rollback ${what} refuses if it has changed after the question`,
    NEEDED,
    () =>
      inJournal(nodes, records, async (journal) => {
        const other = [planOf(toFileUrl(journal.replace("j.json", "steps.js")).href, nodes), ...HAPPENED.slice(0, 1)];
        const end = await runMain(["rollback", journal], {
          ask: async () => {
            await Deno.remove(journal);
            await writeJournal(journal, other);
            return "y";
          },
        });
        assertEquals([end.code, end.error.includes("has changed since")], [2, true], end.error);
      }),
  );
}

permittedTest(
  "cancel asks on a terminal",
  NEEDED,
  () =>
    inJournal([{ export: "say", args: ["one"] }], [], async (journal) => {
      const no = await unchanged(journal, () => ask(["cancel", journal], ["n"]));
      assertEquals([no.code, no.questions.length], [0, 1], no.error);
      const yes = await ask(["cancel", journal], ["y"]);
      assertEquals([yes.code, yes.questions[0]?.startsWith("Step 1: ")], [0, true], yes.questions[0]);
      const again = await ask(["cancel", journal], []);
      assertEquals([again.code, again.questions.length], [2, 0], again.error);
    }),
);
