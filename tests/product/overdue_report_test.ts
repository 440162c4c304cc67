/** What is said of a step that did not stop when it was told to, once its process has gone. Takes the time of grace. */
import { assertEquals } from "@std/assert";
import { runMainIn } from "../cli/fake_io.ts";
import { inFolder } from "../support/in_folder.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { runCli, runDeno } from "../support/run_deno.ts";

const ALL = ["read", "write", "run", "sys"] as const;

/** Its deaf step keeps the process alive for long, and says so when it ends. */
const PROGRAM = `
import { Transaction } from "@x/resumable-tx";
export function gate(): void {
  Deno.statSync("open");
}
export async function deaf(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 40_000));
  console.log("ended late");
}
export function quick(): void {}
if (import.meta.main) {
  await Transaction.run(import.meta, (t) => {
    PLAN
  }, { journal: "j.json" });
}
`;

interface Asked {
  readonly folder: string;
  /** What the command that ran into the limit ended with. */
  readonly code: number;
}

/** Runs up to a failure, then a command that runs into the limit. */
function overdue(plan: string, command: string, test: (asked: Asked) => Promise<void>): Promise<void> {
  return inFolder({ "program.ts": PROGRAM.replace("PLAN", plan) }, async (folder) => {
    await runDeno("program.ts", [], { cwd: folder });
    if (command === "resume") await Deno.writeTextFile(`${folder}/open`, "");
    const { code, stdout, stderr } = await runCli([command, "j.json"], { cwd: folder });
    assertEquals(stdout, "", stderr);
    await test({ folder, code });
  });
}

permittedTest("an overdue step ends the command, and its run waits for a decision", ALL, () =>
  overdue(
    `t.do(gate);
     t.parallel((p) => p.do(deaf).with({ timeoutMs: 1 }));`,
    "resume",
    async ({ folder, code }) => {
      assertEquals(code, 3);
      const { status, waits, steps } = JSON.parse(
        (await runMainIn(folder, ["inspect", "j.json", "--json"])).out,
      );
      assertEquals([status, waits], ["waiting", [{ step: "2.1", for: "decision" }]]);
      assertEquals([steps[2].status, steps[2].isOverdue], ["unknown", true]);
      const { attempts } = JSON.parse((await runMainIn(folder, ["inspect", "j.json", "--step", "2.1", "--json"])).out);
      assertEquals([attempts[0].end, attempts[0].overdue], ["interrupted", { limitMs: 1 }]);
      const [listed] = JSON.parse((await runMainIn(folder, ["list", "--json"])).out);
      assertEquals([listed.status, listed.step.id, listed.step.status], ["waiting", "2.1", "unknown"]);
      // Before and after it has been written that somebody went on.
      for (let time = 1; time <= 2; time += 1) {
        const asked = await runMainIn(folder, ["resume", "j.json"]);
        assertEquals([asked.code, asked.error.split("\n")[0]?.includes(" 1 ms. ")], [3, true], asked.error);
      }
      assertEquals((await runCli(["resume", "j.json", "--done", "2.1"], { cwd: folder })).code, 0);
    },
  ));

permittedTest("an overdue undo ends the command, and its run waits for a decision", ALL, () =>
  overdue(
    `t.do(quick).with({ undo: deaf, timeoutMs: 1 });
     t.do(gate);`,
    "rollback",
    async ({ folder, code }) => {
      assertEquals(code, 3);
      const { status, waits, steps } = JSON.parse((await runMainIn(folder, ["inspect", "j.json", "--json"])).out);
      assertEquals([status, waits], ["waiting", [{ step: "1", for: "decision" }]]);
      assertEquals([steps[0].isOverdue, steps[0].undo.isUnderWay], [true, true]);
      const asked = await runMainIn(folder, ["resume", "j.json"]);
      assertEquals([asked.code, asked.error.split("\n")[0]?.includes(" 1 ms. ")], [3, true], asked.error);
    },
  ));
