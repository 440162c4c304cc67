/** Journals, and what is typed to them, so that the command line says all that it can say of its own. */
import { writeSample, writeSamples, YESTERDAY } from "./sample_folder.ts";
import {
  ALL_DONE,
  ASKED,
  done,
  FAILED,
  journalOf,
  LIMITED,
  ONE,
  REF,
  RESUMED,
  ROLLBACK,
  started,
  THREE,
  UNDO,
  UNDOABLE,
  UNDOING,
  writeDamaged,
  writeQueued,
} from "./scene_journals.ts";
import { planOf, writeTorn } from "./written_journal.ts";

/** A folder, and what is typed there. */
export interface Scene {
  /** What has happened before. */
  readonly what: string;
  /** Writes the files. */
  readonly make: (folder: string) => Promise<void>;
  /** Lines of commands; each line begins anew. */
  readonly lines: readonly string[];
  /** Another run holds the journal meanwhile. */
  readonly isHeld?: true;
}

/** The scenes. */
export const SCENES: readonly Scene[] = [
  {
    what: "no journal is needed",
    make: () => Promise.resolve(),
    lines: [
      ...["insepct j", "ispnect j", "ehlp", "insp j", "help resum", "help inspect check", "destroy j", "j.json", "-v"],
      ...["--versoin", "\u001b[2J", "inspect", "inspect a b", "inspect ''", "inspect j --jsn", "check j -x"],
      ...["check j -h=no", "check j -h1", "check j --retry=1", "check j --json=no", "help -- --help=no"],
      ...["resume j --retry", "resume j --by a --by b", "resume j --why x", "resume j --result 1 --done 2"],
      ...["resume j --done 2 --result '{a'", "resume j --done 2 --result @nowhere", "resume j data:text/javascript,1"],
      ...["resume j --until 2 --only 2", "resume j --load", "prune /", "prune / --aborted", "prune"],
      ...["prune / /tmp --finished", "prune / --finished --older long", "list --status abort"],
      ...["list --status aborted,stuck", "list --status ,", "list --older 30", "list --older", "list --stauts aborted"],
      ...["list --older=1d --older=2d", "list ''", "inspect file:///a%2Fb", "inspect file://otherhost/j.json"],
      ...["inspect F/none.json", "check F/none.json", "resume F/none.json", "list F/none.json", "list F/x*.json"],
      ...[
        "completions",
        "completions bsh",
        "completions powershell",
        "completions bash zsh",
        "inspect F",
        "check F",
        "resume F",
        "prune F/none --finished",
      ],
    ],
  },
  {
    what: "a step has failed",
    make: journalOf(THREE, FAILED),
    lines: [
      ...["skip J mail", "done J 2", "done J 2 --result [1]", "retry J mail", "remove J 3", "rewind J 1 --yes"],
      ...[`edit J mail --args '["eve"]'`, `edit J 3 --args '[{"$ref":"1"}]'`, "cancel J"],
      "insert J F/steps.js make --after 1 --args [true] --name again",
      "skip J mail && undecide J mail",
      "retry J mail && retry J mail && undecide J mail && undecide J mail",
      ...[
        "skip J",
        "skip J 9",
        "skip J 1",
        "skip J 2 3",
        "skip J 2 --whi x",
        "skip F/steps.js 2",
        "skip F/none.json 2",
      ],
      ...[`skip J 2 --by ${"x".repeat(201)}`, "done J 2 --result {", "done J 2 --result @none.json"],
      ...["done J 1 --result 1", "retry J 1", "remove J 2", "undecide J 2", "rewind J 1", "rewind J 3", "edit J 2"],
      ...[
        `edit J 2 --args '"x"'`,
        "edit J 2 --args [",
        `edit J 3 --args '[{"$ref":"1","path":["no"]}]'`,
        `edit J 2 --args '[{"$ref":"3"}]'`,
      ],
      ...["insert J F/steps.js make", "insert J F/steps.js make --after 1 --first", "insert J F/steps.js make --first"],
      ...["insert J F/steps.js mkae --after 1", "insert J F/none.js make --after 1"],
      ...["insert J data:text/javascript,1 make --after 1", "insert J F/steps.js then --after 1"],
      ...["resume J --only 3", "resume J --only 1", "resume J --until 9", "prune J --finished"],
      ...["rewind J 1 < ", "rewind J 1 < y", "inspect J --step 9", "inspect J --step mial", "inspect J --follow"],
      ...["inspect J --html F/page.html && inspect J --html F/page.html", "inspect J --html J --force"],
      ...["inspect J --step 1 --events", "inspect J --html F/none/page.html"],
    ],
  },
  {
    what: "the transaction was enqueued for later",
    make: writeQueued,
    lines: ["resume J", "resume J --dry-run", "inspect J", "inspect J --events", "list J"],
  },
  {
    what: "a process holds the journal",
    make: journalOf(THREE, FAILED),
    isHeld: true,
    lines: ["skip J 2", "resume J", "resume J --dry-run", "prune F --finished", "check J"],
  },
  {
    what: "an undo was interrupted",
    make: journalOf(ONE, done("1"), [RESUMED, ROLLBACK, UNDOING]),
    lines: ["list J", "skip J 1", "retry J 1", "done J 1", "edit J 1 --args [1]", "rewind J 1 --yes"],
  },
  {
    what: "a step was interrupted that can be undone",
    make: journalOf(ONE, [started("1")]),
    lines: [
      `rollback J && resume J --done m && resume J --done m --result '{"path":"busy"}' && done J m --result '{"path":"/x"}'`,
      "rollback J && done J m && done J m --result {}",
      `rollback J && resume J --done m --result '{"path":"busy"}' && rollback J --by ana --why second`,
      "inspect J --follow",
      "resume J < perhaps < q",
      "resume J < d < seven <  < q",
    ],
  },
  {
    what: "a step was interrupted whose value a later step needs",
    make: journalOf([{ export: "make" }, { export: "mail", ...REF }], [started("1")]),
    lines: ["resume J < s < d <  < d < 7 < q", "resume J --dry-run --load"],
  },
  {
    what: "others may write the journal of steps that are done",
    make: (folder) => journalOf(UNDOABLE, ALL_DONE)(folder).then(() => Deno.chmod(`${folder}/j.json`, 0o666)),
    lines: ["rollback J --yes", "rollback J < y < n"],
  },
  {
    what: "a variable is not set",
    make: journalOf([{
      export: "mail",
      args: ["NO_SUCH_VARIABLE"],
      argsMeta: { values: { "0": [["custom", "env"]] }, v: 1 },
    }]),
    lines: ["resume J --dry-run --load", "resume J"],
  },
  {
    what: "all steps are done, and two of three can be undone",
    make: journalOf(UNDOABLE, ALL_DONE),
    lines: [
      "rewind J 2 --yes && rollback J --strict && rollback J --dry-run && rollback J --to a && cancel J",
      "rewind J 1 --yes && rollback J --yes",
      "rollback J",
      "rollback J < n",
      "rollback J --to 2 --yes && rollback J --to 2 --yes && rollback J --yes && rollback J --yes",
      "resume J --keep && resume J",
    ],
  },
  {
    what: "a step waits for a signal whose parts later steps need",
    make: journalOf([{ export: "wait" }, { export: "mail", ...REF }, { export: "mail", ...REF }], [
      { type: "waiting", step: "1", for: "signal", signal: "go" },
    ]),
    lines: [
      ...["signal J aproval 1", `signal J go '{"id":1}' && signal J go '{"id":2}' && undecide J ok`, "signal J go yes"],
      ...[
        `signal J go '{"lvl":2}'`,
        "signal J go",
        "signal J 'a b' 1",
        "skip J ok",
        "done J ok --result 1",
        "resume J",
      ],
    ],
  },
  {
    what: "a step did not stop at its time limit",
    make: journalOf(LIMITED, [started("1")], [ASKED]),
    lines: ["inspect J", "inspect J --step 1", "list J", "resume J"],
  },
  {
    what: "an undo did not stop at its time limit",
    make: journalOf(LIMITED, done("1"), [RESUMED, ROLLBACK, UNDOING], [ASKED]),
    lines: ["inspect J", "resume J"],
  },
  {
    what: "the program has moved",
    make: journalOf(ONE),
    lines: ["resume J F/elsewhere/steps.js --dry-run", "resume J F/elsewhere/steps.js"],
  },
  {
    what: "the module is gone",
    make: (folder) => journalOf(ONE, done("1"))(folder).then(() => Deno.remove(`${folder}/steps.js`)),
    lines: ["resume J", "rollback J", "rollback J --dry-run"],
  },
  {
    what: "a step is undone that gets the value of another one",
    make: journalOf([{ export: "make" }, { export: "make", ...REF, options: UNDO }]),
    lines: [`done J 2 --result '{"path":"/x"}' && rollback J && resume J --skip 2`],
  },
  {
    what: "a plan is complete, and nothing has begun",
    make: journalOf(THREE),
    lines: [
      "check J",
      "list J",
      "inspect J",
      "cancel J && resume J",
      "resume J --keep && resume J",
      "resume J --until mail",
      "resume J --until mail --dry-run",
      "cancel J < n",
    ],
  },
  {
    what: "the plan was never complete",
    make: (folder) => writeSample(`${folder}/j.json`, "incomplete"),
    lines: ["resume J"],
  },
  {
    what: "no record was ever written",
    make: (folder) => Deno.writeFile(`${folder}/j.json`, new Uint8Array(1500).fill(9), { mode: 0o600 }),
    lines: ["inspect J", "resume J"],
  },
  {
    what: "others may write the journal",
    make: (folder) => journalOf(THREE)(folder).then(() => Deno.chmod(`${folder}/j.json`, 0o666)),
    lines: ["resume J", "resume J --dry-run", "resume F", "resume J < n", "check J"],
  },
  {
    what: "others may read the journal",
    make: (folder) => journalOf(THREE)(folder).then(() => Deno.chmod(`${folder}/j.json`, 0o644)),
    lines: ["check J"],
  },
  {
    what: "a power cut has left a part of a record",
    make: (folder) => writeTorn(`${folder}/j.json`, planOf("file:///steps.js", THREE), YESTERDAY),
    lines: ["check J", "inspect J"],
  },
  {
    what: "others may replace the journal",
    make: (folder) => journalOf(THREE)(folder).then(() => Deno.chmod(folder, 0o777)),
    lines: ["resume J"],
  },
  {
    what: "a transaction is finished",
    make: journalOf(THREE, [...done("1"), ...done("2"), ...done("3"), { type: "ended" }]),
    lines: ["resume F", "cancel J", "rollback J --yes"],
  },
  {
    what: "the journal has another name, and a link leads to it",
    make: async (folder) => {
      await journalOf(THREE)(folder);
      await Deno.link(`${folder}/j.json`, `${folder}/second.json`);
      await Deno.symlink("j.json", `${folder}/link.json`);
      await Deno.symlink("loop.json", `${folder}/loop.json`);
    },
    lines: ["resume J", "resume F/link.json", "resume F/loop.json"],
  },
  {
    what: "of three journals in a folder, one fails, and one is damaged",
    make: async (folder) => {
      await journalOf([{ export: "fail" }])(folder);
      await Deno.rename(`${folder}/j.json`, `${folder}/a.json`);
      await journalOf(THREE)(folder);
      await Deno.rename(`${folder}/j.json`, `${folder}/b.json`);
      await Deno.writeTextFile(
        `${folder}/broken.json`,
        (await Deno.readTextFile(`${folder}/b.json`)).replace("b", "c"),
      );
    },
    lines: ["resume F --dry-run", "resume F", "resume F --skip 1"],
  },
  {
    what: "a journal is damaged",
    make: writeDamaged,
    lines: ["empty", "diary", "object", "half", "cut", "changed", "removed", "longer", "newer"].map((name) =>
      `resume F/${name}.json && check F/${name}.json`
    ),
  },
  {
    what: "one journal of each kind, and what crashes had left of one",
    make: async (folder) => {
      await writeSamples(folder);
      for (const part of [1, 12]) await Deno.writeTextFile(`${folder}/finished.json.torn-${part}`, "torn");
    },
    lines: [
      "list F",
      "list F --older 1w",
      "prune F --finished --cancelled",
      "prune F --undone --dry-run",
      "prune F --finished < n",
    ],
  },
];
