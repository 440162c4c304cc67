/** What shells make of the completion scripts. Where a shell is not installed its tests are reported as ignored. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { loadCommands } from "../../lib/cli/commands.ts";
import { Conversation } from "../support/conversation.ts";
import { inFolder } from "../support/in_folder.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { terminalTest } from "../support/pseudo_terminal.ts";
import { runMain } from "./fake_io.ts";

const commands = await loadCommands();

const SHELLS = ["bash", "zsh", "fish"] as const;

/** A folder with a journal, another file, and a folder, each with a space in its name. */
const FILES = { "a journal.json": "", "notes.txt": "", "j.json.torn-1": "" };

function inShellFolder(test: (folder: string, script: string) => Promise<void>): Promise<void> {
  return inFolder(FILES, async (folder) => {
    await Deno.mkdir(`${folder}/a folder`);
    const script = `${folder}/notes.bash`;
    await Deno.writeTextFile(script, (await runMain(["completions", "bash"])).out);
    await test(folder, script);
  });
}

/** Registers a test of a shell, if that is installed. */
function shellTest(shell: string, name: string, body: () => Promise<void>): void {
  if (Deno.permissions.querySync({ name: "run" }).state !== "granted" || isInstalled(shell)) {
    permittedTest(name, ["read", "write", "run"], body);
  } else Deno.test.ignore(`${name} [ignored: ${shell} is not installed]`, body);
}

function isInstalled(shell: string): boolean {
  try {
    return new Deno.Command(shell, { args: ["-c", "true"] }).outputSync().success;
  } catch {
    return false;
  }
}

/** What bash offers for the last of some words, as the line has them: bash takes "=" for a word. */
async function complete(folder: string, script: string, words: readonly string[]): Promise<readonly string[]> {
  const line = 'source "$1"; shift; COMP_WORDS=(resumable-tx "$@"); COMP_CWORD=$#; _resumable_tx; ' +
    '((${#COMPREPLY[@]})) && printf "%s\\n" "${COMPREPLY[@]}"';
  const args = ["--norc", "--noprofile", "-c", line, "bash", script, ...words];
  const { stdout, stderr } = await new Deno.Command("bash", { args, cwd: folder }).output();
  assertEquals(new TextDecoder().decode(stderr), "", words.join(" "));
  return new TextDecoder().decode(stdout).split("\n").filter((word) => word !== "").toSorted();
}

shellTest(
  "bash",
  "bash completes commands, options, their values, and paths",
  () =>
    inShellFolder(async (folder, script) => {
      const names = commands.map(({ name }) => name);
      const cases: readonly (readonly [words: readonly string[], offered: readonly string[]])[] = [
        [[""], [...names, "--help", "--version"]],
        [["resu"], ["resume"]],
        [["--v"], ["--version"]],
        [["check", "--"], ["--help", "--json"]],
        [["inspect", ""], ["a folder", "a journal.json"]],
        [["inspect", "a j"], ["a journal.json"]],
        [["resume", "j.json", "no"], ["notes.bash", "notes.txt"]],
        [["resume", "--retry", "mail", "j.json", "--d"], ["--done", "--dry-run"]],
        [["resume", "--retry", ""], []],
        [["resume", "--retry", "mail", "a j"], ["a journal.json"]],
        [["list", "x", "y", "a"], ["a folder", "a journal.json"]],
        [["list", "--status", "u"], ["undone", "unreadable"]],
        [["list", "--status", "=", "wai"], ["waiting"]],
        [["list", "--status", "="], ["waiting", "aborted"]],
        [["list", "--status", "aborted,wai"], ["aborted,waiting"]],
        [["prune", ""], ["a folder"]],
        [["completions", ""], ["bash", "zsh", "fish"]],
        [["help", "pr"], ["prune"]],
        [["nonsense", ""], []],
      ];
      for (const [words, offered] of cases) {
        const found = await complete(folder, script, words);
        if (words.at(-1) === "=") assertEquals(offered.filter((word) => !found.includes(word)), []);
        else assertEquals(found, offered.toSorted(), words.join(" "));
      }
    }),
);

