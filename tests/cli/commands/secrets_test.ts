/** What looks like a secret is shown by no command in any form, unless `--show-secrets` was given. */
import { assertEquals } from "@std/assert";
import { loadCommands } from "../../../lib/cli/commands/commands.ts";
import type { Event } from "../../../lib/journal/event.ts";
import { RunProgress } from "../../../lib/progress/run_progress.ts";
import { inFolder } from "../../support/in_folder.ts";
import { folded } from "../../state/folded.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { runMain } from "../fake_io.ts";
import { planOf, writeJournal } from "../written_journal.ts";

/** In the place of each secret of the journal stands a text with this in it. */
const SECRET = "hunter2";

function secret(place: string): { readonly user: string; readonly password: string } {
  return { user: "ana", password: `${SECRET}-${place}` };
}

const ENV = { values: { "0.token": [["custom", "env"]] }, v: 1 };
const NOTHING_LEFT: readonly string[] = [
  "list",
  "check",
  "completions",
  "help",
  "prune",
  "work",
  "schedule",
  "queue",
  "migrate",
];

/** A journal that has a secret wherever there is room for one, and in which the last step failed. */
function records(): readonly (readonly Event[])[] {
  const undo = { undo: { module: 0, export: "unmake" } };
  const plan = planOf("file:///srv/steps.ts", [
    { export: "make", args: [secret("argument")], options: undo },
    { export: "mail", args: [secret("edited-away")], name: "mail" },
    { export: "last", args: [{ token: "MAIL_TOKEN" }], argsMeta: ENV },
  ]);
  const [opened, planned] = plan;
  if (opened === undefined || planned?.type !== "planned") throw new TypeError("no plan");
  const nodes = [...planned.nodes, { id: "4", kind: "wait", signal: "approval" } as const];
  const inserted = { id: "5", kind: "step", module: 0, export: "extra", args: [secret("inserted")] } as const;
  return [
    [opened, { ...planned, nodes }, { type: "ready", nodes: 4, value: secret("result of all") }],
    [{ type: "started", step: "1", attempt: 1, run: 1 }],
    [{ type: "finished", step: "1", attempt: 1, ms: 1, value: secret("result") }],
    [{ type: "started", step: "2", attempt: 1, run: 1 }],
    [
      { type: "failed", step: "2", attempt: 1, ms: 1, error: { name: "Error", message: "no" } },
      { type: "aborted", step: "2" },
    ],
    [{ type: "signalled", signal: "approval", value: secret("signal"), by: "carl" }],
    [{ type: "signalled", signal: "stray", value: secret("stray signal") }],
    [{ type: "decided", decision: "edit", step: "2", args: [secret("edit")] }],
    [{ type: "decided", decision: "insert", after: "4", nodes: [inserted] }],
    [{ type: "decided", decision: "done", step: "3", given: true, value: secret("given") }],
  ];
}

/** All forms in which each command shows something of a journal that it does not change. */
const FORMS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  list: [["."], [".", "--json"]],
  inspect: [
    ["j.json"],
    ["j.json", "--all"],
    ["j.json", "--json"],
    ["j.json", "--events"],
    ["j.json", "--events", "--json"],
    ["j.json", "--graph"],
    ["j.json", "--html=-"],
    ["j.json", "--step", "1"],
    ["j.json", "--step", "1", "--json"],
    ["j.json", "--step", "mail"],
    ["j.json", "--step", "3"],
    ["j.json", "--step", "3", "--json"],
    ["j.json", "--step", "4", "--json"],
    ["over.json", "--follow"],
    ["over.json", "--follow", "--json"],
  ],
  check: [["j.json"], ["j.json", "--json"]],
  resume: [["j.json", "--dry-run"], ["j.json", "--dry-run", "--json"], [".", "--dry-run"], [
    ".",
    "--dry-run",
    "--json",
  ]],
  rollback: [["j.json", "--dry-run"], ["j.json", "--dry-run", "--json"]],
  prune: [[".", "--cancelled", "--dry-run"], [".", "--cancelled", "--dry-run", "--json"]],
  work: [["--help"]],
  schedule: [["--help"]],
  migrate: [["sqlite:none.db", "--print"]],
  queue: [["--help"]],
  completions: [["bash"]],
  help: [["inspect"]],
};

