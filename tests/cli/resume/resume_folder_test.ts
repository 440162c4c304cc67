/** `resume FOLDER` sums up also where it ends too early: by Ctrl-C, or by a step that ends the process. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { toFileUrl } from "@std/path/to-file-url";
import { Conversation } from "../../support/terminal/conversation.ts";
import { inFolder } from "../../support/in_folder.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { CLI, denoCommand, runCli } from "../../support/run_deno.ts";
import { planOf, writeJournal } from "../written_journal.ts";

const ALL = ["read", "write", "run"] as const;
const STEPS = `
export function say() { console.log("said"); }
export function leave() { Deno.exit(0); }
export async function endWhenTold() {
  const told = new Promise((resolve) => Deno.addSignalListener("SIGINT", resolve));
  console.log("at work");
  await told;
}
export async function failWhenTold() {
  await new Promise((resolve) => {
    const listener = () => {
      Deno.removeSignalListener("SIGINT", listener);
      resolve();
    };
    Deno.addSignalListener("SIGINT", listener);
    console.log("at work");
  });
  throw new Error("stopped half-way");
}
export async function goOn() {
  const listener = () => {
    Deno.removeSignalListener("SIGINT", listener);
    console.log("heard");
  };
  Deno.addSignalListener("SIGINT", listener);
  console.log("at work");
  setInterval(() => {}, 60_000);
  await new Promise(() => {});
}
`;
const GO_ON = /\n {2}deno run -A jsr:@x\/resumable-tx@[^ ]+\/cli resume \. --now\n/;

/** A folder with three journals: the middle one calls the given function, the others say something. */
function withThree(called: string, test: (folder: string) => Promise<void>): Promise<void> {
  return inFolder({ "steps.js": STEPS }, async (folder) => {
    const module = toFileUrl(`${folder}/steps.js`).href;
    for (const [name, exported] of [["a", "say"], ["b", called], ["c", "say"]]) {
      await writeJournal(`${folder}/${name}.json`, [planOf(module, [{ export: exported ?? "" }, { export: "say" }])]);
    }
    await test(folder);
  });
}

function resumeFolder(folder: string): Conversation {
  return new Conversation(denoCommand(CLI, ["resume", ".", "--now"], { cwd: folder }));
}

permittedTest(
  "resume of a folder sums up when it is stopped, and says what was not tried",
  ALL,
  () =>
    withThree("endWhenTold", async (folder) => {
      await using process = resumeFolder(folder);
      await process.hear("at work");
      process.send("SIGINT");
      const { code, stdout, stderr } = await process.end();
      assertEquals([code, stdout], [130, "said\nsaid\nat work\n"]);
      assertStringIncludes(stderr, "SIGINT");
      const told = "1 of 3 journals finished\n  a.json  finished\n  b.json  was stopped\n  c.json  was not tried\n";
      assertEquals(stderr.slice(stderr.indexOf("1 of 3")).startsWith(told), true, stderr);
      assertEquals([GO_ON.test(stderr), stderr.split("1 of 3").length], [true, 2], stderr);
      const rest = await runCli(["resume", ".", "--now"], { cwd: folder });
      assertEquals([rest.code, rest.stdout], [0, "said\nsaid\nsaid\n"], rest.stderr);
    }),
);

permittedTest(
  "resume of a folder that is stopped says of a step that it has failed, and ends by the signal",
  ALL,
  () =>
    withThree("failWhenTold", async (folder) => {
      await using process = resumeFolder(folder);
      await process.hear("at work");
      process.send("SIGINT");
      const { code, stderr } = await process.end();
      assertEquals(code, 130, stderr);
      assertStringIncludes(stderr, "\n  a.json  finished\n  b.json  failed\n  c.json  was not tried\n");
      assertEquals([GO_ON.test(stderr), stderr.split("1 of 3").length], [true, 2], stderr);
    }),
);

