/** `work --schedules` with real processes. */
import { assert, assertEquals } from "@std/assert";
import { openStore } from "@x/resumable-tx/sqlite";
import { permittedTest } from "../../support/permitted_test.ts";
import { denoCommand, runCli } from "../../support/run_deno.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { Watched } from "../../support/watched_process.ts";

const NEEDED = ["read", "write", "run", "env", "net", "sys"] as const;
const CLI = import.meta.resolve("../../../cli.ts");
const LIBRARY = import.meta.resolve("../../../lib/work/schedules/mod.ts");

/** Fires each second, and says so. */
const source = (word: string, name: string) =>
  `import { schedules } from "${LIBRARY}";
export function say(at: string): void { console.log("${word} " + at); }
export default schedules({ ${name}: { cron: "* * * * * *", overlap: "queue", run: (t, { at }) => t.do(say, at.toISOString()) } });
`;

async function checkWorker(scope: string, folder: string): Promise<void> {
  const module = `${folder}/module.ts`;
  await Deno.writeTextFile(module, "export default 7;\n");
  const words = ["work", scope, `--modules=${folder}`, "--schedules", module, "--json"];
  const command = denoCommand(CLI, words, { cwd: folder, stdin: "piped" });
  const worker = new Watched(command, "stderr");
  try {
    await worker.written('"schedules failed"');
    await Deno.writeTextFile(module, source("first", "one"));
    await worker.written('"kind":"ended"');
    await Deno.writeTextFile(module, source("second", "other"));
    await worker.written('"schedule":"other","due"');
  } finally {
    worker.signal("SIGTERM");
  }
  const { code, stdout, stderr } = await worker.end();
  assertEquals(code, 0, stderr);
  const said = stdout.split("\n").filter((line) => /^(?:first|second) /.test(line));
  assert(said.length > 0);
  assertEquals(new Set(said).size, said.length, "each time runs once");
  const list = JSON.parse((await runCli(["schedule", "list", scope, "--json"], { cwd: folder })).stdout);
  assertEquals(list.map((line: Record<string, unknown>) => line["name"]), ["one", "other"]);
}

permittedTest(
  "work fires schedules in a folder, and loads their module again when it has changed",
  NEEDED,
  async () => {
    await using folder = await makeTempFolder();
    await Deno.mkdir(`${folder.path}/runs`);
    await checkWorker(`${folder.path}/runs`, folder.path);
  },
);

permittedTest("work fires schedules in SQLite, and loads their module again when it has changed", NEEDED, async () => {
  await using folder = await makeTempFolder();
  const scope = `sqlite:${folder.path}/tx.db`;
  await using _store = await openStore(scope);
  await checkWorker(scope, folder.path);
});