terminalTest("bash on a terminal completes what is typed", () =>
  inShellFolder(async (folder, script) => {
    const command = new Deno.Command("script", {
      args: ["--quiet", "--flush", "--return", "--command", "bash --norc --noprofile -i", "/dev/null"],
      cwd: folder,
      env: { TERM: "dumb", INPUTRC: "/dev/null", HISTFILE: "/dev/null" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    });
    await using process = new Conversation(command, { types: true });
    // Written apart, so that the echo of the line is not taken for its output.
    await process.type(`source ${script}; resumable-tx() { printf '<%s>' "$@"; echo; }; echo re""ady\n`);
    await process.hear("ready");
    await process.type("resumable-tx insp\t--a\t a\\ j\t\n");
    await process.hear("<inspect><--all><a journal.json>");
    await process.type("exit\n");
    assertEquals((await process.end()).code, 0);
  }));

for (const shell of SHELLS) {
  shellTest(shell, `${shell} finds no fault in its completion script`, async () => {
    const { out } = await runMain(["completions", shell]);
    await inFolder({ script: out }, async (folder) => {
      const check = shell === "fish" ? "--no-execute" : "-n";
      const { success, stderr } = await new Deno.Command(shell, { args: [check, `${folder}/script`] }).output();
      assertEquals([success, new TextDecoder().decode(stderr)], [true, ""]);
    });
  });

  Deno.test(`completions writes a script for ${shell} that names every command and option`, async () => {
    const { code, out, error } = await runMain(["completions", shell.toUpperCase()]);
    assertEquals([code, error], [0, ""]);
    for (const { name, options } of commands) {
      assertStringIncludes(out, name);
      for (const option of options) {
        assertStringIncludes(out, shell === "fish" ? `-l ${option.name} ` : `--${option.name}`);
      }
    }
  });
}

shellTest("zsh", "zsh loads its completion script behind compinit", async () => {
  const { out } = await runMain(["completions", "zsh"]);
  await inFolder({ script: out }, async (folder) => {
    const line = `autoload -Uz compinit && compinit -D && source ${folder}/script && print $_comps[resumable-tx]`;
    const { stdout, stderr } = await new Deno.Command("zsh", { args: ["-f", "-c", line] }).output();
    assertEquals([stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)), ["_resumable-tx\n", ""]);
  });
});

shellTest("fish", "fish completes commands and options", async () => {
  const { out } = await runMain(["completions", "fish"]);
  await inFolder({ script: out }, async (folder) => {
    const line = `source ${folder}/script; complete -C 'resumable-tx insp'; complete -C 'resumable-tx inspect --a'`;
    const { stdout } = await new Deno.Command("fish", { args: ["--no-config", "-c", line] }).output();
    const words = new TextDecoder().decode(stdout).split("\n").map((text) => text.split("\t")[0]);
    assertEquals(words, ["inspect", "--all", ""]);
  });
});

const REFUSED: readonly (readonly [words: readonly string[], message: string])[] = [
  [[], "SHELL is missing: bash, zsh or fish"],
  [["bsh"], 'No completions for the shell "bsh". Is bash meant?'],
  [["powershell"], 'No completions for the shell "powershell". There are bash, zsh, fish'],
  [["bash", "zsh"], 'Unexpected argument "zsh"'],
];

for (const [words, message] of REFUSED) {
  Deno.test(`completions refuses ${JSON.stringify(words.join(" "))}`, async () => {
    const { code, out, error } = await runMain(["completions", ...words]);
    assertEquals([code, out], [2, ""]);
    assertEquals(error, `error: ${message}\nType "deno run -A jsr:@x/resumable-tx/cli completions --help"\n`);
  });
}
