/** SIGINT and SIGTERM in programs of users: real processes, at every place where a signal may arrive. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { planOf, writeJournal } from "../cli/written_journal.ts";
import { Conversation } from "../support/terminal/conversation.ts";
import { inFolder, listJournals } from "../support/in_folder.ts";
import { inProgram, readEffects, signalTest, startProgram } from "../support/programs/signal_program.ts";
import { CLI, denoCommand, runCli } from "../support/run_deno.ts";

const WAITING = "SIGINT: waiting for the running step to finish. A second signal ends the process at once";
/** An observer that prints what it is told, as `resume` on the command line does. */
const PRINT = "notice: ({ message }) => console.error(message)";

const ONE = `await Transaction.run(import.meta, (t) => {
  t.do(STEP, "one");
  t.do(leave, "two");
}, { journal: "j.json" });`;

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  signalTest(
    `${signal} aborts the running step's signal, and what happened is written`,
    () =>
      inProgram(ONE.replace("STEP", "obey"), async (folder) => {
        await using process = startProgram(folder);
        await process.hear("one begins");
        process.send(signal);
        assertEquals((await process.end()).code, code);
        assertEquals(readEffects(folder), ["one ends: AbortError"]);
        const { code: resumed, stderr } = await runCli(["resume", "j.json"], { cwd: folder });
        assertEquals(resumed, 0, stderr);
        assertEquals(readEffects(folder), ["one ends: AbortError", "two"]);
      }),
  );
}

for (
  const [what, next, said] of [
    ["waits then", 't.waitFor("go");', /\bSIGTERM\b.*\bStep 2\b.*"go"/],
    ["fails because it was told", "", /\bSIGTERM\b.*\bStep 1 "refuse" .*: AbortError/],
  ] as const
) {
  signalTest(`a program says what to type when it is stopped and ${what}`, () =>
    inProgram(
      `await Transaction.run(import.meta, (t) => { t.do(${
        next === "" ? "refuse" : "obey"
      }, "one"); ${next} }, { journal: "j.json", observer: { ${PRINT} } });`,
      async (folder) => {
        await using process = startProgram(folder);
        await process.hear("one begins");
        process.send("SIGTERM");
        const { code, stderr } = await process.end();
        assertEquals(code, 143);
        assertMatch(stderr, said);
        assertStringIncludes(stderr, ` resume ${folder}/j.json`);
      },
    ));
}

signalTest(
  "SIGINT waits for a step that ignores its signal, and starts no other",
  () =>
    inProgram(ONE.replace("STEP", "ignore"), async (folder) => {
      await using process = startProgram(folder);
      await process.hear("one begins");
      process.send("SIGINT");
      await process.hear("one was told");
      await Deno.remove(`${folder}/wait`);
      assertEquals((await process.end()).code, 130);
      assertEquals(readEffects(folder), ["one ends"]);
      assertEquals((await runCli(["resume", "j.json"], { cwd: folder })).code, 0);
      assertEquals(readEffects(folder), ["one ends", "two"]);
    }),
);

signalTest(
  "a second SIGINT ends the process at once, and the step is unknown",
  () =>
    inProgram(ONE.replace("STEP", "ignore"), async (folder) => {
      await using process = startProgram(folder);
      await process.hear("one begins");
      process.send("SIGINT");
      await process.hear("one was told");
      process.send("SIGINT");
      assertEquals((await process.end()).code, 130);
      const paused = await runCli(["resume", "j.json"], { cwd: folder });
      assertEquals(paused.code, 3);
      assertStringIncludes(paused.stderr, "--retry 1\n");
      assertEquals((await runCli(["resume", "j.json", "--done", "1"], { cwd: folder })).code, 0);
      assertEquals(readEffects(folder), ["two"]);
    }),
);

signalTest("SIGINT while planning ends the process at once and leaves nothing", () =>
  inProgram(
    `await Transaction.run(import.meta, (t) => {
      t.do(leave, "one");
      console.log("planning");
      for (;;);
    }, { journal: "j.json" });`,
    async (folder) => {
      await using process = startProgram(folder);
      await process.hear("planning");
      process.send("SIGINT");
      assertEquals((await process.end()).code, 130);
      assertEquals([listJournals(folder), readEffects(folder)], [[], []]);
    },
  ));

signalTest("SIGINT while resume loads a module leaves the journal as it was", () =>
  inFolder({
    "steps.ts":
      `console.log("loading"); await new Promise(() => setInterval(() => {}, 1000)); export function one() {}`,
  }, async (folder) => {
    await writeJournal(`${folder}/j.json`, [planOf(new URL(`file://${folder}/steps.ts`).href, [{ export: "one" }])]);
    const before = await Deno.readFile(`${folder}/j.json`);
    await using process = new Conversation(denoCommand(CLI, ["resume", `${folder}/j.json`]));
    await process.hear("loading");
    process.send("SIGINT");
    assertEquals((await process.end()).code, 130);
    assertEquals(await Deno.readFile(`${folder}/j.json`), before);
  }));

