/** Every command with bad words of every kind in every place: a documented exit code, one message, and no byte changed. */
import { assert, assertEquals } from "@std/assert";
import { loadCommands } from "../../../lib/cli/commands/commands.ts";
import type { Command } from "../../../lib/cli/frame/command.ts";
import { inFolder } from "../../support/in_folder.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { runMain } from "../fake_io.ts";
import { writeSample } from "../sample_folder.ts";

const commands = await loadCommands();

/** How each command is called; words in capitals stand for what there is in the folder. */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  list: ["FOLDER"],
  inspect: ["JOURNAL"],
  resume: ["JOURNAL", "MODULE", "--dry-run"],
  skip: ["JOURNAL", "mail"],
  done: ["JOURNAL", "mail"],
  retry: ["JOURNAL", "mail"],
  edit: ["JOURNAL", "mail", "--args=[]"],
  insert: ["JOURNAL", "MODULE", "make", "--after=1"],
  remove: ["JOURNAL", "mail"],
  rewind: ["JOURNAL", "mail", "--yes"],
  undecide: ["JOURNAL", "mail"],
  signal: ["JOURNAL", "approval", "1"],
  cancel: ["JOURNAL"],
  stop: ["JOURNAL"],
  rollback: ["JOURNAL", "MODULE", "--dry-run"],
  check: ["JOURNAL"],
  prune: ["FOLDER", "--finished", "--dry-run"],
  export: ["JOURNAL", "out.json"],
  import: ["JOURNAL", "sqlite:none.db"],
  reclaim: ["JOURNAL", "--why=gone", "--yes"],
  work: ["FOLDER", "--processes=0", "--drain"],
  queue: ["set", "sqlite:none.db", "mail", "--max-running=1"],
  schedule: ["pause", "FOLDER", "nightly"],
  migrate: ["sqlite:none.db", "--print"],
  completions: ["bash"],
  help: ["resume"],
};

/** No file can be called so. */
const LONG = "x".repeat(300);

/** What cannot stand where the help of a command has such a word: a plain argument, or the value of an option. */
const BAD: Readonly<Record<string, readonly string[]>> = {
  JOURNAL: ["no/such.json", LONG, "j.json/none.json", "https://example.com/j.json"],
  PATH: ["no/such.json", LONG, "j.json/none.json", "https://example.com/j.json"],
  FOLDER: ["no/such", LONG, "https://example.com/"],
  MODULE: ["data:text/javascript,1", "node:fs", "https://%", "no/such.js", LONG],
  EXPORT: ["then", "mkae", "a b"],
  STEP: ["9", "0", "-1", "1.", "mial", "\u001b[2J"],
  "JSON|@FILE": ["{", "@no/such.json", "@", "nonsense"],
  VALUE: ["{", "@no/such.json", "@", "nonsense"],
  AGE: ["soon", "3", "-3d", "1e9d", "99999999999w"],
  "STATUS,…": ["stuck", ",", "aborted,stuck"],
  FILE: ["no/such/folder/page.html", LONG],
  STORE: ["runs/", "mysql://ana:secret@db/tx", "sqlite:none.db#", "sqlite:", LONG],
  NAME: [LONG, "\u001b[2J".repeat(60)],
  TEXT: ["x".repeat(100_000)],
  N: ["0", "-1", "many", "1.5", "1e9", "9999999999"],
  URL: ["mysql://ana:secret@db/tx", "sqlite:tx.db#ana", "runs/"],
  PREFIX: ["data:text/javascript,1", "https://[", " "],
  COUNT: ["-1", "many", "1.5", "1e9"],
  TIME: ["soon", "3", "-3s", "99999999999w"],
  FLAG: ["run", "allow-net"],
  SHELL: ["powershell"],
  ACTION: ["puase", "LIST", LONG],
  PROGRAM: ["'mail", " ", "/no/such/program"],
  QUEUE: [LONG],
  RATE: ["fast", "0/s", "-1/s", "1/week", "1e9/s"],
  COMMAND: ["resum"],
};

/** What must stand before an option that is of no use alone. */
const BEFORE: Readonly<Record<string, readonly string[]>> = {
  "resume --result": ["--done=mail"],
  "queue --burst": ["--rate=1/s"],
};

/** What must stand beside those that say by whom and why, which are of no use alone either. */
const DECIDING: Readonly<Record<string, readonly string[]>> = { resume: ["--retry=mail"] };

