/** How much `resume` does: up to a step, only one, of a whole folder; and what it says beforehand. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { inFolder } from "../../support/in_folder.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { startOnTerminal, terminalTest } from "../../support/terminal/pseudo_terminal.ts";
import { runCli, runDeno } from "../../support/run_deno.ts";
import { unchanged } from "../written_journal.ts";

const ALL = ["read", "write", "run", "sys"] as const;
const STEPS = `
export function say(text: string): string { console.log(text); return text; }
export function failUnless(file: string): void {
  try { Deno.statSync(file); } catch { throw new Error("lacks " + file); }
}
`;
const OTHER = `console.log("loaded other");\nexport function sayKey(key: string): void { console.log(key); }\n`;
const PROGRAM = `
import { env, Transaction } from "@x/resumable-tx";
import { failUnless, say } from "./steps.ts";
import { sayKey } from "./other.ts";
if (import.meta.main) {
  const [journal = "j.json", mended = "mended"] = Deno.args;
  await Transaction.run(import.meta, (t) => {
    t.do(say, "one");
    t.do(failUnless, mended);
    t.do(say, "three").with({ name: "third" });
    t.do(sayKey, env("SOME_KEY"));
  }, { journal });
}
`;

/** A folder with a program whose transaction has failed at its second step. */
function withFailed(test: (folder: string) => Promise<void>, ...journals: readonly string[]): Promise<void> {
  return inFolder({ "steps.ts": STEPS, "other.ts": OTHER, "program.ts": PROGRAM }, async (folder) => {
    for (const journal of journals.length === 0 ? ["j.json"] : journals) {
      const { code, stderr } = await runDeno(`${folder}/program.ts`, [journal, `mended-${journal}`], {
        cwd: folder,
        env: { SOME_KEY: "key" },
      });
      assertEquals(code, 1, stderr);
    }
    await test(folder);
  });
}

function mend(folder: string, journal = "j.json"): Promise<void> {
  return Deno.writeTextFile(`${folder}/mended-${journal}`, "");
}

permittedTest(
  "resume --until stops behind a step, and loads no module of a later one",
  ALL,
  () =>
    withFailed(async (folder) => {
      await mend(folder);
      await Deno.remove(`${folder}/other.ts`);
      const options = { cwd: folder, env: { SOME_KEY: "key" } };
      const part = await runCli(["resume", "j.json", "--until", "third"], options);
      assertEquals([part.code, part.stdout], [3, "three\n"]);
      assertMatch(part.stderr, /^[^\n]* step 4 "sayKey"[^]*\n {2}deno run -A .* resume /);
      await Deno.writeTextFile(`${folder}/other.ts`, OTHER);
      const rest = await runCli(["resume", "j.json", "--only", "4"], options);
      assertEquals([rest.code, rest.stdout], [0, "loaded other\nkey\n"]);
    }),
);

permittedTest(
  "resume --dry-run tells modules that changed, permissions and variables that are missing",
  ALL,
  () =>
    withFailed(async (folder) => {
      await Deno.writeTextFile(`${folder}/steps.ts`, `${STEPS}\n// mended\n`);
      const flags = [`--allow-read=${folder}/j.json,${folder}/steps.ts`];
      const look = (...words: string[]) =>
        unchanged(`${folder}/j.json`, () => runCli(["resume", `${folder}/j.json`, "--dry-run", ...words], { flags }));
      const { code, stdout } = await look();
      assertEquals(code, 0);
      assertEquals(
        stdout.replaceAll(folder, "FOLDER"),
        `Modules
  file://FOLDER/steps.ts   changed since the plan was made
  file://FOLDER/other.ts   not looked at: that needs --allow-read=FOLDER/other.ts

Steps
  1  say("one")                   finished  is done
  2  failUnless("mended-j.json")  failed    will run again, as attempt 2
     of file://FOLDER/steps.ts, changed since the plan was made
  3  state.third = say("three")   pending   will run
     of file://FOLDER/steps.ts, changed since the plan was made
  4  sayKey(env.SOME_KEY)         pending   will run
     of file://FOLDER/other.ts

Needs --allow-read=FOLDER/other.ts --allow-env=SOME_KEY, and the permissions that the steps need
No step would run without that; no module was loaded
Nothing was changed
`,
      );
      const part = await look("--until", "third");
      assertEquals([part.code, part.stdout.includes("other.ts")], [3, false]);
      assertMatch(part.stdout, /^Would .* step 4\b/m);
    }),
);

