/** What `resume` asks of a person who sits at a terminal: a real one, as far as the process can tell. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { toFileUrl } from "@std/path/to-file-url";
import type { Event } from "../../../lib/journal/event.ts";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import type { Conversation } from "../../support/terminal/conversation.ts";
import { inFolder } from "../../support/in_folder.ts";
import { startOnTerminal, terminalTest } from "../../support/terminal/pseudo_terminal.ts";
import { runCli } from "../../support/run_deno.ts";
import { runMain } from "../fake_io.ts";
import { planOf, writeJournal } from "../written_journal.ts";

const STEPS = `
export function say(text) {
  console.log("said", JSON.stringify(text));
  return text;
}
`;
const START: Event = { type: "started", step: "1", attempt: 1, run: 1 };
const REF_TO_FIRST = { args: [{ step: "1" }], argsMeta: { values: { "0": [["custom", "ref"]] }, v: 1 } };
/** What ends the questions, as far as a person answers by it. */
const QUESTION = "[q, Enter] ";
const YES_OR_NO = "? [y/N] ";

/** A journal whose first step is unknown, and whose second says the first one's value, or a text. */
function withUnknown(usesValue: boolean, test: (journal: string) => Promise<void>): Promise<void> {
  return inFolder({ "steps.js": STEPS }, async (folder) => {
    const second = usesValue ? REF_TO_FIRST : { args: ["two"] };
    const nodes = [{ export: "say", args: ["one"], name: "first" }, { export: "say", ...second }];
    await writeJournal(`${folder}/j.json`, [planOf(toFileUrl(`${folder}/steps.js`).href, nodes), [START]]);
    await test(`${folder}/j.json`);
  });
}

async function answer(process: Conversation, ...answers: readonly (readonly [question: string, text: string])[]) {
  for (const [question, text] of answers) {
    await process.hear(question);
    await process.type(text);
  }
  return await process.end();
}

async function decisionsOf(journal: string): Promise<unknown> {
  const { out } = await runMain(["inspect", journal, "--json"]);
  const { steps } = JSON.parse(out);
  return steps[0].decisions.map(({ at: _at, ...rest }: { at: string }) => rest);
}

terminalTest(
  "resume asks on a terminal about an unknown step, and runs it when told to",
  () =>
    withUnknown(false, async (journal) => {
      await using process = startOnTerminal(["resume", journal, "--keep"]);
      const { code, stdout } = await answer(process, [QUESTION, "perhaps\n"], ['"perhaps" is ', "R\n"]);
      assertEquals(code, 0, stdout);
      assertMatch(stdout, /Step 1 "first" .*said "one"\r\nsaid "two"\r\n/s);
      assertEquals(await decisionsOf(journal), [{ decision: "retry", by: "ana" }]);
    }),
);

terminalTest(
  "resume takes the value of a step that did happen, once it is JSON",
  () =>
    withUnknown(true, async (journal) => {
      await using process = startOnTerminal(["resume", journal, "--keep"]);
      const { code, stdout } = await answer(
        process,
        [QUESTION, "d\n"],
        [" JSON", "seven\n"],
        ["at line 1, column 1: ", '{"id":7}\n'],
      );
      assertEquals(code, 0, stdout);
      assertStringIncludes(stdout, 'said {"id":7}');
      assertEquals(stdout.includes('said "one"'), false);
      assertEquals(await decisionsOf(journal), [{ decision: "done", by: "ana" }]);
    }),
);

terminalTest(
  "resume does not offer to leave a step out whose value is needed, and asks again for a value that lacks a part",
  () =>
    inFolder({ "steps.js": STEPS }, async (folder) => {
      const ref = { args: [{ step: "1", path: ["id"] }], argsMeta: { values: { "0": [["custom", "ref"]] }, v: 1 } };
      const nodes = [{ export: "say", args: ["one"] }, { export: "say", ...ref }];
      const journal = `${folder}/j.json`;
      await writeJournal(journal, [planOf(toFileUrl(`${folder}/steps.js`).href, nodes), [START]]);
      await using process = startOnTerminal(["resume", journal]);
      const { code, stdout } = await answer(
        process,
        [QUESTION, "s\n"],
        [" r, d or q: ", "d\n"],
        [" JSON", "\n"],
        [QUESTION, "d\n"],
        [" JSON", "7\n"],
        [QUESTION, "d\n"],
        // A file with a no-break space before the value is refused, too.
        [" JSON", '\u00a0{"id":7}\n'],
        ["at line 1, column 1: ", '{"id":7}\n'],
      );
      assertEquals(code, 0, stdout);
      assertEquals(stdout.includes("[s]"), false);
      assertStringIncludes(stdout, "said 7");
    }),
);

