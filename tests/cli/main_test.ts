import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { loadCommands } from "../../lib/cli/commands/commands.ts";
import { parseRequest } from "../../lib/cli/frame/parse_request.ts";
import { VERSION } from "../../lib/version.ts";
import { runMain } from "./fake_io.ts";

const commands = await loadCommands();

Deno.test("main() shows help and version on standard output", async () => {
  const help = await runMain(["--help"]);
  assertEquals([help.code, help.error, await runMain(["-h"])], [0, "", help]);
  for (const { name, summary } of commands) {
    const words = RegExp.escape(summary).replaceAll("\\x20", "\\s+");
    assertMatch(help.out, new RegExp(`^  ${name} +${words}$`, "m"));
  }
  assertEquals(help.out.split("\n").filter((line) => line.length > 80), []);
  assertEquals(await runMain(["--version"]), { code: 0, out: `${VERSION}\n`, error: "" });
});

Deno.test("main() shows the help of each command with all its arguments, options, examples and exit codes", async () => {
  for (const command of commands) {
    const { code, out, error } = await runMain([command.name, "--help", "surplus"]);
    assertEquals([code, error], [0, ""]);
    assertEquals(await runMain(["help", command.name]), { code, out, error });
    assert(command.examples.length > 0, command.name);
    for (const { words } of command.examples) assertStringIncludes(out, `jsr:@x/resumable-tx/cli ${words}\n`);
    for (const { name } of command.arguments) assertStringIncludes(out, `  ${name} `);
    for (const { name, value } of command.options) {
      assertStringIncludes(out, value === undefined ? `  --${name} ` : `  --${name} ${value} `);
    }
    for (const [exit, meaning] of command.exitCodes) assertStringIncludes(out, `${String(exit).padEnd(1)} `, meaning);
  }
});

Deno.test("main() understands every example of its help", () => {
  for (const command of commands) {
    for (const { words } of command.examples) {
      const [typed = ""] = words.split(/ [|>] ?/);
      const [name, ...rest] = [...typed.matchAll(/"([^"]*)"|'([^']*)'|\S+/g)].map(([word, a, b]) => a ?? b ?? word);
      assertEquals(name, command.name);
      assert(parseRequest(command, rest) !== undefined, words);
    }
  }
});

Deno.test("main() explains itself on standard error when there is no command", async () => {
  const { code, out, error } = await runMain([]);
  assertEquals([code, out], [2, ""]);
  assertStringIncludes(error, "Commands");
});

