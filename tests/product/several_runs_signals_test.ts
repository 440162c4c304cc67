/** SIGINT and SIGTERM where several transactions are run by one process. */
import { assertEquals } from "@std/assert";
import { inFolder } from "../support/in_folder.ts";
import { inProgram, readEffects, signalTest, startProgram, STEPS } from "../support/programs/signal_program.ts";
import { runCli } from "../support/run_deno.ts";

const TWO = `const run = (name, step) => Transaction.run(import.meta, (t) => {
  t.do(step, name);
  t.do(leave, name + " second");
}, { journal: name + ".json" });
await Promise.all([run("a", obey), run("b", ignore)]);`;

signalTest(
  "two transactions of one process both write what happened before SIGTERM ends it",
  () =>
    inProgram(TWO, async (folder) => {
      await using process = startProgram(folder);
      await process.hear("begins");
      await process.hear("begins");
      process.send("SIGTERM");
      await process.hear("b was told");
      await Deno.remove(`${folder}/wait`);
      assertEquals((await process.end()).code, 143);
      assertEquals(readEffects(folder), ["a ends: AbortError", "b ends"]);
      for (const name of ["a", "b"]) {
        const { code, stderr } = await runCli(["resume", `${name}.json`], { cwd: folder });
        assertEquals(code, 0, stderr);
      }
      assertEquals(readEffects(folder).slice(2), ["a second", "b second"]);
    }),
);

signalTest(
  "a second SIGINT ends a process with two transactions at once",
  () =>
    inProgram(TWO.replace("obey", "ignore"), async (folder) => {
      await using process = startProgram(folder);
      await process.hear("begins");
      await process.hear("begins");
      process.send("SIGINT");
      await process.hear("was told");
      await process.hear("was told");
      process.send("SIGINT");
      assertEquals((await process.end()).code, 130);
      for (const name of ["a", "b"]) assertEquals((await runCli(["resume", `${name}.json`], { cwd: folder })).code, 3);
      assertEquals(readEffects(folder), []);
    }),
);

signalTest(
  "no transaction that begins while another is being stopped starts a step, and the signal is not lost",
  () =>
    inProgram(
      `const run = (name, step) => Transaction.run(import.meta, (t) => t.do(step, name), {
       journal: name + ".json",
       observer: { event: ({ type }) => type === "ready" && console.log(name, "is open") },
     });
     const first = run("b", ignore);
     while (!exists("late")) await new Promise((resolve) => setTimeout(resolve, 2));
     await Promise.all([first, run("late", leave)]);`,
      async (folder) => {
        await using process = startProgram(folder);
        await process.hear("begins");
        process.send("SIGINT");
        await process.hear("was told");
        await Deno.writeTextFile(`${folder}/late`, "");
        await process.hear("late is open");
        await Deno.remove(`${folder}/wait`);
        assertEquals((await process.end()).code, 130);
        assertEquals(readEffects(folder), ["b ends"]);
        assertEquals((await runCli(["resume", "late.json"], { cwd: folder })).code, 0);
        assertEquals(readEffects(folder), ["b ends", "late"]);
      },
    ),
);

signalTest("a transaction within a step of another does not wait for that one", () =>
  inFolder({
    "steps.ts": STEPS,
    "main.ts": `
import { Transaction } from "@x/resumable-tx";
import { leave, obey } from "./steps.ts";
export async function nest(): Promise<void> {
  await Transaction.run(import.meta, (t) => {
    t.do(obey, "inner");
    t.do(leave, "inner second");
  }, { journal: "inner.json" });
}
if (import.meta.main) {
  await Transaction.run(import.meta, (t) => t.do(nest), { journal: "outer.json" });
}
`,
  }, async (folder) => {
    await using process = startProgram(folder);
    await process.hear("inner begins");
    process.send("SIGINT");
    assertEquals((await process.end()).code, 130);
    const { aborted } = JSON.parse((await runCli(["inspect", "outer.json", "--json"], { cwd: folder })).stdout);
    assertEquals([aborted.step, aborted.error.name], ["1", "TransactionInterrupted"]);
    assertEquals((await runCli(["resume", "inner.json"], { cwd: folder })).code, 0);
    assertEquals(readEffects(folder), ["inner ends: AbortError", "inner second"]);
  }));

/** Goes on while its step, which is past its limit, is still at work. */
const OVERDUE = `const heard = () => {
  Deno.removeSignalListener("SIGINT", heard);
  console.log("heard");
};
try {
  await Transaction.run(import.meta, (t) => {
    t.do(ignore, "a").with({ timeoutMs: 1 });
    t.do(leave, "second");
  }, { journal: "a.json" });
} catch (error) {
  Deno.addSignalListener("SIGINT", heard);
  console.log("caught", error.name);
}`;

signalTest(
  "SIGINT while a step past its limit is still at work waits for its end",
  () =>
    inProgram(OVERDUE, async (folder) => {
      await using process = startProgram(folder);
      await process.hear("caught TransactionPaused");
      process.send("SIGINT");
      await process.hear("heard");
      await Deno.remove(`${folder}/wait`);
      assertEquals((await process.end()).code, 130);
      assertEquals(readEffects(folder), ["a ends"]);
      const { code, stderr } = await runCli(["resume", "a.json"], { cwd: folder });
      assertEquals(code, 0, stderr);
    }),
);

signalTest(
  "a second SIGINT while a step past its limit is still at work ends the process at once",
  () =>
    inProgram(OVERDUE, async (folder) => {
      await using process = startProgram(folder);
      await process.hear("caught TransactionPaused");
      process.send("SIGINT");
      await process.hear("heard");
      process.send("SIGINT");
      assertEquals((await process.end()).code, 130);
      assertEquals(readEffects(folder), []);
      assertEquals((await runCli(["resume", "a.json"], { cwd: folder })).code, 3);
    }),
);
