/** What `resume` does when a module is not what it was when the plan was made. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { toFileUrl } from "@std/path/to-file-url";
import { createHash } from "node:crypto";
import { CliProcess } from "../../support/cli_process.ts";
import { linkCache } from "../../support/copy_cache.ts";
import { inFolder } from "../../support/in_folder.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { runCli, runDeno } from "../../support/run_deno.ts";
import { unchanged } from "../written_journal.ts";

const ALL = ["read", "write", "run", "net", "import", "sys"] as const;
const BROKEN = 'console.log("loaded");\nexport function work() {\n  throw new Error("broken");\n}\n';
const MENDED = 'console.log("loaded anew");\nexport function work() {\n  console.log("worked");\n}\n';

function program(steps: string): string {
  return `
import { Transaction, steps } from "@x/resumable-tx";
if (import.meta.main) {
  await Transaction.run(import.meta, (t) => t.do(steps(${steps}).work), { journal: "j.json" });
}
`;
}

/** What the journal says about modules that have changed since. */
async function changesIn(folder: string): Promise<unknown> {
  const text = await Deno.readTextFile(`${folder}/j.json`);
  const records: { events: { type: string; modules?: unknown }[] }[] = JSON.parse(text);
  return records.flatMap(({ events }) => events).find(({ type }) => type === "resumed")?.modules;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

permittedTest("resume runs a local module that has changed, says so, and writes it down", ALL, () => {
  const files = { "steps.js": BROKEN, "main.ts": program('import.meta.resolve("./steps.js")') };
  return inFolder(files, async (folder) => {
    assertEquals((await runDeno("main.ts", [], { cwd: folder })).code, 1);
    await Deno.writeTextFile(`${folder}/steps.js`, MENDED);
    const url = toFileUrl(`${folder}/steps.js`).href;
    const end = await runCli(["resume", "j.json", "--keep"], { cwd: folder });
    assertEquals([end.code, end.stdout], [0, "loaded anew\nworked\n"]);
    assertEquals(end.stderr.split("\n")[0], `changed since the plan was made: ${url}`);
    assertEquals(await changesIn(folder), [{ module: 0, sha256: sha256(MENDED) }]);
  });
});

/** Plans with a remote module that fails, and then changes. */
async function withChangedRemote(test: (folder: string, url: string) => Promise<void>): Promise<void> {
  let source = BROKEN;
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () => new Response(source, { headers: { "content-type": "text/javascript" } }),
  );
  const url = `http://127.0.0.1:${server.addr.port}/steps.js`;
  await inFolder({ "main.ts": program(JSON.stringify(url)) }, async (folder) => {
    await linkCache(`${folder}/first`);
    const planned = await runDeno("main.ts", [], { cwd: folder, env: { DENO_DIR: `${folder}/first` } });
    assertEquals([planned.code, planned.stdout], [1, "loaded\n"], planned.stderr);
    source = MENDED;
    await test(folder, url);
  });
}

permittedTest(
  "resume refuses a remote module that has changed before it is loaded, unless told to accept it",
  ALL,
  () =>
    withChangedRemote(async (folder, url) => {
      // Another machine: nothing of the module is in its cache.
      await linkCache(`${folder}/second`);
      const options = { cwd: folder, env: { DENO_DIR: `${folder}/second` } };
      await using cli = new CliProcess(options);
      for (const words of [[], ["--trust"]]) {
        const refused = await unchanged(`${folder}/j.json`, () => cli.run(["resume", "j.json", ...words]));
        assertEquals([refused.code, refused.stdout], [77, ""]);
        assertMatch(refused.stderr, new RegExp(`^error: .*"${RegExp.escape(url)}": .* --accept-changes`));
      }
      const look = ["resume", "j.json", "--dry-run"];
      const looked = await unchanged(`${folder}/j.json`, () => cli.run(look));
      assertEquals(looked.code, 77);
      assertStringIncludes(looked.stdout, ` "${url}": `);
      const accepted = await unchanged(`${folder}/j.json`, () => cli.run([...look, "--accept-changes"]));
      assertEquals(accepted.code, 0);
      const end = await runCli(["resume", "j.json", "--accept-changes", "--keep"], options);
      assertEquals([end.code, end.stdout, end.stderr.includes(url)], [0, "loaded anew\nworked\n", true], end.stderr);
      assertEquals(await changesIn(folder), [{ module: 0, sha256: sha256(MENDED) }]);
    }),
);

permittedTest(
  "resume runs nothing of a remote module that Deno's --reload has changed under it",
  ALL,
  () =>
    withChangedRemote(async (folder, url) => {
      const options = {
        cwd: folder,
        env: { DENO_DIR: `${folder}/first` },
        flags: ["-A", `--reload=${new URL(url).origin}`],
      };
      const refused = await unchanged(`${folder}/j.json`, () => runCli(["resume", "j.json"], options));
      // What is in the cache is as it should be, but Deno fetches the module when it is asked where it is.
      assertEquals([refused.code, refused.stdout], [77, ""]);
      assertStringIncludes(refused.stderr, "--accept-changes");
      const accepted = await runCli(["resume", "j.json", "--accept-changes", "--keep"], options);
      assertEquals([accepted.code, accepted.stdout], [0, "loaded anew\nworked\n"], accepted.stderr);
      assertEquals(await changesIn(folder), [{ module: 0, sha256: sha256(MENDED) }]);
    }),
);