/** How each command is called that writes into the journal, well and badly. */
const WRITES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  skip: [["mail"], ["1"], ["9"]],
  done: [["mail", "--result", JSON.stringify(secret("typed"))], ["1"], ["9"]],
  retry: [["mail"], ["1"]],
  edit: [["mail", "--args", JSON.stringify([secret("typed")])], ["1", "--args", "[]"]],
  insert: [
    ["file:///srv/steps.ts", "extra", "--after", "5", "--args", JSON.stringify([secret("typed")])],
    ["file:///srv/steps.ts", "extra", "--after", "9"],
  ],
  remove: [["5"], ["1"]],
  rewind: [["1", "--yes"], ["1"]],
  undecide: [["mail"], ["1"]],
  signal: [["approval", JSON.stringify(secret("typed"))]],
  cancel: [["--why", "no"]],
  stop: [[]],
  export: [["out.json"]],
  import: [["sqlite:none.db"]],
  reclaim: [["--why", "gone", "--yes"]],
};

async function inSecrets(test: (folder: string) => Promise<void>): Promise<void> {
  await inFolder({}, async (folder) => {
    await writeJournal(`${folder}/j.json`, records());
    await writeJournal(`${folder}/over.json`, [...records(), [{ type: "cancelled" }]]);
    await test(folder);
  });
}

function inside(folder: string, words: readonly string[]): readonly string[] {
  return words.map((word) => word === "." ? folder : word.endsWith(".json") ? `${folder}/${word}` : word);
}

permittedTest(
  "no command shows values that look like secrets in any form of what it shows",
  ["read", "write"],
  () =>
    inSecrets(async (folder) => {
      for (const { name, options } of await loadCommands()) {
        for (const words of FORMS[name] ?? []) {
          const { code, out, error } = await runMain([name, ...inside(folder, words)]);
          const line = [name, ...words].join(" ");
          // The module of the steps is not there: a dry run says that it would be refused.
          assertEquals([line, code < 4 || code === 77, (out + error).includes(SECRET)], [line, true, false]);
          assertEquals([line, out === ""], [line, false]);
          if (NOTHING_LEFT.includes(name)) continue;
          assertEquals([line, options.some((option) => option.name === "show-secrets")], [line, true]);
        }
        if (FORMS[name] === undefined) assertEquals([name, WRITES[name] === undefined], [name, false]);
      }
    }),
);

permittedTest(
  "the forms that have arguments or values in them show secrets when told to",
  ["read", "write"],
  () =>
    inSecrets(async (folder) => {
      for (const name of ["inspect", "resume", "rollback"]) {
        for (const words of FORMS[name] ?? []) {
          const { out } = await runMain([name, ...inside(folder, words), "--show-secrets"]);
          assertEquals([...words, out.includes(SECRET)], [...words, true]);
        }
      }
    }),
);

for (const [name, calls] of Object.entries(WRITES)) {
  permittedTest(
    `${name} shows no secret of the journal, nor one that was typed`,
    ["read", "write", "sys"],
    async () => {
      for (const words of calls) {
        await inSecrets(async (folder) => {
          const { out, error } = await runMain([name, `${folder}/j.json`, ...words]);
          assertEquals([name, ...words, (out + error).includes(SECRET)], [name, ...words, false], error);
        });
      }
    },
  );
}

Deno.test("RunProgress shows no secret of the running step", () => {
  const started = { type: "started", step: "1", attempt: 1, run: 1 } as const;
  const progress = new RunProgress(() => 0);
  progress.event(started, folded(...records()[0] ?? [], started));
  assertEquals(progress.view().call, 'make({ user: "ana", password: «redacted» })');
});

Deno.test("--json, --load and --show-secrets of resume and rollback belong to --dry-run", async () => {
  for (const command of ["resume", "rollback"]) {
    for (const flag of ["json", "show-secrets", ...(command === "resume" ? ["load"] : [])]) {
      const { code, error } = await runMain([command, "j.json", `--${flag}`]);
      assertEquals([code, error.split("\n")[0]], [2, `error: --${flag} needs --dry-run`]);
    }
  }
});
