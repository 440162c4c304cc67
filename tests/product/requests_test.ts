/** `signal`, `stop` and `cancel` reach a transaction that another process runs: real processes, and their exit codes. */
import { assertEquals, assertMatch } from "@std/assert";
import { toFileUrl } from "@std/path/to-file-url";
import { inFolder } from "../support/in_folder.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { asUser, giveAway, userTest } from "../support/as_user.ts";
import { CLI, denoCommand, runCli } from "../support/run_deno.ts";
import { Watched } from "../support/watched_process.ts";

const PROCESSES = ["read", "write", "run", "env", "sys"] as const;

/** Steps that end when a line is written to their process, or when they are told to end. */
const PROGRAM = `import { context, Transaction } from "@x/resumable-tx";
export async function readLine(name) {
  console.log("reads " + name);
  await Deno.stdin.read(new Uint8Array(100));
}
export async function untilTold() {
  const told = Promise.withResolvers();
  const alive = setInterval(() => {}, 1000);
  context().signal.addEventListener("abort", told.resolve);
  console.log("waits");
  await told.promise;
  clearInterval(alive);
}
export function say(what) {
  console.log("says " + what);
}
if (import.meta.main) {
  await Transaction.run(import.meta, (t) => {
    t.parallel((p) => {
      if (Deno.args[0] === "told") p.do(untilTold);
      else p.do(readLine, "a");
      p.sequence((s) => s.do(say, s.waitFor("go")));
    });
    t.do(say, "the end");
  }, { journal: "j.json", keep: true });
}
`;

function startProgram(folder: string, ...args: readonly string[]): Watched {
  return new Watched(denoCommand(toFileUrl(`${folder}/p.js`).href, args, { cwd: folder, stdin: "piped" }));
}

function startCli(folder: string, ...words: readonly string[]): Watched {
  return new Watched(denoCommand(CLI, words, { cwd: folder, stdin: "piped" }), "stderr");
}

permittedTest(
  "a running transaction takes its signal at once, and stops before its next step",
  PROCESSES,
  () =>
    inFolder({ "p.js": PROGRAM }, async (folder) => {
      const program = startProgram(folder);
      await program.written("reads a");
      const signal = await runCli(["signal", "j.json", "go", '"hi"', "--json", "--by", "ana"], { cwd: folder });
      assertEquals([signal.code, JSON.parse(signal.stdout).outcome], [0, "applied"], signal.stderr);
      assertMatch(signal.stderr, /^recorded: .*\napplied: /);
      await program.written("says hi");
      const stop = startCli(folder, "stop", "j.json", "--json", "--why", "restart");
      await stop.written("recorded");
      await program.writeLine();
      const stopped = await stop.end();
      assertEquals(stopped.code, 0, stopped.stderr);
      assertEquals(JSON.parse(stopped.stdout).outcome, "applied");
      const { code, stderr } = await program.end();
      assertEquals(
        [code, /TransactionPaused: Stopped before step 2 "say", as requested/.test(stderr)],
        [1, true],
        stderr,
      );
      const idle = await runCli(["stop", "j.json", "--json"], { cwd: folder });
      assertEquals([idle.code, JSON.parse(idle.stdout).outcome], [0, "idle"]);
      const resumed = await runCli(["resume", "j.json", "--quiet"], { cwd: folder });
      assertEquals([resumed.code, resumed.stdout], [0, "says the end\n"], resumed.stderr);
      const late = await runCli(["signal", "j.json", "go"], { cwd: folder });
      assertEquals(late.code, 2);
      assertEquals(Array.from(Deno.readDirSync(folder), ({ name }) => name).toSorted(), ["j.json", "p.js"]);
    }),
);

permittedTest(
  "a cancelled transaction tells its steps to end; a resume that is stopped has exit code 3",
  PROCESSES,
  () =>
    inFolder({ "p.js": PROGRAM }, async (folder) => {
      const program = startProgram(folder, "told");
      await program.written("waits");
      const unknown = await runCli(["signal", "j.json", "og", "--json"], { cwd: folder });
      assertEquals([unknown.code, JSON.parse(unknown.stdout)], [0, {
        ...{
          journal: `${folder}/j.json`,
          request: "signal",
          signal: "og",
          outcome: "applied",
          awaited: ["go"],
          ahead: 0,
        },
      }]);
      assertMatch(unknown.stderr, /warning: .*"og".*"go"/);
      const cancelled = await runCli(["cancel", "j.json", "--json", "--why", "not wanted"], { cwd: folder });
      assertEquals([cancelled.code, JSON.parse(cancelled.stdout).outcome], [0, "applied"], cancelled.stderr);
      const { code, stderr } = await program.end();
      assertEquals([code, /TransactionCancelled: .*not wanted/.test(stderr)], [1, true], stderr);
      assertEquals((await runCli(["stop", "j.json"], { cwd: folder })).code, 2);
      await Deno.remove(`${folder}/j.json`);
      const again = startProgram(folder);
      await again.written("reads a");
      // Its next owner is a resume.
      await again.writeLine();
      await again.end();
      await runCli(["rewind", "j.json", "1.1", "--yes"], { cwd: folder });
      const resume = new Watched(denoCommand(CLI, ["resume", "j.json", "--quiet"], { cwd: folder, stdin: "piped" }));
      await resume.written("reads a");
      await runCli(["signal", "j.json", "go", '"x"'], { cwd: folder });
      const stop = startCli(folder, "stop", "j.json");
      await stop.written("recorded");
      await resume.writeLine();
      const [stopped, ended] = [await stop.end(), await resume.end()];
      assertEquals([stopped.code, ended.code], [0, 3], ended.stderr);
    }),
);

userTest(
  "root signals a transaction that another user runs, who can read the request",
  () =>
    inFolder({ "p.js": PROGRAM }, async (folder) => {
      await Deno.chmod(folder, 0o777);
      await giveAway(`${folder}/p.js`);
      const options = await asUser(folder);
      const program = new Watched(
        denoCommand(toFileUrl(`${folder}/p.js`).href, [], { ...options, stdin: "piped" }),
      );
      await program.written("reads a");
      const signal = await runCli(["signal", "j.json", "go", '"hi"', "--json"], { cwd: folder });
      assertEquals([signal.code, JSON.parse(signal.stdout).outcome], [0, "applied"], signal.stderr);
      await program.written("says hi");
      await program.writeLine();
      const { code, stderr } = await program.end();
      assertEquals(code, 0, stderr);
    }),
);
