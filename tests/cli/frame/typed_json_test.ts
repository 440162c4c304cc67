/** JSON that a person types: one table of what is refused and what is taken, tried in every way in which it can be typed. */
import { assertEquals, assertThrows } from "@std/assert";
import { toFileUrl } from "@std/path/to-file-url";
import type { CommandIo } from "../../../lib/cli/frame/command.ts";
import { readTypedJson } from "../../../lib/cli/frame/typed_json.ts";
import type { Event } from "../../../lib/journal/event.ts";
import { valueFromEditable } from "../../../lib/run/amend/editable.ts";
import { readState } from "../../../lib/storage/read_state.ts";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import { decodeValue } from "../../../lib/values/decode_value.ts";
import { inFolder } from "../../support/in_folder.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { runMainIn } from "../fake_io.ts";
import { planOf, unchanged, writeJournal } from "../written_journal.ts";
import { BAD, BAD_FORMS, GOOD } from "./typed_json_cases.ts";

Deno.test("readTypedJson() refuses what it would have to change, and names the place", () => {
  for (const [text, place, word] of BAD) {
    const { message } = assertThrows(() => readTypedJson(text), SyntaxError);
    assertEquals([message.startsWith(`at ${place}: `), message.includes(word)], [true, true], `${text}: ${message}`);
  }
});

Deno.test("valueFromEditable() takes what is meant", () => {
  for (const [text, value] of GOOD) assertEquals(valueFromEditable(readTypedJson(text)), value, text);
  assertEquals(Object.is(readTypedJson("-0"), -0), true);
});

const UNKNOWN: Event = { type: "started", step: "1", attempt: 1, run: 1 };

/** Everything that takes JSON, and how the step or signal gets it. */
const WAYS: readonly (readonly [words: readonly string[], stored: (state: Stored) => unknown, isList?: true])[] = [
  [["done", "j.json", "1", "--result"], ({ value }) => value],
  [["resume", "j.json", "--keep", "--done", "1", "--result"], ({ value }) => value],
  [["signal", "j.json", "go"], ({ sent }) => sent],
  [["edit", "j.json", "2", "--args"], ({ args }) => args("2")[0], true],
  [["insert", "j.json", "steps.js", "say", "--after", "2", "--args"], ({ args }) => args("3")[0], true],
];

interface Stored {
  readonly value: unknown;
  readonly sent: unknown;
  readonly args: (step: string) => readonly unknown[];
}

async function readStored(journal: string): Promise<Stored> {
  const { state } = await readState(new FileStore(), journal, { keepsValues: true });
  const decode = (encoded = {}) => decodeValue(encoded, () => "placeholder");
  return {
    value: decode(state.byId.get("1")?.value),
    sent: decode(state.signals.get("go")?.first),
    args: (step) => {
      const node = state.byId.get(step)?.node;
      if (node?.kind !== "step") return [];
      const list: unknown = decode({ value: node.args ?? [], meta: node.argsMeta });
      return Array.isArray(list) ? list : [];
    },
  };
}

async function inJournal(test: (folder: string, journal: string) => Promise<void>): Promise<void> {
  await inFolder({ "steps.js": "export function say() {}" }, async (folder) => {
    const journal = `${folder}/j.json`;
    const nodes = [{ export: "say" }, { export: "say" }];
    await writeJournal(journal, [planOf(toFileUrl(`${folder}/steps.js`).href, nodes), [UNKNOWN]]);
    await test(folder, journal);
  });
}

/** The text itself, and the same in a file. */
async function inBothForms(
  folder: string,
  text: string,
  test: (word: string, world: Partial<CommandIo>) => Promise<void>,
) {
  await test(text, {});
  await Deno.writeTextFile(`${folder}/value.json`, text);
  await test("@value.json", { readTextFile: (path) => Deno.readTextFileSync(`${folder}/${path}`) });
}

permittedTest(
  "every command refuses such JSON with exit code 2, and leaves the journal as it is",
  ["read", "write"],
  () =>
    inJournal(async (folder, journal) => {
      const texts = [
        ...BAD.filter(([text]) => text.trim() !== ""),
        ...BAD_FORMS.map(([text, word]) => [text, "", word] as const),
      ];
      for (const [text, place, word] of texts) {
        for (const [words, , isList = false] of WAYS) {
          // Arguments can refer to steps and variables.
          if (isList && /\$ref|\$env/.test(text)) continue;
          // The command line takes such a word for an option; in a file it is a number.
          const option = words.at(-1)?.startsWith("--") === true ? [...words.slice(0, -1), `${words.at(-1)}=`] : words;
          await inBothForms(folder, isList && place === "" ? `[${text}]` : text, async (typed, world) => {
            const last = option === words ? [...words, typed] : [...option.slice(0, -1), `${option.at(-1)}${typed}`];
            if (option === words && typed.startsWith("-")) return;
            const end = await unchanged(journal, () => runMainIn(folder, last, world));
            assertEquals(
              [end.code, end.out, end.error.includes(word)],
              [2, "", true],
              `${last.join(" ")}: ${end.error}`,
            );
          });
        }
      }
    }),
);