terminalTest("resume leaves a step out when told to", () =>
  withUnknown(false, async (journal) => {
    await using process = startOnTerminal(["resume", journal, "--keep"]);
    const { code, stdout } = await answer(process, [QUESTION, "s\n"]);
    assertEquals([code, stdout.includes('said "one"')], [0, false], stdout);
    assertEquals(await decisionsOf(journal), [{ decision: "skip", by: "ana" }]);
  }));

/** Ways to decide nothing, and the exit code. */
const SILENT: readonly (readonly [what: string, keys: string, code: number])[] = [
  ["q", "q\n", 3],
  ["Enter", "\n", 3],
  ["the end of the input", "\x04", 3],
  ["Ctrl-C", "\x03", 130],
];

for (const [what, keys, code] of SILENT) {
  terminalTest(
    `resume leaves the journal alone when its question is answered by ${what}`,
    () =>
      withUnknown(false, async (journal) => {
        await using process = startOnTerminal(["resume", journal]);
        await process.hear(QUESTION);
        const asked = await Deno.readFile(journal);
        await process.type(keys);
        assertEquals((await process.end()).code, code);
        assertEquals(await Deno.readFile(journal), asked);
        // Nobody holds it any more, and it is asked again.
        assertEquals((await runMain(["resume", journal])).code, 3);
        assertEquals(await Deno.readFile(journal), asked);
      }),
  );
}

terminalTest(
  "resume shows what an untrusted journal would run, and runs it when told to",
  () =>
    withUnknown(false, async (journal) => {
      await Deno.chmod(journal, 0o666);
      await using process = startOnTerminal(["resume", journal, "--keep"]);
      // Trust is asked once: what is added to the journal afterwards is our own.
      const { code, stdout } = await answer(process, [YES_OR_NO, "y\n"], [QUESTION, "r\n"]);
      assertEquals(code, 0, stdout);
      const module = toFileUrl(journal.replace("j.json", "steps.js")).href;
      assertStringIncludes(stdout, "(mode 0666)");
      const shown = stdout.replaceAll("\r\n      | ", "   ");
      assertStringIncludes(shown, `\r\n  1  state.first = say("one")   ${module}\r\n  2  say("two")   ${module}\r\n`);
      assertEquals(stdout.split(YES_OR_NO).length, 2);
    }),
);

for (const [what, keys, code] of [["n", "n\n", 77], ["Enter", "\n", 77], ["Ctrl-C", "\x03", 130]] as const) {
  terminalTest(
    `resume does not touch an untrusted journal when told ${what}`,
    () =>
      withUnknown(false, async (journal) => {
        await Deno.chmod(journal, 0o666);
        const before = await Deno.readFile(journal);
        await using process = startOnTerminal(["resume", journal]);
        const { code: found, stdout } = await answer(process, [YES_OR_NO, keys]);
        assertEquals([found, stdout.includes("said")], [code, false]);
        assertEquals(await Deno.readFile(journal), before);
      }),
  );
}

terminalTest(
  "resume asks again when an untrusted journal is changed under the question",
  () =>
    withUnknown(false, async (journal) => {
      await Deno.chmod(journal, 0o666);
      await using process = startOnTerminal(["resume", journal]);
      await process.hear(YES_OR_NO);
      await Deno.remove(journal);
      const module = toFileUrl(journal.replace("j.json", "steps.js")).href;
      await writeJournal(journal, [planOf(module, [{ export: "say", args: ["something else"] }])]);
      await process.type("y\n");
      const { code, stdout } = await answer(process, [YES_OR_NO, "n\n"]);
      assertEquals([code, stdout.includes("said")], [77, false]);
      assertStringIncludes(stdout, "it was changed after it was shown");
      assertStringIncludes(stdout, '1  say("something else")');
    }),
);

