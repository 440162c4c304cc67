/**
 * Journals that somebody has written to do harm. Whatever they try, with all permissions: nothing of theirs is imported or
 * fetched, nothing is printed raw, nothing is written, and the exit code is the documented one.
 */
import { assertEquals, assertRejects } from "@std/assert";
import { Transaction } from "../../mod.ts";
import { runMain } from "../cli/fake_io.ts";
import { CliProcess } from "../support/cli_process.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { type ProcessEnd, runCli } from "../support/run_deno.ts";
import type { HostileCase } from "./hostile_case.ts";
import { checkPrinted, type HostileFolder, inHostileFolder, lookInto } from "./hostile_folder.ts";
import { MODULE_CASES } from "./module_cases.ts";
import { SHAPE_CASES } from "./shape_cases.ts";
import { TEXT_CASES } from "./text_cases.ts";

const CASES: readonly HostileCase[] = [...MODULE_CASES, ...TEXT_CASES, ...SHAPE_CASES];
const ALL = ["read", "write", "run", "net", "import", "sys"] as const;

/** What is typed, and which of the three exit codes it has. */
const COMMANDS = [
  ["inspect", 0],
  ["inspect --json", 0],
  ["inspect --all", 0],
  ["inspect --events", 0],
  ["inspect --events --json --show-secrets", 0],
  ["inspect --graph", 0],
  ["check", 1],
  ["check --json", 1],
  ["resume", 2],
  ["resume --dry-run", 2],
  ["resume --trust --accept-changes --keep", 2],
] as const;

for (const { tries, write, codes, skipsDryRun } of CASES) {
  permittedTest(`every command withstands ${tries}`, ALL, () =>
    inHostileFolder(async (setting) => {
      await Deno.writeTextFile(setting.journal, write(setting), { mode: 0o600 });
      const before = await lookInto(setting.folder);
      for (const [words, index] of COMMANDS) {
        if (skipsDryRun === true && words.includes("--dry-run")) continue;
        const [command = "", ...flags] = words.split(" ");
        const { code, out, error } = await runMain([command, setting.journal, ...flags]);
        assertEquals([words, code], [words, codes[index]], out + error);
        checkPrinted(out);
        checkPrinted(error);
        checkCommands(out + error);
      }
      await lookOtherwise(setting.journal, codes[0]);
      // Deno prints what nobody catches as it is.
      checkPrinted((await assertRejects(() => Transaction.resume(setting.journal), Error)).message);
      assertEquals(await lookInto(setting.folder), before);
    }));
}

permittedTest("a process with all permissions withstands the worst", ALL, async (test) => {
  await using cli = new CliProcess();
  for (const { tries, write, codes } of CASES.filter(({ isWorst }) => isWorst)) {
    await test.step(`it withstands ${tries}`, () =>
      checkProcess(write, codes, ({ journal }, command) => {
        return cli.run([command, journal]);
      }));
  }
});

for (const { tries, write, codes } of CASES.filter(({ isWorst }) => isWorst).slice(0, 2)) {
  permittedTest(
    `processes with all permissions withstand ${tries}`,
    ALL,
    () => checkProcess(write, codes, ({ folder }, command) => runCli([command, "j.json"], { cwd: folder })),
  );
}

/** What other processes do with a journal. */
function checkProcess(
  write: HostileCase["write"],
  codes: HostileCase["codes"],
  run: (setting: HostileFolder, command: string) => Promise<ProcessEnd>,
): Promise<void> {
  return inHostileFolder(async (setting) => {
    await Deno.writeTextFile(setting.journal, write(setting), { mode: 0o600 });
    const before = await lookInto(setting.folder);
    const ends = await Promise.all(["inspect", "check", "resume"].map((command) => run(setting, command)));
    assertEquals(ends.map(({ code }) => code), [...codes]);
    for (const { stdout, stderr } of ends) {
      checkPrinted(stdout);
      checkPrinted(stderr);
    }
    assertEquals(await lookInto(setting.folder), before);
  });
}

Deno.test("the hostile journals leave no mark on this process", () => {
  assertEquals(Reflect.get({}, "polluted"), undefined);
});

/** What `inspect` shows in a browser, of one step, and while it follows. */
async function lookOtherwise(journal: string, expected: number): Promise<void> {
  const page = await runMain(["inspect", journal, "--html=-"]);
  assertEquals(page.code, expected, page.error);
  checkPrinted(page.out);
  assertEquals(/<(?:script|img|iframe|svg|a|link|object)\b/i.test(page.out), false);
  const step = await runMain(["inspect", journal, "--step", "1"]);
  assertEquals([0, 2, expected].includes(step.code), true, step.error);
  const followed = await runMain(["inspect", journal, "--follow"]);
  assertEquals((expected === 0 ? [0, 1, 3] : [expected]).includes(followed.code), true, followed.error);
  for (const { out, error } of [step, followed]) {
    checkPrinted(out + error);
    checkCommands(out + error);
  }
}

/** What is meant to be pasted into a shell must not carry anything of the journal's into it. */
function checkCommands(text: string): void {
  for (const [line] of text.matchAll(/^ *deno run .*$/gm)) assertEquals(line.includes("touch"), false, line);
}