permittedTest("every command stores exactly what is meant", ["read", "write", "sys", "env"], async () => {
  for (const [index, [text, value]] of GOOD.entries()) {
    for (const [place, [words, stored, isList = false]] of WAYS.entries()) {
      await inJournal(async (folder, journal) => {
        const typed = isList ? `[${text}]` : text;
        // Each text comes from a file in one way, and as a word in the others.
        const isFile = typed.startsWith("-") || index % WAYS.length === place;
        await Deno.writeTextFile(`${folder}/value.json`, typed);
        const world = { readTextFile: (path: string) => Deno.readTextFileSync(`${folder}/${path}`) };
        const end = await runMainIn(folder, [...words, isFile ? "@value.json" : typed], world);
        assertEquals(end.code, 0, `${words.join(" ")} ${text}: ${end.error}`);
        assertEquals(stored(await readStored(journal)), value, `${words.join(" ")} ${text}`);
      });
    }
  }
});

/** What a resume asks before it gets a value: the text of a question, and the answer. */
const QUESTIONS: readonly (readonly [what: string, finished: boolean, answers: readonly string[]])[] = [
  ["whether a step happened", false, ["d"]],
  ["for a value that was lost", true, []],
];

for (const [what, isFinished, answers] of QUESTIONS) {
  permittedTest(
    `a question ${what} reads JSON in the same way`,
    ["read", "write", "sys", "env"],
    () =>
      inFolder({ "steps.js": "export function say() {}" }, async (folder) => {
        const journal = `${folder}/j.json`;
        const ref = { args: [{ step: "1" }], argsMeta: { values: { "0": [["custom", "ref"]] }, v: 1 } };
        const plan = planOf(toFileUrl(`${folder}/steps.js`).href, [{ export: "say" }, { export: "say", ...ref }]);
        const lost: Event = { type: "finished", step: "1", attempt: 1, ms: 1, dropped: { reason: "no room" } };
        await writeJournal(journal, [plan, [UNKNOWN], ...(isFinished ? [[lost]] : [])]);
        const ask = async (text: string) => {
          const asked: string[] = [];
          // Nothing typed goes back, and then stops.
          const left = [...answers, text];
          const end = await runMainIn(folder, ["resume", "j.json", "--keep"], {
            ask: (question) => {
              asked.push(question);
              return Promise.resolve(left.shift() ?? "");
            },
          });
          return { ...end, reason: asked[answers.length + 1] ?? "" };
        };
        // The pause itself is recorded, but only once.
        await ask("");
        const bytes = await Deno.readFile(journal);
        const refused = [...BAD.map(([text, , word]) => [text, word] as const), ...BAD_FORMS];
        for (const [text, word] of refused.filter(([text]) => text !== "")) {
          const { code, reason } = await unchanged(journal, () => ask(text));
          assertEquals([code, reason.includes(word.replaceAll("\n", " "))], [3, true], `${text}: ${reason}`);
        }
        for (const [text, value] of GOOD) {
          const { code, error } = await ask(text);
          assertEquals([code, (await readStored(journal)).value], [0, value], `${text}: ${error}`);
          await Deno.writeFile(journal, bytes);
        }
      }),
  );
}

permittedTest("the editor stores exactly what is meant, and shows what it would refuse in a form that it takes", [
  "read",
  "write",
], async () => {
  for (const [text, value] of GOOD) {
    await inJournal(async (folder, journal) => {
      const first = await runMainIn(folder, ["edit", "j.json", "2"], { editText: () => `// a note\n[${text}]` });
      assertEquals([first.code, (await readStored(journal)).args("2")], [0, [value]], first.error);
      const again = await runMainIn(folder, ["edit", "j.json", "2"], {
        editText: (shown) => shown.replace(/\]\s*$/, ",null]"),
      });
      assertEquals([again.code, (await readStored(journal)).args("2")], [0, [value, null]], again.error);
    });
  }
});

permittedTest(
  "the editor reads JSON in the same way, and opens again with the reason",
  ["read", "write"],
  () =>
    inJournal(async (folder, journal) => {
      // In the editor, lines that begin with two slashes are notes.
      const texts = BAD.filter(([text]) => !text.startsWith("//"));
      // Arguments can refer to steps and variables.
      const forms = BAD_FORMS.filter(([text]) => !/\$ref|\$env/.test(text)).map((
        [text, word],
      ) => [`[${text}]`, "", word]);
      for (const [text = "", place = "", word = ""] of [...texts, ...forms]) {
        const world = { editText: () => `// a note\n${text}`, ask: () => Promise.resolve("n") };
        const end = await unchanged(journal, () => runMainIn(folder, ["edit", "j.json", "2"], world));
        const isPlaced = end.error.includes(place === "" ? "arguments[0]" : "at line ");
        assertEquals([end.code, end.error.includes(word), isPlaced], [0, true, true], end.error);
      }
    }),
);

permittedTest(
  "a file that is not UTF-8 is refused, and a byte order mark is not part of it",
  ["read", "write", "run"],
  () =>
    inJournal(async (folder, journal) => {
      const { processIo } = await import("../../../lib/cli/frame/process_io.ts");
      const world = { readTextFile: processIo().readTextFile };
      await Deno.writeFile(`${folder}/latin1.json`, Uint8Array.of(0x22, 0xe9, 0x22));
      const words = ["done", "j.json", "1", "--result"];
      const end = await unchanged(journal, () => runMainIn(folder, [...words, "@latin1.json"], world));
      assertEquals([end.code, end.error.includes("line 1, column 2: bytes that are not UTF-8")], [2, true], end.error);
      await Deno.writeFile(`${folder}/bom.json`, Uint8Array.of(0xef, 0xbb, 0xbf, 0x37));
      assertEquals((await runMainIn(folder, [...words, "@bom.json"], world)).code, 0);
      assertEquals((await readStored(journal)).value, 7);
    }),
);