function inJournal(test: (folder: string) => Promise<void>): Promise<void> {
  return inFolder({ "steps.js": "export function make() {}\n" }, async (folder) => {
    await writeSample(`${folder}/j.json`, "aborted");
    await test(folder);
  });
}

function snapshot(folder: string): readonly string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => `${name} ${Deno.readFileSync(`${folder}/${name}`).toHex()}`)
    .toSorted();
}

/** Types a command, and checks that it is refused as it should be. */
async function checkRefused({ name, exitCodes }: Command, words: readonly string[], folder: string): Promise<string> {
  const before = snapshot(folder);
  const places: Readonly<Record<string, string>> = {
    JOURNAL: `${folder}/j.json`,
    FOLDER: folder,
    MODULE: `${folder}/steps.js`,
  };
  const { code, out, error } = await runMain([name, ...words.map((word) => places[word] ?? word)]);
  const call = [name, ...words.map((word) => word.slice(0, 50))];
  const documented = exitCodes.some(([one]) => one === code);
  const isAsBefore = JSON.stringify(snapshot(folder)) === JSON.stringify(before);
  assertEquals([call, code > 0 && documented, isAsBefore], [call, true, true], `${code} ${out}${error}`);
  // One message, which is no page, and no fault of the program.
  assertEquals([call, (out + error).match(/^(?:error: |Would be refused)/gm)?.length], [call, 1], out + error);
  assert(error.length < 3000 && !/This is a bug|^\s+at .*:\d+:\d+/m.test(error), `${call} ${error}`);
  return error;
}

/** That the words were refused before anything was read: the help of the command is named, and what is wrong. */
function assertUsage({ name }: Command, error: string, about = ""): void {
  assert(error.endsWith(`cli ${name} --help"\n`) && error.includes(about), error);
}

Deno.test("every word that stands for something in a command's help is given a bad one", () => {
  assertEquals(Object.keys(CALLS).toSorted(), commands.map(({ name }) => name).toSorted());
  const words = commands.flatMap((command) => [
    ...command.arguments.map(({ name }) => name),
    ...command.options.flatMap(({ value }) => value ?? []),
  ]);
  assertEquals([...new Set(words)].filter((word) => BAD[word] === undefined), []);
});

for (const command of commands) {
  const good = CALLS[command.name] ?? [];
  const plain = command.arguments;
  permittedTest(
    `${command.name} refuses too few words, too many, and empty ones`,
    ["read", "write"],
    () =>
      inJournal(async (folder) => {
        for (const [index, { name, isOptional }] of plain.entries()) {
          assertUsage(command, await checkRefused(command, good.with(index, ""), folder));
          if (isOptional) continue;
          assertUsage(command, await checkRefused(command, good.slice(0, index), folder), ` ${name} `);
        }
        if (plain.at(-1)?.isRepeatable) return;
        const many = [...good.slice(0, plain.length), "surplus", ...good.slice(plain.length)];
        assertUsage(command, await checkRefused(command, many, folder), '"surplus"');
      }),
  );

  permittedTest(
    `${command.name} refuses an option without its value, and one that is given twice`,
    ["read", "write"],
    () =>
      inJournal(async (folder) => {
        for (const { name, value, isRepeatable } of command.options) {
          if (value === undefined) continue;
          const others = good.filter((word) => !word.startsWith(`--${name}=`));
          const lacking = await checkRefused(command, [...others, `--${name}`], folder);
          assertUsage(command, lacking, ` --${name} ${value}.`);
          if (isRepeatable) continue;
          const twice = await checkRefused(command, [...others, `--${name}=1`, `--${name}=2`], folder);
          assertUsage(command, twice, ` --${name} `);
          assertEquals(twice.includes(` --${name} ${value}`), false, twice);
        }
      }),
  );

  permittedTest(
    `${command.name} refuses bad words in each place`,
    ["read", "write", "sys"],
    () =>
      inJournal(async (folder) => {
        for (const [index, { name }] of plain.entries()) {
          for (const bad of BAD[name] ?? []) await checkRefused(command, good.with(index, bad), folder);
        }
        for (const { name, value } of command.options) {
          const others = good.filter((word) => !word.startsWith(`--${name}=`));
          const beside = name === "by" || name === "why" ? DECIDING[command.name] : BEFORE[`${command.name} --${name}`];
          for (const bad of value === undefined ? [] : BAD[value] ?? []) {
            await checkRefused(command, [...others, ...beside ?? [], `--${name}=${bad}`], folder);
          }
        }
      }),
  );
}
