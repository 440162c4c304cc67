/** A step that does not stop when it is told to, seen from outside. Takes the five seconds of grace that a step has. */
import { assertEquals } from "@std/assert";
import { inFolder } from "../support/in_folder.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { runCli, runDeno } from "../support/run_deno.ts";

/** Its first step does not end before the run has, and before another process has been refused. */
const PROGRAM = `
import { Transaction, TransactionPaused } from "@x/resumable-tx";
let goOn = () => {};
export async function deaf(): Promise<string> {
  await new Promise<void>((resolve) => goOn = resolve);
  return "late";
}
export function next(text: string): void {
  console.log(text);
}
if (import.meta.main) {
  try {
    await Transaction.run(import.meta, (t) => {
      const text = t.do(deaf).with({ timeoutMs: 1 });
      t.do(next, text);
    }, { journal: "j.json" });
  } catch (error) {
    if (!(error instanceof TransactionPaused)) throw error;
    console.log("paused", error.step, error.waitsFor);
  }
  const config = Deno.args[0] ?? "";
  const args = ["run", "-A", "--no-check", "--quiet", "--config", config, Deno.args[1] ?? "", "resume", "j.json"];
  console.log("another", (await new Deno.Command(Deno.execPath(), { args, stderr: "null" }).output()).code);
  goOn();
}
`;

permittedTest(
  "a step that does not stop keeps its journal, and its late end is recorded",
  ["read", "write", "run"],
  () =>
    inFolder({ "program.ts": PROGRAM }, async (folder) => {
      const places = [new URL("../../deno.json", import.meta.url).pathname, import.meta.resolve("../../cli.ts")];
      const end = await runDeno("program.ts", places, { cwd: folder });
      assertEquals(end.code, 0, end.stderr);
      assertEquals(end.stdout, "paused 1 decision\nanother 75\n");
      const { stdout } = await runCli(["inspect", "j.json", "--json"], { cwd: folder });
      const { status, steps } = JSON.parse(stdout);
      assertEquals([status, steps[0].status, steps[0].value, steps[1].status], [
        "interrupted",
        "finished",
        "late",
        "pending",
      ]);
      const step = JSON.parse((await runCli(["inspect", "j.json", "--step", "1", "--json"], { cwd: folder })).stdout);
      assertEquals(step.attempts.map(Object.keys), [["kind", "attempt", "startedAt", "ms", "end", "overdue"]]);
      assertEquals([step.attempts[0].end, step.attempts[0].overdue], ["finished", { limitMs: 1 }]);
      assertEquals((await runCli(["resume", "j.json"], { cwd: folder })).stdout, "late\n");
    }),
);