permittedTest(
  "a dry run ends as a run that lacks a variable, also where it would pause later, in a folder, and for a rollback",
  ALL,
  () => {
    const program = `
import { env, Transaction } from "@x/resumable-tx";
import { failUnless } from "./steps.ts";
export function greet(key: string): void {}
export function forget(_value: void, key: string): void {}
if (import.meta.main) {
  await Transaction.run(import.meta, (t) => {
    t.do(greet, env("SOME_KEY")).with({ undo: forget });
    t.do(failUnless, "mended");
    t.do(greet, env("SOME_KEY"));
    t.waitFor("go");
  }, { journal: "j.json" });
}
`;
    return inFolder({ "steps.ts": STEPS, "program.ts": program }, async (folder) => {
      const cwd = folder;
      assertEquals((await runDeno(`${folder}/program.ts`, [], { cwd, env: { SOME_KEY: "key" } })).code, 1);
      const cases = [
        { words: ["resume", "j.json"], shown: "\nNo step would run without that\n" },
        { words: ["resume", "."], shown: "j.json  would fail\n" },
        { words: ["rollback", "j.json"], shown: "\nNo step would run without that\n" },
      ];
      for (const { words, shown } of cases) {
        const { code, stdout, stderr } = await unchanged(
          `${folder}/j.json`,
          () => runCli([...words, "--dry-run"], { cwd }),
        );
        assertEquals(code, 1, stderr);
        assertStringIncludes(stdout, "Not set: the environment variable SOME_KEY\n");
        assertStringIncludes(`${stdout}${stderr}`, shown);
        assertEquals(
          (await runCli([...words, "--dry-run"], { cwd, env: { SOME_KEY: "key" } })).code,
          {
            resume: 3,
            rollback: 0,
          }[words[0] ?? ""],
        );
      }
      assertEquals((await runCli(["resume", "j.json", "--dry-run", "--only", "2"], { cwd })).code, 3);
      assertEquals((await runCli(["resume", "j.json"], { cwd })).code, 1);
    });
  },
);

permittedTest(
  "resume --dry-run --load loads every module and checks every export",
  ALL,
  () =>
    withFailed(async (folder) => {
      const look = (...words: string[]) =>
        unchanged(
          `${folder}/j.json`,
          () => runCli(["resume", "j.json", "--dry-run", "--load", ...words], { cwd: folder }),
        );
      const { code, stdout } = await look();
      assertEquals(code, 1);
      assertStringIncludes(stdout, "loaded other\n");
      const { needs, loaded } = JSON.parse((await look("--json")).stdout.replace("loaded other\n", ""));
      assertEquals([needs.unset, loaded], [["SOME_KEY"], 3]);
      assertMatch(stdout, / SOME_KEY\n.*\b3 functions\b/);
      await Deno.writeTextFile(`${folder}/other.ts`, "export function sayKeys() {}\n");
      const lost = await look();
      assertEquals(lost.code, 77);
      assertStringIncludes(lost.stderr, '"sayKeys"');
      await Deno.chmod(`${folder}/j.json`, 0o666);
      const distrusted = await look();
      assertEquals([distrusted.code, distrusted.stdout.includes("loaded other")], [77, false]);
    }),
);

permittedTest("resume resumes a folder's journals one after another, and sums up", ALL, () =>
  withFailed(
    async (folder) => {
      await mend(folder, "b.json");
      await Deno.writeTextFile(
        `${folder}/broken.json`,
        (await Deno.readTextFile(`${folder}/a.json`)).replace("one", "two"),
      );
      await Deno.writeTextFile(`${folder}/package.json`, "{}\n");
      const options = { cwd: folder, env: { SOME_KEY: "key" } };
      const look = await runCli(["resume", ".", "--dry-run"], options);
      assertEquals(look.code, 65);
      assertMatch(look.stderr, /^broken.json: .*\n2 of 3 .*\n {2}a.json {2}.*\n {2}b.json {2}.*\n {2}broken.json {2}/);
      const { code, stdout, stderr } = await runCli(["resume", "."], options);
      assertEquals([code, stdout], [65, "loaded other\nthree\nkey\n"]);
      const heads = stderr.split("\n").filter((line) => /^(?:a\.json$|b\.json$|broken\.json: |\d of 3)/.test(line));
      assertEquals(heads.map((line) => line.split(/:| journals/)[0]), [
        "a.json",
        "b.json",
        "broken.json",
        "1 of 3",
      ]);
      assertStringIncludes(stderr, "Error: lacks mended-a.json\n");
      assertMatch(stderr, /\n {2}a.json {2}.*\n {2}b.json {2}.*\n {2}broken.json {2}.*\n$/);
      await Deno.remove(`${folder}/broken.json`);
      assertEquals((await runCli(["resume", "."], options)).code, 1);
      const wrong = await runCli(["resume", ".", "--skip", "2"], options);
      assertEquals(wrong.code, 2);
    },
    "a.json",
    "b.json",
  ));

terminalTest("resume of a folder asks about each journal once", () =>
  withFailed(
    async (folder) => {
      for (const name of ["a.json", "b.json"]) {
        await mend(folder, name);
        await Deno.chmod(`${folder}/${name}`, 0o666);
      }
      await using process = startOnTerminal(["resume", folder]);
      await process.hear("Run that? [y/N] ");
      await process.type("\n");
      await process.hear("b.json");
      await process.hear("Run that? [y/N] ");
      await process.type("y\n");
      const { code, stdout } = await process.end();
      assertEquals([code, stdout.split("Run that?").length], [77, 3]);
      assertMatch(stdout, /\b0 of 2\b/);
    },
    "a.json",
    "b.json",
  ));
