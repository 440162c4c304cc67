/** A rollback that is due when the process ends: a step has failed for good, and another one is still running. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { killWhen } from "../support/kill_when.ts";
import { CliProcess } from "../support/cli_process.ts";
import { inFolder } from "../support/in_folder.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { type FlowProgram, inFlowProgram } from "../support/programs/flow_program.ts";
import { denoCommand, runDeno } from "../support/run_deno.ts";

const ALL = ["read", "write", "run"] as const;

const PLAN = `t.do(add, "a").with({ undo: remove });
     t.parallel((p) => ["b", "c"].map((text) =>
       p.do(add, text).with({ undo: remove, name: text })));
     t.do(add, "d").with({ undo: remove });`;

/** Says on standard output that the failure is in the journal. */
const OPTIONS = `, onFailure: "rollback", observer: {
    event: ({ type }) => { if (type === "failed") console.log("recorded a failure"); },
  }`;

function inDueRollback(test: (setting: FlowProgram) => Promise<void>): Promise<void> {
  return inFlowProgram(PLAN, async (setting) => {
    const { make, remove, program, takeDone } = setting;
    await make("fail-b");
    await make("hang-c");
    await killWhen(program(), "recorded a failure");
    await remove("fail-b");
    await remove("hang-c");
    assertEquals(await takeDone(), ["+a", "+c"]);
    await test(setting);
  }, OPTIONS);
}

permittedTest(
  "resume undoes what has happened if a step had failed for good when the process was killed",
  ALL,
  () =>
    inDueRollback(async ({ cli, takeDone, statuses, folder }) => {
      const { next } = JSON.parse((await cli("inspect", "--json")).stdout);
      const typed = next.map(({ command }: { command: string }) => command.replace(/^.*\/cli (\w+) \S+/, "$1"));
      assertEquals(typed, ["resume", "resume --retry 2.1", "resume --skip 2.1"]);
      const before = await Deno.readFile(`${folder}/j.json`);
      const { undo } = JSON.parse((await cli("resume", "--dry-run", "--json")).stdout);
      assertEquals(undo.map(({ id }: { id: string }) => id), ["2.2", "1"]);
      assertEquals(await Deno.readFile(`${folder}/j.json`), before);
      // It is not known whether step c happened, so whether it is to be undone.
      const asked = await cli("resume");
      assertEquals([asked.code, await takeDone()], [3, []]);
      assertEquals((await cli("retry", "b")).code, 2, "the rollback has begun");
      const end = await cli("resume", "--done", "c", "--result", '"c"');
      assertEquals([end.code, await takeDone()], [0, ["-c", "-a"]]);
      assertEquals(await statuses(), { "": "undone", "1": "undone", "2.1": "failed", "2.2": "undone", "3": "pending" });
    }),
);

permittedTest(
  "a rollback that is due does not begin if the step that failed is run again instead",
  ALL,
  () =>
    inDueRollback(async ({ cli, takeDone }) => {
      const end = await cli("resume", "--retry", "b", "--done", "c", "--result", '"c"');
      assertEquals([end.code, await takeDone()], [0, ["+b", "+d"]]);
    }),
);

permittedTest(
  "a decision about the step that failed can be undone, and the rollback is due again",
  ALL,
  () =>
    inDueRollback(async ({ cli, takeDone }) => {
      assertEquals((await cli("skip", "b")).code, 0);
      assertEquals(JSON.parse((await cli("inspect", "--json")).stdout).next[0].when.startsWith("Undo"), false);
      assertEquals((await cli("undecide", "b")).code, 0);
      assertEquals((await cli("resume")).code, 3);
      assertEquals((await cli("resume", "--skip", "c")).code, 0);
      assertEquals(await takeDone(), ["-a"]);
    }),
);

/** A step fails for good beside one that is allowed to finish, because the process is signalled, or that does not stop. */
const PROGRAM = `
import { context, plan, Transaction } from "@x/resumable-tx";
const isFixed = () => { try { Deno.statSync("fixed"); return true; } catch { return false; } };
export async function last(kind: string): Promise<string> {
  const { signal } = context();
  const id = setInterval(() => {}, 1000);
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => kind !== "deaf" && resolve()));
  clearInterval(id);
  return kind;
}
export function fail(): void {
  if (!isFixed()) throw new RangeError("no");
  console.log("did not fail");
}
export function add(text: string): string {
  return text;
}
export function undo(_value: unknown, text: string): void {
  console.log("-" + text);
}
export function more() {
  return plan((t) => {
    t.do(add, "inner").with({ undo });
    t.do(fail);
  });
}
if (import.meta.main) {
  const [kind = ""] = Deno.args;
  const observer = { event: ({ type, ...event }) => {
    if (type === "failed" && event.rollback === true) console.log("recorded a failure");
  } };
  await Transaction.run(import.meta, (t) => {
    t.do(add, "first").with({ undo });
    t.parallel((p) => {
      if (kind === "plan") p.do(more);
      else p.do(fail).with({ retry: { maxAttempts: kind === "retry" ? 2 : 1, delayMs: 0 } });
      p.do(last, kind).with({ undo, ...(kind === "deaf" ? { timeoutMs: 1 } : {}) });
    });
    t.do(add, "third").with({ undo });
  }, { journal: "j.json", onFailure: "rollback", ifExists: "resume", observer });
}
`;

for (
  const [kind, cause, undone] of [
    ["plain", "2.1", ["-plain", "-first"]],
    ["retry", "2.1", ["-retry", "-first"]],
    ["plan", "2.1.2", ["-plan", "-inner", "-first"]],
    ["deaf", "2.1", []],
  ] as const
) {
  permittedTest(
    `what a step that failed for good has decided outlives the run beside another step: ${kind}`,
    ALL,
    () =>
      inFolder({ "program.ts": PROGRAM }, async (folder) => {
        const command = () => denoCommand(`${folder}/program.ts`, [kind], { cwd: folder });
        const end = kind === "deaf"
          ? await runDeno(`${folder}/program.ts`, [kind], { cwd: folder })
          : await killWhen(command(), "recorded a failure", { signal: "SIGINT" });
        if (kind === "deaf") assertStringIncludes(end.stderr, "TransactionPaused");
        else assertEquals(end.code, 130);
        await Deno.writeTextFile(`${folder}/fixed`, "");
        await using process = new CliProcess({ cwd: folder });
        const { next } = JSON.parse((await process.run(["inspect", "j.json", "--json"])).stdout);
        assertEquals(next[0].when.includes(` step ${cause} `), true, next[0].when);
        const resumed = await runDeno(`${folder}/program.ts`, [kind], { cwd: folder });
        assertEquals(resumed.stdout.trim().split("\n").filter((line) => line !== ""), [...undone], resumed.stderr);
        const name = kind === "deaf" ? "TransactionPaused" : "TransactionUndone: ";
        assertStringIncludes(resumed.stderr, name);
      }),
  );
}
