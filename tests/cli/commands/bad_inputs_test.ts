/** Every command with every kind of bad input: a documented exit code, one helpful message, and no byte changed. */
import { assertEquals } from "@std/assert";
import { loadCommands } from "../../../lib/cli/commands/commands.ts";
import { chainSum } from "../../../lib/journal/encode_record.ts";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import { asUser, giveAway, userTest } from "../../support/as_user.ts";
import { CliProcess } from "../../support/cli_process.ts";
import { inFolder } from "../../support/in_folder.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { runMain } from "../fake_io.ts";
import { writeSample } from "../sample_folder.ts";

/** How each command that takes a journal is called, the journal apart. */
const CALLS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  inspect: [[], ["--json"], ["--events"], ["--step", "1"], ["--graph"], ["--html=-"], ["--follow"]],
  check: [[], ["--json"]],
  list: [[], ["--json"]],
  resume: [[], ["--dry-run"], ["--dry-run", "--json"]],
  skip: [["1"]],
  done: [["1"]],
  retry: [["1"]],
  edit: [["1", "--args", "[]"]],
  insert: [["MODULE", "make", "--first"]],
  remove: [["1"]],
  rewind: [["1", "--yes"]],
  undecide: [["1"]],
  signal: [["approval"]],
  cancel: [[]],
  stop: [[]],
  rollback: [[], ["--dry-run"], ["--dry-run", "--json"]],
  import: [["DATABASE"]],
  prune: [["--finished", "--yes"], ["--finished", "--dry-run"]],
};
/** Those that take words of their own, and no journal file. */
const OTHERS: readonly string[] = ["completions", "help", "export", "reclaim", "work", "schedule", "queue", "migrate"];

function fill(words: readonly string[], folder: string): readonly string[] {
  return words.map((word) => word === "MODULE" ? `${folder}/steps.js` : word === "DATABASE" ? "sqlite:none.db" : word);
}

function newer(): string {
  const line = '[{"seq":0,"at":"2026-11-23T02:15:00.000Z","events":[{"type":"opened","format":7,"new":1}]';
  return `${line},"sum":"${chainSum("", new TextEncoder().encode(line))}"}\n]`;
}

/** Makes one bad input of each kind, and says what each is called. */
async function writeInputs(folder: string): Promise<readonly string[]> {
  await writeSample(`${folder}/incomplete.json`, "incomplete");
  await writeSample(`${folder}/damaged.json`, "aborted");
  const bytes = await Deno.readFile(`${folder}/damaged.json`);
  await Deno.writeFile(`${folder}/damaged.json`, bytes.with(bytes.length - 100, 0x21));
  await Deno.writeTextFile(`${folder}/empty.json`, "");
  await Deno.writeTextFile(`${folder}/text.json`, "Dear diary\n");
  await Deno.writeTextFile(`${folder}/newer.json`, newer());
  await Deno.writeFile(`${folder}/binary.json`, crypto.getRandomValues(new Uint8Array(5000)));
  await Deno.mkdir(`${folder}/folder`);
  const files = [
    "none.json",
    "incomplete.json",
    "damaged.json",
    "empty.json",
    "text.json",
    "newer.json",
    "binary.json",
  ];
  const names = [...files, "folder", "text.json/none.json", "x".repeat(300)];
  if (Deno.build.os === "windows") return names;
  await new Deno.Command("mkfifo", { args: [`${folder}/pipe.json`] }).output();
  await Deno.symlink("loop.json", `${folder}/loop.json`);
  await Deno.symlink("none.json", `${folder}/nowhere.json`);
  return [...names, "pipe.json", "loop.json", "nowhere.json"];
}

function snapshot(folder: string): readonly string[] {
  return Array.from(Deno.readDirSync(folder), ({ name, isFile }) => {
    return `${name} ${isFile ? Deno.readFileSync(`${folder}/${name}`).toHex() : ""}`;
  }).toSorted();
}

/** What is wrong with what a command did; nothing if all is well. */
function findFault(
  { exitCodes }: Awaited<ReturnType<typeof loadCommands>>[number],
  { code, out, error }: Awaited<ReturnType<typeof runMain>>,
): string | undefined {
  if (!exitCodes.some(([documented]) => documented === code)) return `exit code ${code} is not documented`;
  if (/^\s+at .*:\d+:\d+/m.test(error) || error.includes("This is a bug")) return "a stack is shown";
  const errors = error.split("\n").filter((line) => line.startsWith("error: ")).length;
  if (errors > 1) return "there are several errors";
  if (code !== 0 && errors === 0 && out === "") return "nothing is said";
  return undefined;
}