signalTest(
  "SIGINT that a step raises and does not wait for is seen before the end, and nothing runs twice",
  () =>
    inProgram(
      `await Transaction.run(import.meta, (t) => {
      t.do(raise);
      t.do(obey, "second");
      t.do(leave, "third");
    }, { journal: "j.json" });`,
      async (folder) => {
        await using process = startProgram(folder);
        assertEquals((await process.end()).code, 130);
        const first = readEffects(folder);
        assertEquals(["raise", "raise,second ends: AbortError"].includes(first.join()), true, first.join());
        // The second step, if it is still to run, waits for a signal.
        const words = ["resume", "j.json", ...(first.length === 1 ? ["--skip", "2"] : [])];
        const { code, stderr } = await runCli(words, { cwd: folder });
        assertEquals(code, 0, stderr);
        assertEquals(readEffects(folder), [...first, "third"]);
      },
    ),
);

signalTest("SIGINT during the last step lets the transaction finish, and still ends the process", () =>
  inProgram(
    `await Transaction.run(import.meta, (t) => t.do(obey, "one"), { journal: "j.json" });
     console.log("goes on");
     setInterval(() => {}, 1000);`,
    async (folder) => {
      await using process = startProgram(folder);
      await process.hear("one begins");
      process.send("SIGINT");
      assertEquals((await process.end()).code, 130);
      assertEquals([listJournals(folder), readEffects(folder)], [[], ["one ends: AbortError"]]);
    },
  ));

signalTest("a program that listens for SIGINT itself survives, is told, and can go on", () =>
  inProgram(
    `Deno.addSignalListener("SIGINT", () => console.log("own listener"));
     try {
       await Transaction.run(import.meta, (t) => { t.do(obey, "one"); t.do(leave, "two"); }, { journal: "j.json" });
     } catch (error) {
       console.log(error.name, error.signal, error.journal.endsWith("/j.json"));
     }
     await Transaction.run(import.meta, (t) => t.do(leave, "another"));
     await Transaction.resume("j.json");
     Deno.exit(7);`,
    async (folder) => {
      await using process = startProgram(folder);
      await process.hear("one begins");
      process.send("SIGINT");
      const { code, stdout, stderr } = await process.end();
      assertEquals(code, 7, stderr);
      for (const line of ["own listener", "TransactionInterrupted SIGINT true"]) assertStringIncludes(stdout, line);
      assertEquals(readEffects(folder), ["one ends: AbortError", "another", "two"]);
      assertEquals(listJournals(folder), []);
    },
  ));

signalTest(
  "a program without an observer of notices prints nothing when it is stopped",
  () =>
    inProgram(ONE.replace("STEP", "obey"), async (folder) => {
      await using process = startProgram(folder);
      await process.hear("one begins");
      process.send("SIGINT");
      const { code, stdout, stderr } = await process.end();
      assertEquals([code, stdout, stderr], [130, "one begins\n", ""]);
    }),
);

signalTest("a signal after a transaction has ended does what it always did", () =>
  inProgram(
    `await Transaction.run(import.meta, (t) => t.do(fail), { journal: "j.json" }).catch(() => {});
     console.log("ended");
     setInterval(() => {}, 1000);`,
    async (folder) => {
      await using process = startProgram(folder);
      await process.hear("ended");
      process.send("SIGINT");
      assertEquals((await process.end()).code, 130);
    },
  ));

for (
  const [what, plan] of [
    ["a sleep", 't.do(leave, "one"); t.sleep(3_600_000);'],
    ["a pause between attempts", "t.do(fail).with({ retry: { delayMs: 3_600_000, maxDelayMs: 3_600_000 } });"],
  ] as const
) {
  signalTest(`SIGINT during ${what} speaks of no step at work`, () =>
    inProgram(
      `await Transaction.run(import.meta, (t) => { ${plan} }, {
        journal: "j.json",
        observer: { event: ({ type }) => { if (type === "waiting" || type === "retrying") console.log("pauses"); }, ${PRINT} },
      });`,
      async (folder) => {
        await using process = startProgram(folder);
        await process.hear("pauses");
        process.send("SIGINT");
        const { code, stderr } = await process.end();
        assertEquals([code, stderr.includes(WAITING)], [130, false], stderr);
        assertMatch(stderr, /\bSIGINT\n/);
      },
    ));
}

signalTest("SIGINT tells once that a step is waited for, also with several runs", () =>
  inProgram(
    `const observer = { ${PRINT} };
    await Promise.allSettled([
      Transaction.run(import.meta, (t) => t.sleep(3_600_000), { journal: "a.json", observer }),
      Transaction.run(import.meta, (t) => t.do(obey, "b"), { journal: "b.json", observer }),
      Transaction.run(import.meta, (t) => t.do(obey, "c"), { journal: "c.json", observer }),
    ]);`,
    async (folder) => {
      await using process = startProgram(folder);
      await process.hear(" begins");
      await process.hear(" begins");
      process.send("SIGINT");
      const { code, stderr } = await process.end();
      assertEquals([code, stderr.split(WAITING).length], [130, 2], stderr);
    },
  ));
