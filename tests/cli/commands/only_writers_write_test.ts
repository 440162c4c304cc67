/** No command but those whose purpose it is changes a byte, or imports what a journal names. */
import { assertEquals } from "@std/assert";
import { toFileUrl } from "@std/path/to-file-url";
import { loadCommands } from "../../../lib/cli/commands/commands.ts";
import { CliProcess } from "../../support/cli_process.ts";
import { inFolder } from "../../support/in_folder.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { runCli } from "../../support/run_deno.ts";
import { runMain, runMainIn } from "../fake_io.ts";
import { writeSamples } from "../sample_folder.ts";
import { planOf, writeJournal } from "../written_journal.ts";

const commands = await loadCommands();

/** Commands that write when they are not told to only look. */
const WRITERS: readonly string[] = [
  "resume",
  "skip",
  "done",
  "retry",
  "edit",
  "insert",
  "remove",
  "rewind",
  "undecide",
  "signal",
  "cancel",
  "stop",
  "rollback",
  "prune",
  "export",
  "import",
  "reclaim",
  "work",
  "schedule",
  "migrate",
  "queue",
];
/**
 * Those that write into a database or a new file: see tests/product/moves/moves_test.ts, schedule_command_test.ts,
 * queue_command_test.ts and migrate_command_test.ts.
 */
const MOVERS: readonly string[] = ["export", "import", "reclaim", "schedule", "queue", "migrate"];
/** Writes only while another process runs the transaction. */
const IDLE = "stop";
/** Those that run what a journal names. */
const RUNNERS: readonly string[] = ["resume", "rollback", "work"];

/** Ways to call each command that only look, in a folder of journals. A new command belongs here, or among the writers. */
const LOOKS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  list: [["."], ["./", "--store=sqlite:tx.db"], ["--json"], ["*.json", "--status", "aborted", "--older", "1s"], [
    ".",
    "--name",
    "j",
    "--error",
    "x",
    "--limit",
    "1",
  ], [".", "--queue", "q"]],
  // `--html FILE` writes that one file, as tests/cli/commands/inspect_html_test.ts shows; no form changes the journal.
  inspect: [
    ["j.json"],
    ["j.json", "--all", "--show-secrets"],
    ["./j.json", "--store=sqlite:tx.db"],
    ["j.json", "--json"],
    ["j.json", "--step", "1"],
    ["j.json", "--events"],
    ["j.json", "--follow"],
    ["j.json", "--graph"],
    ["j.json", "--html=-"],
    ["damaged.json"],
    ["none.json"],
  ],
  check: [["j.json"], ["./j.json", "--store=sqlite:tx.db"], ["j.json", "--json"], ["damaged.json"], [
    "incomplete.json",
  ]],
  resume: [
    ["j.json", "--dry-run"],
    ["j.json", "steps.js", "--dry-run", "--skip", "1"],
    ["j.json", "--dry-run", "--json"],
    [".", "--dry-run"],
    [".", "--dry-run", "--json"],
  ],
  skip: [["--help"], ["j.json", "9"], ["finished.json", "1"]],
  done: [["--help"], ["j.json", "1", "--result", "nonsense"], ["finished.json", "1"]],
  retry: [["--help"], ["j.json", "9"], ["damaged.json", "1"]],
  edit: [["--help"], ["j.json", "1"], ["j.json", "1", "--args", "[]"], ["j.json", "2", "--args", '[{"$ref":"2"}]']],
  insert: [["--help"], ["j.json", "steps.js", "move"], ["j.json", "steps.js", "none", "--after", "2"]],
  remove: [["--help"], ["j.json", "1"], ["incomplete.json", "1"]],
  rewind: [["--help"], ["j.json", "1"], ["j.json", "2", "--yes"]],
  undecide: [["--help"], ["j.json", "1"], ["none.json", "1"]],
  signal: [["--help"], ["j.json", "approval", "nonsense"], ["none.json", "approval"]],
  cancel: [["--help"], ["none.json"], ["j.json", "too much"]],
  stop: [["--help"], ["none.json"], ["j.json", "too much"]],
  rollback: [["undo.json", "--dry-run"], ["undo.json", "steps.js", "--dry-run", "--json"], ["j.json", "--dry-run"]],
  prune: [[".", "--finished", "--cancelled", "--undone", "--dry-run"], [".", "--finished", "--dry-run", "--json"]],
  export: [["--help"], ["j.json", "out.json"], ["sqlite:none.db#a", "out.json"]],
  import: [["--help"], ["j.json", "sqlite:none.db"], ["damaged.json", "sqlite:none.db"], ["j.json", "."]],
  reclaim: [["--help"], ["j.json", "--why", "gone", "--yes"], ["sqlite:none.db#a", "--why", "gone", "--yes"]],
  work: [["--help"], ["none"], ["none", "--drain"], ["sqlite:none.db"]],
  schedule: [["--help"], ["list", "."], ["list", ".", "--json"], ["pause", ".", "none"], ["list", "none"], ["remove"]],
  migrate: [["--help"], ["sqlite:none.db", "--print"], ["sqlite:none.db", "--print", "--json"], ["."], ["j.json"]],
  queue: [
    ["--help"],
    ["list", "."],
    ["list", "sqlite:none.db", "--json"],
    ["pause", "sqlite:none.db", "mail"],
    ["set", "j.json", "mail", "--max-running", "1"],
  ],
  completions: [["bash"], ["zsh"], ["fish"]],
  help: [[], ["resume"]],
};

