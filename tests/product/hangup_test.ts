/** SIGHUP: somebody closes the terminal, or its connection breaks, while a transaction is at work. */
import { shellQuote } from "../../lib/text/escape.ts";
import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path/from-file-url";
import { toFileUrl } from "@std/path/to-file-url";
import { planOf, writeJournal } from "../cli/written_journal.ts";
import { Conversation } from "../support/terminal/conversation.ts";
import { inFolder, listJournals } from "../support/in_folder.ts";
import { inProgram, readEffects, signalTest, startProgram } from "../support/programs/signal_program.ts";
import { startLine, startOnTerminal, terminalTest } from "../support/terminal/pseudo_terminal.ts";
import { CLI, denoCommand, runCli } from "../support/run_deno.ts";

const ONE = `await Transaction.run(import.meta, (t) => {
  t.do(STEP, "one");
  t.do(leave, "two");
}, { journal: "j.json" });`;

signalTest(
  "SIGHUP aborts the running step's signal, and what happened is written",
  () =>
    inProgram(ONE.replace("STEP", "obey"), async (folder) => {
      await using process = startProgram(folder);
      await process.hear("one begins");
      process.send("SIGHUP");
      assertEquals((await process.end()).code, 129);
      assertEquals(readEffects(folder), ["one ends: AbortError"]);
      const { code, stderr } = await runCli(["resume", "j.json"], { cwd: folder });
      assertEquals(code, 0, stderr);
    }),
);

signalTest(
  "SIGHUP that comes from the system and from the shell is one",
  () =>
    inProgram(ONE.replace("STEP", "ignore"), async (folder) => {
      await using process = startProgram(folder);
      await process.hear("one begins");
      process.send("SIGHUP");
      await process.hear("one was told");
      process.send("SIGHUP");
      await Deno.remove(`${folder}/wait`);
      assertEquals((await process.end()).code, 129);
      assertEquals(readEffects(folder), ["one ends"]);
    }),
);

/** The last but one speaks before a signal can come through. */
const STEPS = `
import { context } from "@x/resumable-tx";
export async function hear() {
  for (const signal of ["SIGHUP", "SIGTERM"]) {
    const listener = () => {
      Deno.removeSignalListener(signal, listener);
      console.log("heard " + signal);
    };
    Deno.addSignalListener(signal, listener);
  }
  console.log("begins");
  while (Deno.readTextFileSync("wait") === "") await new Promise((resolve) => setTimeout(resolve, 2));
  Deno.writeTextFileSync("effects", "one");
}
async function say() {
  console.log("done");
  console.error("done");
  const bytes = new TextEncoder().encode("done");
  if (Deno.stderr.writeSync(bytes) + await Deno.stdout.write(bytes) !== 8) throw new Error("not all is written");
  Deno.writeTextFileSync("effects", "one");
}
async function beTold() {
  const awake = setInterval(() => {}, 60_000);
  const { signal } = context();
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
  clearInterval(awake);
}
export async function sayWhenTold() {
  console.log("begins");
  await beTold();
  await say();
}
export async function sayAtOnce() {
  console.log("begins");
  while (Deno.readTextFileSync("wait") === "");
  await say();
  await beTold();
}
export async function sayLater() {
  console.log("begins");
  while (Deno.readTextFileSync("wait") === "") await new Promise((resolve) => setTimeout(resolve, 2));
  await say();
}
export { say };
export function leave() {
  Deno.writeTextFileSync("effects", ",two", { append: true });
}
`;

function inJournal(called: string, test: (folder: string) => Promise<void>): Promise<void> {
  return inFolder({ "steps.js": STEPS, "wait": "" }, async (folder) => {
    const module = toFileUrl(`${folder}/steps.js`).href;
    await writeJournal(`${folder}/j.json`, [planOf(module, [{ export: called }, { export: "leave" }])]);
    await test(folder);
  });
}

for (const isInsisted of [false, true]) {
  signalTest(
    `SIGTERM after SIGHUP ${isInsisted ? "ends the process at once when it comes again" : "waits for the step"}`,
    () =>
      inJournal("hear", async (folder) => {
        await using process = new Conversation(denoCommand(CLI, ["resume", "j.json"], { cwd: folder }));
        await process.hear("begins");
        for (const signal of ["SIGHUP", "SIGTERM"] as const) {
          process.send(signal);
          await process.hear(`heard ${signal}`);
        }
        if (isInsisted) process.send("SIGTERM");
        else await Deno.writeTextFile(`${folder}/wait`, "no more");
        assertEquals([(await process.end()).code, readEffects(folder)], [143, isInsisted ? [] : ["one"]]);
      }),
  );
}