terminalTest(
  "resume hides neither a probe nor the module of the hundredth step",
  () =>
    inFolder({ "steps.js": STEPS }, async (folder) => {
      const module = toFileUrl(`${folder}/steps.js`).href;
      const [opened, planned, ready] = planOf(module, Array.from({ length: 100 }, () => ({ export: "say" })));
      if (opened?.type !== "opened" || planned?.type !== "planned" || ready === undefined) {
        throw new TypeError("no plan");
      }
      const modules = [...opened.modules, { url: "file:///srv/probe.ts" }, { url: "https://example.com/last.ts" }];
      const nodes = planned.nodes.map((node, index) =>
        node.kind !== "step" || (index !== 0 && index !== 99)
          ? node
          : index === 99
          ? { ...node, module: 2 }
          : { ...node, args: ["x".repeat(300)], options: { interrupted: { module: 1, export: "peek" } } }
      );
      await writeJournal(`${folder}/j.json`, [[{ ...opened, modules }, { ...planned, nodes }, ready]]);
      await Deno.chmod(`${folder}/j.json`, 0o666);
      await using process = startOnTerminal(["resume", `${folder}/j.json`]);
      const { stdout } = await answer(process, [YES_OR_NO, "\n"]);
      assertMatch(stdout, / peek {3}file:\/\/\/srv\/probe\.ts\r\n.*… and 60 more.*https:\/\/example\.com\/last\.ts/s);
      assertStringIncludes(stdout, "inspect --json --show-secrets");
    }),
);

terminalTest("resume asks nothing where nobody sits at a terminal", () =>
  withUnknown(false, async (journal) => {
    const paused = await runCli(["resume", journal]);
    assertEquals([paused.code, paused.stderr.includes("[r]")], [3, false]);
    for (const words of ["--retry 1", "--done 1", "--skip 1"]) assertStringIncludes(paused.stderr, words);
    await Deno.chmod(journal, 0o666);
    const refused = await runCli(["resume", journal, "--retry", "1"]);
    assertEquals([refused.code, refused.stderr.includes("[y/N]")], [77, false]);
    assertStringIncludes(refused.stderr, "--trust");
  }));

/** A journal whose first step is done, and whose second is `unknown`; both can be undone. */
function withUndo(test: (journal: string) => Promise<void>): Promise<void> {
  return inFolder(
    { "steps.js": `${STEPS}export function unsay(value, text) { console.log("unsaid", text); }\n` },
    async (folder) => {
      const options = { undo: { module: 0, export: "unsay" } };
      const nodes = [{ export: "say", args: ["one"], options }, { export: "say", args: ["two"], options }];
      await writeJournal(`${folder}/j.json`, [
        planOf(toFileUrl(`${folder}/steps.js`).href, nodes),
        [START],
        [{ type: "finished", step: "1", attempt: 1, ms: 1 }, { type: "started", step: "2", attempt: 1, run: 1 }],
      ]);
      await test(`${folder}/j.json`);
    },
  );
}

terminalTest(
  "rollback asks whether there is something to undo, and undoes it when told so",
  () =>
    withUndo(async (journal) => {
      await using process = startOnTerminal(["rollback", journal]);
      const { code, stdout } = await answer(
        process,
        [YES_OR_NO, "y\n"],
        [QUESTION, "r\n"],
        [" d, s and q: ", "d\n"],
        [" JSON", "\n"],
      );
      assertEquals(code, 0, stdout);
      assertMatch(stdout, /unsaid two\r\nunsaid one\r\n/);
    }),
);

terminalTest("resume asks about an undo that was interrupted", () =>
  withUndo(async (journal) => {
    const store = new FileStore();
    const open = await store.open(journal, () => {});
    await open.recover();
    await open.append([
      { type: "resumed", run: 2, library: "0.1.0" },
      { type: "decided", decision: "rollback" },
      { type: "decided", decision: "done", step: "2" },
      { type: "undoing", step: "2", attempt: 1, run: 2 },
    ]);
    await open.close();
    await using process = startOnTerminal(["resume", journal]);
    const { code, stdout } = await answer(process, [QUESTION, "s\n"]);
    assertEquals(code, 0, stdout);
    assertMatch(stdout, /\[r\].*\[d\].*\[s\]/s);
    assertEquals(stdout.includes("unsaid two"), false);
    assertMatch(stdout, /unsaid one\r\n/);
  }));

terminalTest("rollback shows which undo functions an untrusted journal would run", () =>
  withUndo(async (journal) => {
    await Deno.chmod(journal, 0o666);
    await using process = startOnTerminal(["rollback", journal]);
    const { code, stdout } = await answer(process, [YES_OR_NO, "y\n"], [YES_OR_NO, "n\n"]);
    assertEquals(code, 77);
    const lines = stdout.split("\r\n");
    const at = lines.findLastIndex((line) => line === '  1  say("one")');
    assertMatch(lines[at + 1] ?? "", / unsay {3}file:.*\/steps\.js$/);
    assertMatch(lines.slice(at + 2).join("\n"), /^ {2}2 {2}say\("two"\)\n.* unsay/);
  }));