/** Names, bytes and times of all files. */
function snapshot(folder: string): readonly unknown[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => {
    const { size, mtime, mode } = Deno.statSync(`${folder}/${name}`);
    return { name, size, mtime, mode, bytes: Deno.readFileSync(`${folder}/${name}`).toHex() };
  }).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function inJournals(test: (folder: string) => Promise<void>): Promise<void> {
  const loud = 'Deno.writeTextFileSync(new URL("imported", import.meta.url), "");\nexport function move() {}\n';
  return inFolder({ "steps.js": loud }, async (folder) => {
    await writeSamples(folder);
    await writeJournal(`${folder}/j.json`, [
      planOf(toFileUrl(`${folder}/steps.js`).href, [{ export: "move" }, { export: "move" }]),
      [{ type: "started", step: "1", attempt: 1, run: 1 }],
    ]);
    await writeJournal(`${folder}/undo.json`, [
      planOf(toFileUrl(`${folder}/steps.js`).href, [
        { export: "move", options: { undo: { module: 0, export: "move" } } },
        { export: "move" },
      ]),
      [{ type: "started", step: "1", attempt: 1, run: 1 }],
      [{ type: "finished", step: "1", attempt: 1, ms: 1 }],
    ]);
    await test(folder);
  });
}

for (const { name } of commands) {
  permittedTest(
    `${name} changes no byte and imports nothing when it only looks`,
    ["read", "write", "sys"],
    () =>
      inJournals(async (folder) => {
        const before = snapshot(folder);
        const looks = LOOKS[name] ?? [];
        assertEquals(looks.length > 0, true, `Say in this test how ${name} is called so that it only looks`);
        for (const words of [...looks, ["--help"], ["--nonsense"]]) {
          await runMainIn(folder, [name, ...words]);
          assertEquals(snapshot(folder), before, [name, ...words].join(" "));
        }
      }),
  );
}

/** Ways to call each command that writes without running anything, so that it does. */
const WRITES: Readonly<Record<string, readonly string[]>> = {
  skip: ["j.json", "1"],
  done: ["j.json", "1", "--result", "7"],
  retry: ["j.json", "1"],
  edit: ["j.json", "2", "--args", "[1]"],
  insert: ["j.json", "steps.js", "move", "--after", "1"],
  remove: ["j.json", "2"],
  rewind: ["j.json", "1", "--yes"],
  undecide: ["decided.json", "2"],
  signal: ["j.json", "approval", "1"],
  cancel: ["j.json"],
  stop: ["j.json"],
  prune: [".", "--finished"],
};

for (const name of WRITERS.filter((writer) => !RUNNERS.includes(writer) && !MOVERS.includes(writer))) {
  permittedTest(`${name} imports nothing when it writes`, ["read", "write", "sys"], () =>
    inJournals(async (folder) => {
      await runMain(["skip", `${folder}/undo.json`, "2"]);
      await Deno.rename(`${folder}/undo.json`, `${folder}/decided.json`);
      const before = snapshot(folder);
      const { code, error } = await runMainIn(folder, [name, ...WRITES[name] ?? []]);
      assertEquals([name, code], [name, 0], error);
      const [was, is] = [before, snapshot(folder)].map((files) => JSON.stringify(files));
      assertEquals([is === was, is?.includes('"imported"')], [name === IDLE, false]);
    }));
}

Deno.test("each option of a command that writes nothing is tried above", () => {
  for (const { name, options } of commands.filter((command) => !WRITERS.includes(command.name))) {
    const tried = new Set((LOOKS[name] ?? []).flat().map((word) => word.replace(/=.*$/s, "")));
    // It permits what `--html` does to a file of its own.
    const missing = options.filter((option) => option.name !== "force" && !tried.has(`--${option.name}`));
    assertEquals([name, missing.map((option) => option.name)], [name, []]);
  }
});

permittedTest(
  "every command that only looks does so without the permission to write",
  ["read", "write", "run"],
  () =>
    inJournals(async (folder) => {
      await using permitted = new CliProcess({ cwd: folder });
      await using reader = new CliProcess({ cwd: folder, flags: ["--allow-read"] });
      await using unpermitted = new CliProcess({ cwd: folder, flags: [] });
      const tried = new Set<string>();
      for (const { name, permissions } of commands) {
        assertEquals([name, permissions === "-A"], [name, WRITERS.includes(name)]);
        const [first = [], ...others] = LOOKS[name] ?? [];
        const few = permissions === "" ? unpermitted : reader;
        // A process for each kind of permission is started as a user starts it.
        const { code, stderr } = tried.has(permissions)
          ? await few.run([name, ...first])
          : await runCli([name, ...first], { cwd: folder, flags: permissions === "" ? [] : ["--allow-read"] });
        tried.add(permissions);
        // A dry run of what waits for a decision says so.
        assertEquals([name, first, code, stderr], [name, first, name === "resume" ? 3 : 0, ""]);
        // Those that write otherwise ask for their permissions before they look whether there is anything to do.
        for (const rest of others.filter((words) => permissions !== "-A" || words.includes("--dry-run"))) {
          const all = await permitted.run([name, ...rest]);
          const { code, stderr } = await few.run([name, ...rest]);
          assertEquals([name, rest, code, stderr], [name, rest, all.code, all.stderr]);
        }
      }
    }),
);

Deno.test("every command refuses an option that it does not have, and says which it has near that", async () => {
  for (const { name, options } of commands) {
    const unknown = await runMain([name, "--nonsense"]);
    assertEquals([unknown.code, unknown.out], [2, ""]);
    assertEquals(
      unknown.error,
      `error: Unknown option "--nonsense" of ${name}\nType "deno run -A jsr:@x/resumable-tx/cli ${name} --help"\n`,
    );
    for (const option of options) {
      const { code, error } = await runMain([name, `--${option.name}x`]);
      assertEquals([code, error.split("\n")[0]?.includes("Did you mean ")], [2, true], option.name);
    }
  }
});
