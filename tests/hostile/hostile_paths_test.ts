/** Every command with paths whose characters a terminal would act on: none of them is written as it is. */
import { assertEquals } from "@std/assert";
import { loadCommands } from "../../lib/cli/commands/commands.ts";
import { guardExit } from "../../lib/cli/resume/held_signals.ts";
import { FileStore } from "../../lib/storage/file/file_store.ts";
import { runMain } from "../cli/fake_io.ts";
import { writeSample } from "../cli/sample_folder.ts";
import { inFolder } from "../support/in_folder.ts";
import { permittedTest } from "../support/permitted_test.ts";

/** Clears the screen, colours, turns the direction of text round, and begins a line. */
const HOSTILE = "x\x1b[2J\x9b31m\u202ey\u2028\ra\nerror: forged";

/** In all words but the first, `P` is a hostile path: of a journal, a folder, a page or a file. */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  list: ["P/empty", "P/none", "P", "P/*.json", "P --json", "P --status undone", "P/text"],
  inspect: [
    "P/aborted.json",
    "P/aborted.json --json",
    "P/aborted.json --events",
    "P/aborted.json --follow",
    "P/interrupted.json --follow",
    "P/aborted.json --step 2",
    "P/aborted.json --step 9",
    "P/aborted.json --graph",
    "P/aborted.json --html=-",
    "P/aborted.json --html P/page.html",
    "P/aborted.json --html P/page.html",
    "P/aborted.json --html P/none/page.html",
    "P/aborted.json --html P/empty --force",
    "P/none.json",
    "P/text",
    "P",
  ],
  check: ["P/aborted.json", "P/none.json", "P/text", "P/damaged.json", "P"],
  resume: [
    "P/empty",
    "P",
    "P --dry-run",
    "P --skip 1",
    "P/aborted.json",
    "P/aborted.json --dry-run",
    "P/aborted.json P/none.js",
    "P/aborted.json --done 2 --result @P/none",
    "P/cancelled.json",
    "P/finished.json",
    "P/incomplete.json",
    "P/held.json",
    "P/none.json",
  ],
  skip: ["P/finished.json 1", "P/none.json 1", "P/held.json 1", "P/pending.json 1"],
  done: ["P/waiting.json 1 --result @P/none", "P/waiting.json 1"],
  retry: ["P/finished.json 1", "P/damaged.json 1"],
  edit: ["P/aborted.json 2 --args @P/none", "P/aborted.json 2 --args []"],
  insert: ["P/pending.json P/none.js make --first"],
  remove: ["P/pending.json 1"],
  rewind: ["P/aborted.json 1", "P/aborted.json 1 --yes"],
  undecide: ["P/aborted.json 1"],
  signal: ["P/aborted.json go", "P/aborted.json go @P/none"],
  cancel: ["P/interrupted.json", "P/cancelled.json"],
  stop: ["P/interrupted.json", "P/cancelled.json", "P/none.json", "P"],
  rollback: ["P/undone.json", "P/aborted.json --dry-run", "P/aborted.json P/none.js"],
  prune: [
    "P/empty --finished",
    "P --finished --dry-run",
    "P --finished --yes",
    "P/none --finished",
    "P/text --finished",
  ],
  export: ["P/aborted.json P/new.json", "sqlite:P/none.db#a P/new.json", "sqlite:P/text#a P/new.json"],
  import: [
    "P/aborted.json P",
    "P/aborted.json sqlite:P/none.db",
    "P/none.json sqlite:P/text",
    "P/damaged.json sqlite:P/text",
  ],
  reclaim: ["P/aborted.json --why gone", "sqlite:P/none.db#a --why gone --yes"],
  work: ["P/none --drain --processes=0", "P/text", "sqlite:P/none.db", "sqlite:P/text --modules P"],
  queue: ["list P", "list sqlite:P/none.db", "set sqlite:P/text P --max-running 1", "pause P none", "P"],
  schedule: ["list P", "list P --schedules P/none.ts", "pause P none", "list P/text", "list sqlite:P/none.db", "P"],
  migrate: ["P", "sqlite:P/text", "sqlite:P/no/tx.db --print"],
  completions: ["P"],
  help: ["P"],
};

permittedTest(
  "no command writes the characters of a path as they are",
  ["read", "write", "sys", "env"],
  () =>
    inFolder({}, async (folder) => {
      const path = `${folder}/${HOSTILE}`;
      await Deno.mkdir(`${path}/empty`, { recursive: true });
      await Deno.writeTextFile(`${path}/text`, "Dear diary\n");
      const statuses = [
        "pending",
        "waiting",
        "aborted",
        "interrupted",
        "finished",
        "cancelled",
        "undone",
        "incomplete",
      ];
      for (const status of statuses) await writeSample(`${path}/${status}.json`, status);
      await Deno.writeTextFile(
        `${path}/damaged.json`,
        (await Deno.readTextFile(`${path}/aborted.json`)).replace("6f1c", "6f1d"),
      );
      await writeSample(`${path}/held.json`, "aborted");
      const held = await new FileStore().open(`${path}/held.json`, () => {});
      const names = (await loadCommands()).map(({ name }) => name);
      assertEquals(names.filter((name) => CALLS[name] === undefined), []);
      for (const [name, calls] of Object.entries(CALLS)) {
        for (const call of calls) {
          const words = call.split(" ").map((word) => word.replace("P", path));
          const { code, out, error } = await runMain([name, ...words], { ask: () => Promise.resolve(undefined) });
          assertEquals([name, call, findRaw(out + error)], [name, call, []], out + error);
          assertEquals([name, call, code === 70], [name, call, false], error);
        }
      }
      await held.close();
    }),
);

Deno.test("the message about a step that ends the process writes the path of the journal escaped", () => {
  const code = Deno.exitCode;
  let text = "";
  const unguard = guardExit({
    journal: HOSTILE,
    suspects: () => [],
    io: {
      writeOut: () => {},
      writeError: (written) => void (text += written),
      wantsColour: false,
      now: () => new Date(0),
      readTextFile: () => "",
      readVariable: () => undefined,
    },
  });
  globalThis.dispatchEvent(new Event("unload"));
  unguard();
  Deno.exitCode = code;
  assertEquals([text.split("\n").length, findRaw(text), text.includes("forged")], [2, [], true], text);
});

/** Characters that a terminal acts on, and a line that begins with a part of the path. */
function findRaw(text: string): readonly string[] {
  return Array.from(
    text.matchAll(/[[\p{C}\p{Zl}\p{Zp}]--\n]|^ *(?:\/\/ )?error: forged/gmv),
    ([found]) => JSON.stringify(found),
  );
}
