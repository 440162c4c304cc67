/** Workers that share a folder, as real processes. */
import { assertEquals } from "@std/assert";
import { toFileUrl } from "@std/path/to-file-url";
import { asUser, giveAway, userTest } from "../../support/as_user.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { CLI, denoCommand, runDeno } from "../../support/run_deno.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { Watched } from "../../support/watched_process.ts";
import { planOf, writeJournal } from "../../cli/written_journal.ts";
import { enqueue, hold, note, readLines } from "./work_steps.ts";

const ALL = ["read", "write", "run", "env", "net", "sys"] as const;

function startWork(folder: string, options: readonly string[]): Watched {
  return new Watched(
    denoCommand(CLI, ["work", folder, "--json", "--processes=0", ...options], { stdin: "piped" }),
    "stderr",
  );
}

permittedTest("three workers of one folder run each transaction once", ALL, async () => {
  await using folder = await makeTempFolder();
  const [effects, journals] = [`${folder.path}/effects`, `${folder.path}/journals`];
  Deno.mkdirSync(journals);
  const names = Array.from({ length: 30 }, (_, index) => `t${index}`);
  for (const name of names) await enqueue(`${journals}/${name}.json`, (t) => t.do(note, effects, name));
  const works = [1, 2, 3].map(() => startWork(journals, ["--drain", "--concurrency=2"]));
  const ends = await Promise.all(works.map((work) => work.end()));
  assertEquals(ends.map(({ code }) => code), [0, 0, 0], ends.map(({ stderr }) => stderr).join(""));
  assertEquals(readLines(effects).toSorted(), names.toSorted());
});

permittedTest(
  "what a worker was running that was killed is taken by another one of the folder at once",
  ALL,
  async () => {
    await using folder = await makeTempFolder();
    const [effects, journals] = [`${folder.path}/effects`, `${folder.path}/journals`];
    Deno.mkdirSync(journals);
    const first = startWork(journals, []);
    await enqueue(`${journals}/a.json`, (t) => {
      t.do(note, effects, "before");
      t.do(hold, effects, "held").with({ interrupted: "retry" });
      t.do(note, effects, "after");
    });
    await first.written("held");
    const second = startWork(journals, []);
    Deno.kill(first.pid, "SIGKILL");
    await first.end();
    await second.written("held");
    Deno.kill(second.pid, "SIGTERM");
    assertEquals((await second.end()).code, 0);
    assertEquals(readLines(effects), ["before", "held", "held"]);
  },
);

userTest("a folder in which the worker's user can make no file is refused, and nothing is run", async () => {
  await using folder = await makeTempFolder();
  const module = toFileUrl(`${folder.path}/steps.ts`).href;
  Deno.writeTextFileSync(`${folder.path}/steps.ts`, "export function run(): void {}\n");
  const journals = `${folder.path}/journals`;
  Deno.mkdirSync(journals);
  await writeJournal(`${journals}/j.json`, [planOf(module, [{ export: "run" }])]);
  Deno.chmodSync(folder.path, 0o755);
  await giveAway(journals);
  Deno.chmodSync(journals, 0o500);
  const before = Deno.readFileSync(`${journals}/j.json`);
  const { code, stderr } = await runDeno(CLI, ["work", journals, "--drain"], await asUser(folder.path));
  assertEquals([code, Deno.readFileSync(`${journals}/j.json`)], [77, before], stderr);
  Deno.chmodSync(journals, 0o700);
});
