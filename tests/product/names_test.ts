/** Names have marks, and are found in every Unicode form in which they can be typed. */
import { assertEquals, assertThrows } from "@std/assert";
import { toFileUrl } from "@std/path/to-file-url";
import { steps, Transaction } from "../../mod.ts";
import type { Event } from "../../lib/journal/event.ts";
import type { PlanNode } from "../../lib/plan/node.ts";
import { PlanBuilder } from "../../lib/plan/plan_builder.ts";
import { runMain } from "../cli/fake_io.ts";
import { unchanged, writeJournal } from "../cli/written_journal.ts";
import { inFolder } from "../support/in_folder.ts";
import { permittedTest } from "../support/permitted_test.ts";

/** Words of many scripts, some with marks that no letter takes in. */
const NAMES = ["größe", "भुगतान", "Tiếng_Việt", "จ่ายเงิน", "תַּשְׁלוּם", "결제", "q̃uota", "ñ-2"];
/** Each looks like something else, or like nothing. */
const REFUSED = ["\u0301a", "a\u200db", "a\u034fb", "\u3164", "a\ufe0f", "2ñ", "a\u20ddb c", "a\ud800"];

function send(): number {
  return 1;
}

Deno.test("a name is stored composed, and is the same in every form", () => {
  for (const name of NAMES) {
    const builder = new PlanBuilder();
    const t = builder.planner({});
    const step = t.do(send).with({ name: name.normalize("NFD") });
    t.waitFor(name.normalize("NFD"), { name: `w-${name}` });
    t.sleep(1, { name: `s-${name.normalize("NFD")}` });
    t.parallel(() => {}, { name: `p-${name.normalize("NFD")}` });
    for (const again of [name, name.normalize("NFD")]) {
      assertThrows(() => t.do(send).with({ name: again }), TypeError, "twice");
      assertThrows(() => t.sleep(1, { name: `w-${again}` }), TypeError, "twice");
      step.with({ name: again });
    }
    const stored = name.normalize("NFC");
    const { nodes } = builder.seal(undefined);
    const names = nodes.flatMap((node) => node.kind === "step" ? node.options.name ?? [] : node.name ?? []);
    assertEquals(names, [stored, `w-${stored}`, `s-${stored}`, `p-${stored}`]);
    assertEquals(nodes.flatMap((node) => node.kind === "wait" ? node.signal : []), [stored]);
  }
});

Deno.test("a name has no characters that nobody sees, and begins with a letter", () => {
  for (const name of REFUSED) {
    const t = new PlanBuilder().planner({});
    assertThrows(() => t.do(send).with({ name }), TypeError, " step ", name);
    assertThrows(() => t.waitFor(name), TypeError, " signal ", name);
  }
});

/** The words with a name, and their exit code if the name is found; the step's outcome is unknown if it has begun. */
const WAYS: readonly (readonly [words: string, code: number, hasBegun?: true])[] = [
  ["inspect J --step NAME", 0],
  ["skip J NAME", 2],
  ["done J NAME --result 1", 0],
  ["done J NAME --result 1", 0, true],
  ["retry J NAME", 0, true],
  ["edit J NAME --args [1]", 0],
  ['edit J 3 --args [{"$ref":"NAME"}]', 0],
  ["insert J M do --after NAME", 0],
  ["remove J NAME", 2],
  ["rewind J NAME --yes", 0, true],
  ["rollback J --to NAME --dry-run", 2, true],
  ["resume J --done NAME --result 1 --keep", 3],
  ["resume J --skip NAME --keep", 2],
  ["resume J --only NAME --keep", 3],
  ["resume J --until NAME --keep", 3],
  ["signal J NAME 1", 0],
];
/** What a journal may have: the last two only if an older version has written it. */
const FORMS = ["NFC", "NFD"] as const;

