/** Rollbacks and cancelled transactions, seen from outside: real files, real processes, SIGKILL. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { inFolder } from "../support/in_folder.ts";
import { killWhen } from "../support/kill_when.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { inFlowProgram } from "../support/programs/flow_program.ts";
import { CLI, denoCommand, runCli } from "../support/run_deno.ts";

const ALL = ["read", "write", "run"] as const;

const UNDOABLE = `t.do(add, "a").with({ undo: remove });
     t.do(add, "b");
     t.do(addEach, ["c", "d"]);
     t.do(add, "last");`;

permittedTest(
  "rollback shows what it would do, and does it, the last step first",
  ALL,
  () =>
    inFlowProgram(UNDOABLE, async ({ make, run, cli, takeDone, statuses, folder }) => {
      await make("fail-last");
      assertEquals((await run()).code, 1);
      assertEquals(await takeDone(), ["+a", "+b", "+c", "+d"]);
      const before = await Deno.readFile(`${folder}/j.json`);
      const shown = await cli("rollback", "--dry-run");
      assertEquals([shown.code, shown.stderr], [0, ""]);
      assertEquals(
        shown.stdout,
        `Undo, in this order
  3.2  state[3.2] = add("d")  finished  will be undone
  3.1  state[3.1] = add("c")  finished  will be undone
    1  add("a")               finished  will be undone

Stay as they are
  2  add("b")             finished  stays as it is: it has no undo function
  3  addEach(["c", "d"])  finished  stays as it is: it has no undo function

All these steps would be undone, unless an undo fails
Nothing was changed, and no module was loaded
`,
      );
      const { undo, left } = JSON.parse((await cli("rollback", "--dry-run", "--to", "2", "--json")).stdout);
      const idsOf = (steps: readonly { id: string }[]) => steps.map(({ id }) => id);
      assertEquals([idsOf(undo), idsOf(left)], [["3.2", "3.1"], ["1", "2", "3"]]);
      const strict = await cli("rollback", "--strict");
      assertEquals([strict.code, strict.stderr.includes(" steps 2, 3 ")], [2, true]);
      assertEquals(await Deno.readFile(`${folder}/j.json`), before);
      const end = await cli("rollback", "--why", "not wanted");
      assertEquals([end.code, end.stdout], [0, "undid d\nundid c\nundid a\n"]);
      assertStringIncludes(end.stderr, "steps 2, 3 ");
      assertEquals(await takeDone(), ["-d", "-c", "-a"]);
      assertEquals((await statuses())[""], "undone");
      assertEquals((await cli("resume")).code, 2);
      assertEquals((await cli("rollback")).code, 2);
    }),
);

permittedTest(
  "rollback --dry-run says that a rollback would be refused whose module is gone",
  ALL,
  () =>
    inFlowProgram(UNDOABLE, async ({ make, run, cli, folder }) => {
      await make("fail-last");
      await run();
      for (const { name } of Deno.readDirSync(folder)) {
        if (/\.[jt]s$/.test(name)) await Deno.rename(`${folder}/${name}`, `${folder}/${name}.off`);
      }
      const real = await cli("rollback");
      assertEquals(real.code, 77);
      const look = await cli("rollback", "--dry-run");
      assertEquals(look.code, 77);
      assertMatch(look.stdout, /^(?! ).*: .* "file:.*\/program\.ts": /m);
      assertEquals(JSON.parse((await cli("rollback", "--dry-run", "--json")).stdout).blocking[0].source, "missing");
    }),
);

permittedTest(
  "a rollback that is killed, or fails, is gone on with by resume",
  ALL,
  () =>
    inFlowProgram(UNDOABLE, async ({ make, remove, run, cli, takeDone, statuses, folder }) => {
      await make("fail-last");
      await run();
      await takeDone();
      await make("hang-undo-c");
      const rollback = denoCommand(CLI, ["rollback", "j.json"], { cwd: folder });
      await killWhen(rollback, "undid c");
      await remove("hang-undo-c");
      assertEquals(await takeDone(), ["-d", "-c"]);
      const { "": status, "3.1": open, "3.2": closed } = await statuses();
      assertEquals([status, open, closed], ["interrupted", "unknown", "undone"]);
      const dryRun = await cli("resume", "--dry-run");
      assertEquals(dryRun.code, 3);
      assertMatch(dryRun.stdout, /3\.1 .* unknown .*--retry 3\.1, --done 3\.1/);
      const asked = await cli("resume");
      assertEquals([asked.code, asked.stderr.includes(" --retry 3.1\n")], [3, true], asked.stderr);
      await make("fail-undo-a");
      const failed = await cli("resume", "--done", "3.1");
      assertEquals(failed.code, 1);
      assertMatch(failed.stderr, /^error: Step 1 "add" .*: RangeError: no way back from a\n/);
      await remove("fail-undo-a");
      const end = await cli("resume");
      assertEquals(end.code, 0, end.stderr);
      assertEquals(await takeDone(), ["-a"]);
      assertEquals((await statuses())[""], "undone");
    }),
);

permittedTest('a step that fails in a resume has the rest undone with onFailure: "rollback"', ALL, () =>
  inFlowProgram(
    UNDOABLE,
    async ({ make, remove, program, cli, takeDone }) => {
      await make("hang-b");
      await killWhen(program(), "did b");
      await remove("hang-b");
      await make("fail-last");
      await takeDone();
      const end = await cli("resume", "--done", "2");
      assertEquals(end.code, 1);
      assertMatch(end.stderr, /^error: Step 4 "add" .*: RangeError: no last\n.*\bSteps 1, 3\.1, 3\.2: undone\b/);
      assertEquals(await takeDone(), ["+c", "+d", "-d", "-c", "-a"]);
    },
    ', onFailure: "rollback"',
  ));

permittedTest(
  "cancel says what is done and what is not, and rollback undoes it",
  ALL,
  () =>
    inFlowProgram(UNDOABLE, async ({ make, run, cli, takeDone, statuses }) => {
      await make("fail-last");
      await run();
      await takeDone();
      const end = await cli("cancel", "--why", "the customer has gone");
      assertEquals([end.code, end.stdout], [0, ""]);
      assertMatch(
        end.stderr,
        / Steps 1, 2, 3, 3\.1, 3\.2: done\. Step 4: failed\n.*\n {2}deno run -A \S+ rollback \S+\n$/,
      );
      assertEquals((await statuses())[""], "cancelled");
      for (const command of ["cancel", "resume"]) {
        assertEquals((await cli(command)).code, 2, command);
      }
      assertEquals((await cli("rollback")).code, 0);
      assertEquals(await takeDone(), ["-d", "-c", "-a"]);
    }),
);

permittedTest(
  "while a process runs a transaction nobody rolls it back",
  ALL,
  () =>
    inFlowProgram(`t.do(add, "a").with({ undo: remove });`, async ({ make, program, cli, folder }) => {
      await make("hang-a");
      await killWhen(program(), "did a", {
        meanwhile: async () => {
          const before = await Deno.readFile(`${folder}/j.json`);
          for (const words of [[], ["--dry-run"]]) {
            assertEquals((await cli("rollback", ...words)).code, 75, words.join());
          }
          assertEquals(await Deno.readFile(`${folder}/j.json`), before);
        },
      });
    }),
);

permittedTest("a process that is told to stop rolls nothing back", ALL, () =>
  inFolder({
    "program.ts": `
import { context, Transaction } from "@x/resumable-tx";
export async function wait(): Promise<void> {
  if (context().attempt > 1) return;
  const awake = setInterval(() => {}, 1000);
  const { signal } = context();
  const told = new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  console.log("waits");
  await told.finally(() => clearInterval(awake));
}
export function make(): void {}
export function unmake(): void { console.log("unmade"); }
if (import.meta.main) {
  await Transaction.run(import.meta, (t) => {
    t.do(make).with({ undo: unmake });
    t.do(wait);
  }, { journal: "j.json", onFailure: "rollback" });
}
`,
  }, async (folder) => {
    const cwd = folder;
    const end = await killWhen(denoCommand("program.ts", [], { cwd }), "waits", { signal: "SIGTERM" });
    assertEquals([end.code, end.stdout], [143, "waits\n"]);
    const resumed = await runCli(["resume", "j.json"], { cwd });
    assertEquals([resumed.code, resumed.stdout], [0, ""], resumed.stderr);
  }));
