/** Wherever a step is named, a word that names none gets the same answer, with the name that may be meant. */
import { assertEquals } from "@std/assert";
import type { Event } from "../../../lib/journal/event.ts";
import { inFolder } from "../../support/in_folder.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { runMain } from "../fake_io.ts";
import { unchanged, writeJournal } from "../written_journal.ts";

const RECORDS: readonly (readonly Event[])[] = [
  [
    {
      type: "opened",
      format: 1,
      id: "6f1c",
      library: "0.1.0",
      home: "file:///srv/steps.ts",
      modules: [{ url: "file:///srv/steps.ts" }],
      options: {},
    },
    {
      type: "planned",
      nodes: [
        {
          id: "1",
          kind: "step",
          module: 0,
          export: "make",
          name: "folder",
          options: { undo: { module: 0, export: "un" } },
        },
        { id: "2", kind: "sequence" },
        { id: "2.1", kind: "step", module: 0, export: "mail", name: "mail" },
        { id: "2.2", kind: "step", module: 0, export: "mail" },
        { id: "3", kind: "step", module: 0, export: "mail" },
      ],
    },
    { type: "ready", nodes: 5 },
  ],
  [{ type: "started", step: "1", attempt: 1, run: 1 }],
  [{ type: "finished", step: "1", attempt: 1, ms: 1 }],
  [{ type: "decided", decision: "insert", after: "1", nodes: [{ id: "4", kind: "step", module: 0, export: "mail" }] }],
];

/** Every way to name a step: the words, with STEP in its place, and what the message begins with. */
const WAYS: readonly (readonly [words: string, start: string])[] = [
  ["inspect J --step STEP", "Cannot show step STEP"],
  ["skip J STEP", "Cannot skip step STEP"],
  ["done J STEP", "Cannot mark step STEP as done"],
  ["retry J STEP", "Cannot retry step STEP"],
  ["edit J STEP --args []", "Cannot edit step STEP"],
  ['edit J 3 --args [{"$ref":"STEP"}]', "Cannot edit step 3: it would refer to step STEP, and"],
  ["insert J MODULE mail --after STEP", "Cannot insert a step after step STEP"],
  ["remove J STEP", "Cannot remove step STEP"],
  ["rewind J STEP --yes", "Cannot rewind to step STEP"],
  ["undecide J STEP", "Cannot undo the last decision about step STEP"],
  ["rollback J --to STEP", 'Cannot roll back "J" to step STEP'],
  ["rollback J --to STEP --dry-run", 'Cannot roll back "J" to step STEP'],
  ...["", " --dry-run"].flatMap((rest) => [
    [`resume J --skip STEP${rest}`, 'Cannot decide "skip" about step STEP'] as const,
    [`resume J --done STEP${rest}`, 'Cannot decide "done" about step STEP'] as const,
    [`resume J --retry STEP${rest}`, 'Cannot decide "retry" about step STEP'] as const,
    [`resume J --until STEP${rest}`, "Cannot run until step STEP"] as const,
    [`resume J --only STEP${rest}`, "Cannot run only step STEP"] as const,
  ]),
];

/** What is said of each word. */
const SAID: readonly (readonly [word: string, said: string])[] = [
  ["mial", "it has steps 1 to 4, and more within 2. Did you mean mail?"],
  ["fold", "it has steps 1 to 4, and more within 2. Did you mean folder?"],
  ["9", "it has steps 1 to 4, and more within 2; a step can also be given by its name, if it has one"],
  ["2.7", "step 2 has 2.1 to 2.2 in it; a step can also be given by its name, if it has one"],
];

permittedTest(
  "every command that takes a step says which there are and which may be meant",
  ["read", "write"],
  () =>
    inFolder({ "steps.js": "export function mail() {}\n" }, async (folder) => {
      const journal = `${folder}/j.json`;
      await writeJournal(journal, RECORDS);
      for (const [words, start] of WAYS) {
        for (const [word, said] of SAID) {
          const put = (text: string) =>
            text.replaceAll("STEP", word).replaceAll(/\bJ\b/g, journal).replace("MODULE", `${folder}/steps.js`);
          const { code, error } = await unchanged(journal, () => runMain(words.split(" ").map(put)));
          const colon = start.endsWith(", and") ? " " : ": ";
          assertEquals([code, error.split("\n")[0]], [
            2,
            `error: ${put(start)}${colon}the plan has no such step: ${said}`,
          ]);
        }
      }
    }),
);
