/** What the command line says when Deno, or a module, does not let it go on. Nothing is written in any of these cases. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { dirname } from "@std/path/dirname";
import { toFileUrl } from "@std/path/to-file-url";
import { CliProcess } from "../../support/cli_process.ts";
import { inFolder as inFolderWith } from "../../support/in_folder.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { CLI, runCli } from "../../support/run_deno.ts";
import { planOf, unchanged, writeJournal } from "../written_journal.ts";

const ALL = ["read", "write", "run"] as const;
const STEPS = `
export const table = {};
export class Mover {}
export function move(): void {}
`;

/** Runs the test in a folder whose journal calls an export of a module, there or at a URL. */
function inFolder(
  module: string,
  name: string,
  test: (folder: string, journal: string) => Promise<void>,
): Promise<void> {
  const files = {
    "steps.ts": STEPS,
    "broken.ts": "export const = 1;",
    "throws.ts": 'throw new Error("\\u001b[2Jno");',
  };
  return inFolderWith(files, async (folder) => {
    const url = /^[a-z]+:/.test(module) ? module : toFileUrl(`${folder}/${module}`).href;
    await writeJournal(`${folder}/j.json`, [planOf(url, [{ export: name }])]);
    await test(folder, `${folder}/j.json`);
  });
}

permittedTest(
  "every command names the flags that it lacks, and reads nothing before",
  ALL,
  () =>
    inFolder("steps.ts", "move", async (folder, journal) => {
      for (const command of ["inspect", "check"]) {
        assertEquals(await runCli([command, journal], { flags: [] }), {
          code: 77,
          stdout: "",
          stderr:
            `error: Refused to use "${journal}": Deno has no permission to read it. Add --allow-read=${journal}\n`,
        });
      }
      const resumes: readonly (readonly [flags: readonly string[], message: string])[] = [
        [[], `Deno has no permission to read and write it. Add --allow-read=${folder} --allow-write=${folder}`],
        [["--allow-read"], `Deno has no permission to write it. Add --allow-write=${folder}`],
        [
          [`--allow-read=${journal}`, `--allow-write=${folder}`],
          `Deno has no permission to. Add --allow-read=${folder}/steps.ts`,
        ],
      ];
      for (const [flags, message] of resumes) {
        const { code, stderr } = await unchanged(journal, () => runCli(["resume", journal, "--trust"], { flags }));
        assertEquals(code, 77);
        assertStringIncludes(stderr, message);
      }
      const least = [`--allow-read=${folder}`, `--allow-write=${folder}`];
      assertEquals((await runCli(["resume", journal, "--trust"], { flags: least })).code, 0);
    }),
);

const MODULES: readonly (readonly [module: string, name: string, named: string])[] = [
  ["none.ts", "move", "/none.ts"],
  ["broken.ts", "move", "SyntaxError: "],
  ["throws.ts", "move", "\\u001b[2Jno"],
  ["steps.ts", "mve", ' "Mover", "move", "table". '],
  ["steps.ts", "table", " object, "],
  ["steps.ts", "Mover", " class, "],
  ["steps.ts", "__proto__", '"__proto__"'],
  ["data:text/javascript,export function move() {}", "move", " data: "],
  ["http://example.org/steps.ts", "move", " http: "],
];

permittedTest("resume refuses modules and exports that it cannot use, and writes nothing", ALL, async () => {
  await using cli = new CliProcess();
  for (const [module, name, named] of MODULES) {
    await inFolder(module, name, async (_folder, journal) => {
      const { code, stderr } = await unchanged(journal, () => cli.run(["resume", journal]));
      assertEquals([module, name, code, stderr.includes(named)], [module, name, 77, true], stderr);
      // deno-lint-ignore no-control-regex -- that is what is looked for
      assertEquals(/\u001b/.test(stderr), false);
    });
  }
});

permittedTest(
  "resume does not write a module down that is not there",
  ALL,
  () =>
    inFolder("steps.ts", "move", async (folder, journal) => {
      const { code, stderr } = await unchanged(journal, () => runCli(["resume", journal, `${folder}/stepz.ts`]));
      assertEquals(code, 77);
      assertStringIncludes(stderr, "stepz.ts");
    }),
);

permittedTest(
  "no command asks on a terminal for a permission",
  ["read", "write", "run"],
  () =>
    inFolder("steps.ts", "move", async (_folder, journal) => {
      if (Deno.build.os !== "linux") return;
      const config = new URL("../../../deno.json", import.meta.url).pathname;
      const commands = ["inspect", "check", "resume", "list"].map((name) => `${name} ${journal}`);
      for (const words of [...commands, `list ${dirname(journal)}`, `prune ${dirname(journal)} --finished`]) {
        // "script" gives the command a terminal; a prompt would wait for an answer for ever.
        const line = `${Deno.execPath()} run --no-check --quiet --config ${config} ${CLI} ${words}`;
        const { code, stdout } = await new Deno.Command("script", {
          args: ["--quiet", "--return", "--command", line, "/dev/null"],
          stdin: "null",
        }).output();
        assertEquals(code, 77);
        assertStringIncludes(new TextDecoder().decode(stdout), "--allow-read");
      }
    }),
);