permittedTest(
  "resume of a folder sums up when it is stopped at once by a second signal",
  ALL,
  () =>
    withThree("goOn", async (folder) => {
      await using process = resumeFolder(folder);
      await process.hear("at work");
      process.send("SIGINT");
      await process.hear("heard");
      process.send("SIGINT");
      const { code, stderr } = await process.end();
      assertEquals(code, 130);
      assertStringIncludes(stderr, "  b.json  was running: inspect it\n  c.json  was not tried\n");
      assertEquals([GO_ON.test(stderr), stderr.split("1 of 3").length], [true, 2], stderr);
    }),
);

permittedTest(
  "resume of a folder sums up when a step ends the process",
  ALL,
  () =>
    withThree("leave", async (folder) => {
      const { code, stderr } = await runCli(["resume", ".", "--now"], { cwd: folder });
      assertEquals(code, 3);
      assertStringIncludes(stderr, "error: A step, or the module of a step, has ended the process.");
      assertStringIncludes(stderr, "  a.json  finished\n  b.json  was running: inspect it\n  c.json  was not tried\n");
      assertEquals([GO_ON.test(stderr), stderr.split("1 of 3").length], [true, 2], stderr);
    }),
);

permittedTest(
  "resume --dry-run of a folder has a heading for each journal, and as JSON is a list",
  ALL,
  () =>
    withThree("leave", async (folder) => {
      const { code, stdout, stderr } = await runCli(["resume", ".", "--dry-run"], { cwd: folder });
      const lines = stdout.split("\n");
      const heads = lines.filter((line) => line.startsWith("Journal"));
      assertEquals([code, heads], [0, ["Journal  a.json", "Journal  b.json", "Journal  c.json"]]);
      assertEquals(stderr.startsWith("3 of 3 "), true, stderr);
      await Deno.writeTextFile(`${folder}/d.json`, (await Deno.readTextFile(`${folder}/a.json`)).replace("say", "sag"));
      const json = await runCli(["resume", ".", "--dry-run", "--json"], { cwd: folder });
      const list: readonly { readonly [key: string]: unknown }[] = JSON.parse(json.stdout);
      assertEquals([json.code, list.map(({ journal }) => journal)], [
        65,
        ["a", "b", "c", "d"].map((name) => `${folder}/${name}.json`),
      ]);
      assertEquals(list.map(({ finishes, error }) => [finishes, typeof error]), [
        [true, "undefined"],
        [true, "undefined"],
        [true, "undefined"],
        [undefined, "string"],
      ]);
      assertStringIncludes(json.stderr, "d.json: ");
    }),
);

permittedTest(
  "resume --dry-run --json writes what would happen, also with --load, and changes nothing",
  ALL,
  () =>
    withThree("leave", async (folder) => {
      const bytes = await Deno.readTextFile(`${folder}/b.json`);
      for (const more of [[], ["--load"]]) {
        const { code, stdout, stderr } = await runCli(["resume", "b.json", "--dry-run", "--json", ...more], {
          cwd: folder,
        });
        const { steps, loaded, finishes, modules, needs, moved } = JSON.parse(stdout);
        assertEquals([code, stderr, finishes, loaded], [0, "", true, more.length === 0 ? undefined : 2]);
        assertEquals(steps[0], {
          id: "1",
          depth: 0,
          kind: "step",
          call: "leave()",
          status: "pending",
          module: toFileUrl(`${folder}/steps.js`).href,
          what: "will run",
        });
        assertEquals([modules.length, needs, moved], [1, { flags: [], unset: [] }, []]);
      }
      assertEquals(await Deno.readTextFile(`${folder}/b.json`), bytes);
      const empty = await runCli(["resume", "empty", "--dry-run", "--json"], { cwd: folder });
      assertEquals(empty.code, 66);
      await Deno.mkdir(`${folder}/empty`);
      const nothing = await runCli(["resume", "empty", "--dry-run", "--json"], { cwd: folder });
      assertEquals([nothing.code, nothing.stdout], [0, "[]\n"]);
    }),
);