async function checkInput(folder: string, input: string): Promise<void> {
  const before = snapshot(folder);
  for (const command of await loadCommands()) {
    for (const rest of CALLS[command.name] ?? []) {
      const words = fill(rest, folder);
      const call = [command.name, input, ...rest].join(" ");
      const end = await runMain([command.name, `${folder}/${input}`, ...words]);
      assertEquals([call, findFault(command, end)], [call, undefined], `${end.code} ${end.out}${end.error}`);
      assertEquals([call, snapshot(folder)], [call, before]);
    }
  }
}

permittedTest(
  "every command answers every bad input with a documented exit code and one message, and changes no byte",
  ["read", "write", "run", "sys"],
  () =>
    inFolder({ "steps.js": "export function make() {}\n" }, async (folder) => {
      const inputs = await writeInputs(folder);
      const covered = [...Object.keys(CALLS), ...OTHERS].toSorted();
      assertEquals((await loadCommands()).map(({ name }) => name).toSorted(), covered);
      for (const input of inputs) {
        await checkInput(folder, input);
      }
    }),
);

userTest(
  "every command says which journal this user may not read",
  () =>
    inFolder({ "steps.js": "export function make() {}\n" }, async (folder) => {
      const journal = `${folder}/secret.json`;
      await writeSample(journal, "aborted");
      await giveAway(folder);
      if (Deno.uid() === 0) await Deno.chown(journal, 0, 0);
      await Deno.chmod(journal, Deno.uid() === 0 ? 0o600 : 0);
      await using user = new CliProcess(await asUser(folder));
      for (const command of await loadCommands()) {
        for (const rest of CALLS[command.name] ?? []) {
          const words = fill(rest, folder);
          const { code, stdout: out, stderr: error } = await user.run([command.name, journal, ...words]);
          const call = [command.name, ...rest].join(" ");
          assertEquals([call, findFault(command, { code, out, error })], [call, undefined], `${code} ${out}${error}`);
          // What is no folder is not looked into.
          const expected = command.name === "prune" ? 2 : command.name === "list" ? 0 : 77;
          assertEquals([call, code, (out + error).includes("secret.json")], [call, expected, true], out + error);
        }
      }
    }),
);

/** Those to which there is nothing to do with a transaction that has come to its end. */
const REFUSERS = [
  "skip",
  "done",
  "retry",
  "edit",
  "insert",
  "remove",
  "undecide",
  "signal",
  "stop",
  "cancel",
  "rollback",
];

permittedTest(
  "every command that has nothing to do with a finished journal says so",
  ["read", "write", "sys"],
  () =>
    inFolder({ "steps.js": "export function make() {}\n" }, async (folder) => {
      const journal = `${folder}/finished.json`;
      await writeSample(journal, "finished");
      const before = snapshot(folder);
      for (const name of REFUSERS) {
        const words = fill(CALLS[name]?.[0] ?? [], folder);
        const { code, error } = await runMain([name, journal, ...words]);
        assertEquals([name, code, error.split("error: ").length], [name, 2, 2], error);
        assertEquals([name, snapshot(folder)], [name, before]);
      }
    }),
);

permittedTest(
  "every command that writes says of a journal that is being run how to stop that",
  ["read", "write", "sys"],
  () =>
    inFolder({ "steps.js": "export function make() {}\n" }, async (folder) => {
      const journal = `${folder}/held.json`;
      await writeSample(journal, "aborted");
      const open = await new FileStore().open(journal, () => {});
      const writers = (await loadCommands()).filter(({ name, permissions }) =>
        permissions === "-A" && name !== "prune" && !OTHERS.includes(name)
      );
      // Side by side: some wait for the run to take a request.
      await Promise.all(writers.map(async ({ name }) => {
        const words = fill(CALLS[name]?.[0] ?? [], folder);
        const { code, error } = await runMain([name, journal, ...words]);
        assertEquals([name, code], [name, 75], error);
        assertEquals([name, / starts no other. Then try again\n/.test(error)], [name, true], error);
      }));
      await open.close();
    }),
);
