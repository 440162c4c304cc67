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
  const alias = `alias resumable-tx='deno run -A jsr:@x/resumable-tx/cli'`;
  for (const text of [help.out, (await runMain(["help"])).out]) assertEquals(text.split(`\n  ${alias}\n`).length, 2);
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
  assertEquals(error, (await runMain(["--help"])).out);
});

const HELP = 'Type "deno run -A jsr:@x/resumable-tx/cli';

Deno.test("main() refuses a value for every option of every command that takes none, whatever the value is", async () => {
  for (const { name: command, options } of commands) {
    for (const option of ["help", ...options.filter(({ value }) => value === undefined).map(({ name }) => name)]) {
      for (const value of ["no", "false", "true", "1", ""]) {
        const end = await runMain([command, "there-is-no-such.json", `--${option}=${value}`]);
        const [said = "", ...rest] = end.error.split("\n");
        assertEquals([end.code, end.out, rest], [2, "", [`${HELP} ${command} --help"`, ""]]);
        assert(said.includes(`--${option} `), said);
      }
    }
  }
});

Deno.test("main() takes words behind -- for arguments, also one that looks like an option with a value", async () => {
  const { code, error } = await runMain(["help", "--", "--help=no"]);
  assertEquals([code, error.includes('"--help=no"')], [2, true], error);
});

Deno.test("main() takes no word for the value of an option that ends in =, whatever the command", async () => {
  for (const { name, arguments: plain, options } of commands) {
    const words = plain.filter(({ isOptional }) => isOptional !== true).map(() => "1");
    for (const option of options.filter(({ value }) => value !== undefined)) {
      for (const call of [[`--${option.name}=`, ...words], [...words, `--${option.name}=`, "2"]]) {
        const { code, out, error } = await runMain([name, ...call]);
        assertEquals([code, out], [2, ""], `${name} ${call.join(" ")}`);
        assertStringIncludes(error.split("\n")[0] ?? "", ` --${option.name} ${option.value}.`);
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