signalTest("SIGHUP does nothing to what nohup has started", () =>
  inJournal("hear", async (folder) => {
    const command = denoCommand(CLI, ["resume", "j.json"], { cwd: folder, wrapper: ["nohup"] });
    await using process = new Conversation(command);
    await process.hear("begins");
    process.send("SIGHUP");
    await process.hear("heard SIGHUP");
    await Deno.writeTextFile(`${folder}/wait`, "no more");
    assertEquals([(await process.end()).code, readEffects(folder)], [0, ["one,two"]]);
  }));

/** Waits until Deno itself listens for SIGHUP, which it does half a second after its start. */
const WAIT_FOR_DENO = `
const caught = () => /^SigCgt:.*[13579bdf]$/m.test(Deno.readTextFileSync("/proc/self/status"));
while (!caught()) await new Promise((resolve) => setTimeout(resolve, 2));
`;

signalTest(
  "SIGHUP does nothing to what nohup has started, also when the run begins late",
  () =>
    inProgram(WAIT_FOR_DENO + ONE.replace("STEP", "ignore"), async (folder) => {
      await using process = new Conversation(
        denoCommand(`${folder}/main.ts`, [], { cwd: folder, wrapper: ["nohup"] }),
      );
      await process.hear("one begins");
      process.send("SIGHUP");
      await Deno.remove(`${folder}/wait`);
      assertEquals([(await process.end()).code, readEffects(folder)], [0, ["one ends", "two"]]);
    }),
);

for (const called of ["sayWhenTold", "sayAtOnce"]) {
  terminalTest(
    `resume writes down what a step has done that speaks to a closed terminal: ${called}`,
    () =>
      inJournal(called, async (folder) => {
        await using process = startOnTerminal(["resume", "j.json"], { cwd: folder });
        await process.hear("begins");
        // With the process at its other end the terminal goes.
        process.send("SIGKILL");
        await process.end();
        await Deno.writeTextFile(`${folder}/wait`, "no more");
        // Whoever gets the lock comes behind the run.
        await new Deno.Command("flock", { args: [`${folder}/j.json`, "true"] }).output();
        assertEquals(readEffects(folder), ["one"]);
        const { code, stderr } = await runCli(["resume", "j.json"], { cwd: folder });
        assertEquals(code, 0, stderr);
        assertEquals(readEffects(folder), ["one,two"]);
      }),
  );
}

terminalTest(
  "a run that begins when the terminal is gone already fails no step either",
  () =>
    inJournal("sayLater", async (folder) => {
      const module = toFileUrl(`${folder}/steps.js`).href;
      await writeJournal(`${folder}/k.json`, [planOf(module, [{ export: "say" }, { export: "leave" }])]);
      const config = fromFileUrl(new URL("../../deno.json", import.meta.url));
      const words = ["run", "-A", "--no-check", "--quiet", "--config", config, CLI, "resume", "."];
      const command = ["flock", "lock", Deno.execPath(), ...words].map(shellQuote).join(" ");
      await using process = startLine(`trap '' HUP; exec ${command}`, { cwd: folder });
      await process.hear("begins");
      process.send("SIGKILL");
      await process.end();
      await Deno.writeTextFile(`${folder}/wait`, "no more");
      await new Deno.Command("flock", { args: [`${folder}/lock`, "true"] }).output();
      assertEquals([listJournals(folder), readEffects(folder)], [[], ["one,two"]]);
    }),
);

terminalTest("resume asks for no permission that it can do without", () =>
  inJournal("leave", async (folder) => {
    const read = `--allow-read=${folder},${fromFileUrl(new URL("../../", import.meta.url))}`;
    const flags = [read, `--allow-write=${folder}`, "--allow-sys"];
    await using process = startOnTerminal(["resume", "j.json"], { cwd: folder, flags });
    // A question would be answered, and be seen.
    await process.type("n\nn\n");
    const { code, stdout } = await process.end();
    assertEquals([code, stdout.includes("requests")], [0, false], stdout);
    assertEquals(readEffects(folder), [",two,two"]);
  }));