const NAMES = commands.map(({ name }) => name).join(", ");
const HELP = 'Type "deno run -A jsr:@x/resumable-tx/cli';
const REFUSED: readonly (readonly [words: readonly string[], message: string, help: string])[] = [
  [["insepct", "j"], 'Unknown command "insepct". Did you mean inspect?', `${HELP} --help"`],
  [["ispnect", "j"], 'Unknown command "ispnect". Did you mean inspect?', `${HELP} --help"`],
  [["ehlp"], 'Unknown command "ehlp". Did you mean help?', `${HELP} --help"`],
  [["insp", "j"], 'Unknown command "insp". Did you mean inspect?', `${HELP} --help"`],
  [["help", "resum"], 'Unknown command "resum". Did you mean resume?', `${HELP} --help"`],
  [["help", "inspect", "check"], 'Unexpected argument "check"', `${HELP} help --help"`],
  [["destroy", "j"], `Unknown command "destroy". The commands are ${NAMES}`, `${HELP} --help"`],
  [["j.json"], 'Unknown command "j.json". The command comes before the journal: inspect …', `${HELP} --help"`],
  [["-v"], 'Unknown option "-v". The options are --help, --version', `${HELP} --help"`],
  [["--versoin"], 'Unknown option "--versoin". Did you mean --version?', `${HELP} --help"`],
  [["\u001b[2J"], `Unknown command "\\u001b[2J". The commands are ${NAMES}`, `${HELP} --help"`],
  [["inspect"], "The argument JOURNAL is missing: path or file: URL of the journal", `${HELP} inspect --help"`],
  [["inspect", "a", "b"], 'Unexpected argument "b"', `${HELP} inspect --help"`],
  [["inspect", ""], "An argument is empty", `${HELP} inspect --help"`],
  [["inspect", "j", "--jsn"], 'Unknown option "--jsn" of inspect. Did you mean --json?', `${HELP} inspect --help"`],
  [["check", "j", "-x"], 'Unknown option "-x" of check', `${HELP} check --help"`],
  [["check", "j", "-h=no"], 'Unknown option "-h" of check', `${HELP} check --help"`],
  [["check", "j", "-h1"], 'Unknown option "-h1" of check', `${HELP} check --help"`],
  [["check", "j", "--retry=1"], 'Unknown option "--retry" of check', `${HELP} check --help"`],
  [
    ["resume", "j", "--retry"],
    'The option --retry needs a value: --retry STEP. If the value begins with "-", write --retry=…',
    `${HELP} resume --help"`,
  ],
  [["resume", "j", "--by", "a", "--by", "b"], "The option --by is given twice", `${HELP} resume --help"`],
  [["resume", "j", "--why", "x"], "--why needs a --retry, --done or --skip", `${HELP} resume --help"`],
  [
    ["resume", "j", "--result", "1", "--done", "2"],
    "--result must follow the --done that it belongs to",
    `${HELP} resume --help"`,
  ],
  [
    ["resume", "j", "--done", "2", "--result", "{a"],
    'Cannot read the result from --result "{a": at line 1, column 2: a key in double quotes is missing, as in {"key": 1}',
    `${HELP} resume --help"`,
  ],
  [
    ["resume", "j", "--done", "2", "--result", "@nowhere"],
    'Cannot read the result from the file "nowhere": There is no such file',
    `${HELP} resume --help"`,
  ],
  [
    ["resume", "j", "data:text/javascript,1"],
    'Cannot use "data:text/javascript,1" as a step module: data: is not among file:, https:, jsr: and npm:. Export your ' +
    "own function that calls it",
    `${HELP} resume --help"`,
  ],
];

for (const [words, message, help] of REFUSED) {
  Deno.test(`main() refuses ${JSON.stringify(words.join(" "))}`, async () => {
    assertEquals(await runMain(words), { code: 2, out: "", error: `error: ${message}\n${help}\n` });
  });
}

Deno.test("main() refuses a value for every option of every command that takes none, whatever the value is", async () => {
  for (const { name: command, options } of commands) {
    for (const option of ["help", ...options.filter(({ value }) => value === undefined).map(({ name }) => name)]) {
      for (const value of ["no", "false", "true", "1", ""]) {
        assertEquals(await runMain([command, "there-is-no-such.json", `--${option}=${value}`]), {
          code: 2,
          out: "",
          error: `error: The option --${option} takes no value: write --${option}, or leave it out\n` +
            `${HELP} ${command} --help"\n`,
        });
      }
    }
  }
});

Deno.test("main() takes words behind -- for arguments, also one that looks like an option with a value", async () => {
  const { code, error } = await runMain(["help", "--", "--help=no"]);
  assertEquals(code, 2);
  assertStringIncludes(error, '"--help=no"');
});

Deno.test("main() takes no word for the value of an option that ends in =, whatever the command", async () => {
  for (const { name, arguments: plain, options } of commands) {
    const words = plain.filter(({ isOptional }) => isOptional !== true).map(() => "1");
    for (const option of options.filter(({ value }) => value !== undefined)) {
      for (const call of [[`--${option.name}=`, ...words], [...words, `--${option.name}=`, "2"]]) {
        const { code, out, error } = await runMain([name, ...call]);
        const first = error.split("\n")[0] ?? "";
        assertEquals([code, out], [2, ""], `${name} ${call.join(" ")}`);
        assertStringIncludes(first, `The option --${option.name} needs a value: --${option.name} ${option.value}.`);
      }
    }
  }
});

Deno.test("every command that takes a decision says the same of --by and --why", () => {
  const deciding = commands.filter(({ options }) => options.some(({ name }) => name === "why"));
  const said = deciding.map(({ options }) => options.filter(({ name }) => name === "by" || name === "why"));
  assert(deciding.length > 10);
  for (const options of said) assertEquals(options, said[0]);
});
