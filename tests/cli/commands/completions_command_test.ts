/** What shells make of the completion scripts. Where a shell is not installed its tests are reported as ignored. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { loadCommands } from "../../../lib/cli/commands/commands.ts";
import { inFolder } from "../../support/in_folder.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { startLine, terminalTest } from "../../support/terminal/pseudo_terminal.ts";
import { runMain } from "../fake_io.ts";

const commands = await loadCommands();

const SHELLS = ["bash", "zsh", "fish"] as const;

/** A folder with a journal, another file, and a folder, each with a space in its name. */
const FILES = { "a journal.json": "", "notes.txt": "", "j.json.torn-1": "" };

function inShellFolder(shell: string, test: (folder: string, script: string) => Promise<void>): Promise<void> {
  return inFolder(FILES, async (folder) => {
    await Deno.mkdir(`${folder}/a folder`);
    // What workers remember of a folder of journals.
    await Deno.mkdir(`${folder}/.resumable_tx`);
    const script = `${folder}/notes.script`;
    await Deno.writeTextFile(script, (await runMain(["completions", shell])).out);
    await test(folder, script);
  });
}

/** Registers a test of a shell, if that is installed. */
function shellTest(
  shell: string,
  name: string,
  body: () => Promise<void>,
  register: typeof terminalTest = (name, body) => permittedTest(name, ["read", "write", "run"], body),
): void {
  if (Deno.permissions.querySync({ name: "run" }).state !== "granted" || isInstalled(shell)) register(name, body);
  else Deno.test.ignore(`${name} [ignored: ${shell} is not installed]`, body);
}

function isInstalled(shell: string): boolean {
  try {
    return new Deno.Command(shell, { args: ["-c", "true"] }).outputSync().success;
  } catch {
    return false;
  }
}

const NAMES = commands.map(({ name }) => name);

/** What every shell offers for the last of some words. */
const OFFERED: readonly (readonly [words: readonly string[], offered: readonly string[]])[] = [
  [["resu"], ["resume"]],
  [["--v"], ["--version"]],
  [["check", "--"], ["--help", "--json", "--store"]],
  [["inspect", ""], ["a folder", "a journal.json"]],
  [["inspect", "a j"], ["a journal.json"]],
  [["inspect", "--html", "no"], ["notes.script", "notes.txt"]],
  [["resume", "j.json", "no"], ["notes.script", "notes.txt"]],
  [["resume", "--retry", "mail", "j.json", "--d"], ["--done", "--dry-run"]],
  [["resume", "--retry", ""], []],
  [["resume", "--retry", "mail", "a j"], ["a journal.json"]],
  [["resume", "--retry", "mail", "--retr"], ["--retry"]],
  [["list", "x", "y", "a"], ["a folder", "a journal.json"]],
  [["list", "--status", "u"], ["undone", "unreadable"]],
  [["prune", ""], ["a folder"]],
  [["completions", ""], ["bash", "fish", "zsh"]],
  [["help", "pr"], ["prune"]],
  [["help", "list", "--"], ["--help"]],
  [["nonsense", ""], []],
];

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
    inShellFolder("bash", async (folder, script) => {
      const cases: typeof OFFERED = [
        ...OFFERED,
        [[""], [...NAMES, "--help", "--version"]],
        [["list", "--status", "=", "wai"], ["waiting"]],
        [["list", "--status", "="], ["waiting", "aborted"]],
        [["list", "--status", "aborted,wai"], ["aborted,waiting"]],
      ];
      for (const [words, offered] of cases) {
        const found = await complete(folder, script, words);
        if (words.at(-1) === "=") assertEquals(offered.filter((word) => !found.includes(word)), []);
        else assertEquals(found, offered.toSorted(), words.join(" "));
      }
    }),
);

const QUIET = { INPUTRC: "/dev/null", HISTFILE: "/dev/null" };

/** A line with a last word that is not at its end; no word here has more to be quoted than spaces. */
function lineOf(words: readonly string[]): string {
  return ["resumable-tx", ...words.map((word) => word.replaceAll(" ", "\\ "))].join(" ");
}

terminalTest("bash on a terminal completes what is typed", () =>
  inShellFolder("bash", async (folder, script) => {
    await using process = startLine("bash --norc --noprofile -i", { cwd: folder, env: QUIET });
    // Written apart, so that the echo of the line is not taken for its output.
    await process.type(`source ${script}; resumable-tx() { printf '<%s>' "$@"; echo; }; echo re""ady\n`);
    await process.hear("ready");
    await process.type("resumable-tx insp\t--a\t a\\ j\t\n");
    await process.hear("<inspect><--all><a journal.json>");
    await process.type("exit\n");
    assertEquals((await process.end()).code, 0);
  }));

/** Has zsh say what a Tab offers, and forget the line: whatever adds a match asks `compadd` to. */
const SAY_OFFERS = `
autoload -Uz compinit && compinit -u -D
compadd() {
  local -a matching
  (( \${@[(I)-[OAD]]} )) || { builtin compadd -O matching "$@"; offers+=($matching) }
  builtin compadd "$@"
}
say-offers() {
  offers=()
  zle complete-word
  offers=(\${(Qou)offers%/})
  print -r -- "<\${(j:|:)offers}>"
  zle kill-whole-line
}
zle -N say-offers
bindkey '^I' say-offers
`;

for (const isFound of [false, true]) {
  shellTest(
    "zsh",
    `zsh completes commands, options, their values, and paths with a script ${isFound ? "in fpath" : "that it reads"}`,
    () =>
      inShellFolder("zsh", (folder, script) =>
        inFolder({ setup: SAY_OFFERS }, async (found) => {
          await Deno.copyFile(script, `${found}/_resumable-tx`);
          await using process = startLine("zsh -f -i", { cwd: folder, env: QUIET });
          const begin = isFound ? `fpath=(${found} $fpath)` : "true";
          const end = isFound ? "true" : `source ${script}`;
          await process.type(`${begin}; source ${found}/setup; ${end}; print re""ady\n`);
          await process.hear("ready");
          const cases: typeof OFFERED = [
            ...OFFERED,
            [[""], NAMES],
            [["list", "--status=wai"], ["waiting"]],
            [["list", "--status", "aborted,wai"], ["waiting"]],
          ];
          for (const [words, offered] of cases) {
            await process.type(`${lineOf(words)}\t`);
            await process.hear(`<${offered.toSorted().join("|")}>`);
          }
          await process.type("exit\n");
          assertEquals((await process.end()).code, 0);
        })),
    terminalTest,
  );
}

shellTest(
  "fish",
  "fish completes commands, options, their values, and paths",
  () =>
    inShellFolder("fish", async (folder, script) => {
      const cases: typeof OFFERED = [
        ...OFFERED,
        [[""], NAMES],
        [["--"], ["--help", "--version"]],
        [["list", "--status=wai"], ["--status=waiting"]],
        [["list", "--status", "aborted,wai"], ["aborted,waiting"]],
      ];
      for (const [words, offered] of cases) {
        const args = ["--no-config", "-c", "source $argv[1]; complete -C $argv[2]", script, lineOf(words)];
        const { stdout, stderr } = await new Deno.Command("fish", { args, cwd: folder }).output();
        assertEquals(new TextDecoder().decode(stderr), "");
        // Behind a tab stands what a word means.
        const found = new TextDecoder().decode(stdout).split("\n").map((text) => text.replace(/\/?(\t.*)?$/, ""));
        assertEquals(found.filter((word) => word !== "").toSorted(), offered.toSorted(), words.join(" "));
      }
    }),
);

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
