/**
 * The four faults of the Python package that this library descends from (csachs/resumable_transaction), each told from
 * outside: real programs, killed with SIGKILL, and the real command line.
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { inFolder as inFolderWith } from "../support/in_folder.ts";
import { CliProcess } from "../support/cli_process.ts";
import { killWhen } from "../support/kill_when.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { denoCommand, runCli, runDeno, toProcessEnd } from "../support/run_deno.ts";

/** Three steps that leave a trace each. The second never ends while a file "hang" is there, and fails while "break" is. */
const PROGRAM = `
import { Transaction } from "@x/resumable-tx";
export function leave(text: string): void {
  Deno.writeTextFileSync("effects", text + "\\n", { append: true });
}
export async function second(interval: number): Promise<string> {
  if (exists("break")) throw new Error("still broken");
  leave("second");
  console.log("in the second step");
  while (exists("hang")) await new Promise((resolve) => setTimeout(resolve, interval));
  return "value";
}
function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
if (import.meta.main) {
  await Transaction.run(import.meta, (t) => {
    t.do(leave, "first");
    const text = t.do(second, 5);
    t.do(leave, text);
  }, { journal: "j.json" });
}
`;

const ALL = ["read", "write", "run"] as const;

function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  return inFolderWith({ "program.ts": PROGRAM }, test);
}

async function readEffects(folder: string): Promise<readonly string[]> {
  return (await Deno.readTextFile(`${folder}/effects`)).trimEnd().split("\n");
}

/** Runs the program until it is inside of its second step, and kills it there. */
async function killInSecondStep(folder: string, meanwhile?: () => Promise<void>): Promise<void> {
  await Deno.writeTextFile(`${folder}/hang`, "");
  const command = denoCommand(`${folder}/program.ts`, [], { cwd: folder });
  await killWhen(command, "in the second step", meanwhile === undefined ? {} : { meanwhile });
  await Deno.remove(`${folder}/hang`);
  assertEquals(await readEffects(folder), ["first", "second"]);
}

permittedTest(
  "a step that was killed half-way is neither skipped nor silently repeated",
  ALL,
  () =>
    inFolder(async (folder) => {
      await killInSecondStep(folder);
      const before = await Deno.readFile(`${folder}/j.json`);
      const asked = await runCli(["resume", "j.json"], { cwd: folder });
      assertEquals(asked.code, 3, asked.stderr);
      for (const flag of ["--retry 2", "--done 2 --result JSON"]) assertStringIncludes(asked.stderr, flag);
      assertEquals(await readEffects(folder), ["first", "second"]);
      assertEquals((await Deno.readFile(`${folder}/j.json`)).length > 0 && before.length > 0, true);
      const decided = await runCli(["resume", "j.json", "--done", "2", "--result", '"told"'], { cwd: folder });
      assertEquals(decided.code, 0, decided.stderr);
      assertEquals(await readEffects(folder), ["first", "second", "told"]);
    }),
);

permittedTest(
  "a step that was killed half-way runs again when somebody says so",
  ALL,
  () =>
    inFolder(async (folder) => {
      await killInSecondStep(folder);
      const decided = await runCli(["resume", "j.json", "--retry", "2"], { cwd: folder });
      assertEquals(decided.code, 0, decided.stderr);
      assertEquals(await readEffects(folder), ["first", "second", "second", "value"]);
    }),
);

permittedTest(
  "inspect reads the journal of a running and of a killed transaction, and changes no byte",
  ALL,
  () =>
    inFolder(async (folder) => {
      const inspect = async () => {
        const end = await runCli(["inspect", "j.json", "--json"], { cwd: folder, flags: ["--allow-read"] });
        assertEquals(end.code, 0, end.stderr);
        const { status, steps } = JSON.parse(end.stdout);
        return [status, ...steps.map((step: { status: string }) => step.status)];
      };
      await killInSecondStep(folder, async () => {
        const before = await Deno.readFile(`${folder}/j.json`);
        assertEquals(await inspect(), ["started", "finished", "started", "pending"]);
        assertEquals(await Deno.readFile(`${folder}/j.json`), before);
      });
      const before = await Deno.readFile(`${folder}/j.json`);
      assertEquals(await inspect(), ["interrupted", "finished", "unknown", "pending"]);
      const text = await runCli(["inspect", "j.json"], { cwd: folder, flags: ["--allow-read"] });
      assertStringIncludes(text.stdout, "--retry 2");
      assertEquals(await Deno.readFile(`${folder}/j.json`), before);
    }),
);

permittedTest("a resume may fail five times, and the sixth succeeds", ALL, () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/break`, "");
    const first = await runDeno(`${folder}/program.ts`, [], { cwd: folder });
    assertEquals(first.code, 1, first.stderr);
    assertMatch(first.stderr, /TransactionAborted: Step 2 "second" .*: Error: still broken\n/);
    await using cli = new CliProcess({ cwd: folder });
    for (let time = 1; time <= 5; time += 1) {
      const end = await cli.run(["resume", "j.json"]);
      assertEquals(end.code, 1, end.stderr);
      assertStringIncludes(end.stderr, "still broken");
    }
    await Deno.remove(`${folder}/break`);
    const last = await cli.run(["resume", "j.json"]);
    assertEquals(last.code, 0, last.stderr);
    assertEquals(await readEffects(folder), ["first", "second", "value"]);
  }));

permittedTest("of two resumers that are started together exactly one runs", ALL, () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/break`, "");
    assertEquals((await runDeno(`${folder}/program.ts`, [], { cwd: folder })).code, 1);
    await Deno.remove(`${folder}/break`);
    // Whoever gets the journal stays in the second step until the other has been refused.
    await Deno.writeTextFile(`${folder}/hang`, "");
    const cli = import.meta.resolve("../../cli.ts");
    const resumers = [1, 2].map(() => {
      const child = denoCommand(cli, ["resume", "j.json"], { cwd: folder }).spawn();
      return child.output().then(toProcessEnd);
    });
    const refused = await Promise.race(resumers);
    assertEquals(refused.code, 75, refused.stderr);
    await Deno.remove(`${folder}/hang`);
    const codes = (await Promise.all(resumers)).map((end) => end.code);
    assertEquals(codes.sort(), [0, 75]);
    assertEquals(await readEffects(folder), ["first", "second", "value"]);
  }));