permittedTest(
  "a person can type a name in any form, wherever a name can be typed",
  ["read", "write"],
  () =>
    inFolder({ "steps.js": "function run() {}\nexport { run as do };\n" }, async (folder) => {
      const module = `${folder}/steps.js`;
      for (const [words, code, hasBegun] of WAYS) {
        for (const form of FORMS) {
          const name = "q̃uöta".normalize(form);
          const journal = `${folder}/${crypto.randomUUID()}.json`;
          await writeJournal(journal, recordsOf(toFileUrl(module).href, name, hasBegun === true));
          for (const typed of FORMS) {
            const list = words.split(" ").map((word) =>
              word === "J" ? journal : word === "M" ? module : word.replace("NAME", "q̃uöta".normalize(typed))
            );
            const copy = `${journal}.${typed}.json`;
            await Deno.copyFile(journal, copy);
            const end = await runMain(list.map((word) => (word === journal ? copy : word)));
            assertEquals([words, form, typed, end.code], [words, form, typed, code], end.out + end.error);
            assertEquals(/no such step|No step waits|Did you mean/i.test(end.error), false, end.error);
          }
        }
      }
    }),
);

function recordsOf(module: string, name: string, hasBegun: boolean): Event[][] {
  const nodes: PlanNode[] = [
    { id: "1", name, kind: "step", module: 0, export: "do" },
    { id: "2", kind: "wait", signal: name },
    { id: "3", kind: "step", module: 0, export: "do", args: [{ step: "1" }], argsMeta: REF },
  ];
  const opened: Event = {
    type: "opened",
    format: 1,
    id: "n",
    library: "0.1.0",
    home: module,
    modules: [{ url: module }],
    options: {},
  };
  const begun: Event[][] = hasBegun ? [[{ type: "started", step: "1", attempt: 1, run: 1 }]] : [];
  return [[opened, { type: "planned", nodes }, { type: "ready", nodes: nodes.length }], ...begun];
}

const REF = { values: { "0": [["custom", "ref"]] }, v: 1 };

permittedTest(
  "two forms of one name are one step, and one name",
  ["read", "write"],
  () =>
    inFolder({ "steps.js": "function run() {}\nexport { run as do };\n" }, async (folder) => {
      const journal = `${folder}/j.json`;
      await writeJournal(journal, recordsOf(toFileUrl(`${folder}/steps.js`).href, "größe", true));
      const twice = ["resume", journal, "--done", "größe".normalize("NFD"), "--retry", "größe"];
      const taken = ["insert", journal, `${folder}/steps.js`, "do", "--after", "3", "--name", "größe".normalize("NFD")];
      for (const words of [twice, taken]) {
        const { code, error } = await unchanged(journal, () => runMain(words));
        assertEquals([words, code], [words, 2], error);
      }
    }),
);

permittedTest(
  "the file of a journal is found by any form of its name, and by its own form first",
  ["read", "write"],
  () =>
    inFolder({ "steps.js": "export function run() {}\n" }, async (folder) => {
      const [composed, split] = [`${folder}/größe.json`, `${folder}/${"größe".normalize("NFD")}.json`];
      await writeJournal(split, recordsOf(toFileUrl(`${folder}/steps.js`).href, "a", false));
      assertEquals((await runMain(["check", composed])).code, 0);
      assertEquals((await Transaction.inspect(composed)).steps.length, 3);
      assertEquals((await runMain(["signal", toFileUrl(composed).href, "a"])).code, 0);
      assertEquals(await Array.fromAsync(Deno.readDir(folder), ({ name }) => name).then((names) => names.length), 2);
      await Deno.writeTextFile(composed, "no journal");
      assertEquals([(await runMain(["check", composed])).code, (await runMain(["check", split])).code], [65, 0]);
    }),
);

permittedTest(
  "a program whose plan has another form than its older journal can resume it",
  ["read", "write"],
  () =>
    inFolder({ "steps.js": "function run() { return 7; }\nexport { run as do };\n" }, async (folder) => {
      const url = toFileUrl(`${folder}/steps.js`).href;
      const name = "결제".normalize("NFD");
      const options = { journal: `${folder}/j.json`, ifExists: "resume" } as const;
      await writeJournal(options.journal, [...recordsOf(url, name, false), [{ type: "signalled", signal: name }]]);
      const { do: run } = steps<{ do(given?: number): number }>(url);
      const home = { url, resolve: (specifier: string) => new URL(specifier, url).href };
      const value = await Transaction.run(home, (t) => {
        const first = t.do(run).with({ name });
        t.waitFor(name);
        t.do(run, first);
      }, options);
      assertEquals([value, await Array.fromAsync(Deno.readDir(folder), (entry) => entry.name)], [undefined, [
        "steps.js",
      ]]);
    }),
);
