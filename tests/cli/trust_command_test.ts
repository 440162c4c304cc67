/** Whose journals `resume` runs, in real processes. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { toFileUrl } from "@std/path/to-file-url";
import type { Event } from "../../lib/journal/event.ts";
import { copyCache } from "../support/copy_cache.ts";
import { inFolder } from "../support/in_folder.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { CLI, type ProcessEnd, runCli, runDeno } from "../support/run_deno.ts";
import { planOf, unchanged, writeJournal } from "./written_journal.ts";

const ALL = ["read", "write", "run", "sys"] as const;
const STEPS = 'export function say() {\n  console.log("said");\n}\n';
const SAID = { code: 0, stdout: "said\n", stderr: "finished: 1 of 1 step\n" };
const NOBODY = 65534;

function inFolderWithJournal(test: (folder: string, journal: string) => Promise<void>): Promise<void> {
  return inFolder({ "steps.js": STEPS }, async (folder) => {
    await writeJournal(`${folder}/j.json`, [planOf(toFileUrl(`${folder}/steps.js`).href, [{ export: "say" }])]);
    await test(folder, `${folder}/j.json`);
  });
}

function assertRefused(end: ProcessEnd, reason: string): void {
  assertEquals([end.code, end.stdout], [77, ""]);
  assertStringIncludes(end.stderr, reason);
  assertStringIncludes(end.stderr, "--trust");
}

permittedTest(
  "resume runs a journal that others may write when it is told --trust, and not before",
  ALL,
  () =>
    inFolderWithJournal(async (_folder, journal) => {
      if (Deno.build.os === "windows") return;
      await Deno.chmod(journal, 0o666);
      assertRefused(await unchanged(journal, () => runCli(["resume", journal])), "others may write it (mode 0666)");
      assertEquals(await runCli(["resume", journal, "--trust"]), SAID);
    }),
);

permittedTest(
  "resume --dry-run shows what a journal would run that it does not trust",
  ALL,
  () =>
    inFolderWithJournal(async (_folder, journal) => {
      if (Deno.build.os !== "windows") await Deno.chmod(journal, 0o666);
      const { code, stdout } = await unchanged(journal, () => runCli(["resume", journal, "--dry-run"]));
      assertEquals(code, 0);
      assertStringIncludes(stdout, "1  say()  pending  will run");
    }),
);

/** Runs the command line as a user who is not root: this one, or one that root lends. */
async function runAsUser(
  folder: string,
  words: readonly string[],
  flags: readonly string[],
  module: string = CLI,
): Promise<ProcessEnd> {
  if (Deno.uid() !== 0) return await runDeno(module, words, { cwd: folder, flags });
  const wrapper = ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
  const env = { DENO_DIR: `${folder}/cache`, HOME: folder };
  return await runDeno(module, words, { cwd: folder, flags, wrapper, env });
}

/** Makes a folder all of that user's, with the packages that root has in its cache. */
async function giveAway(folder: string): Promise<void> {
  if (Deno.uid() !== 0) return;
  await copyCache(`${folder}/cache`);
  const { success } = await new Deno.Command("chown", { args: ["-R", `${NOBODY}`, folder] }).output();
  assertEquals(success, true);
}

async function whyNoUser(): Promise<string | undefined> {
  if (Deno.build.os === "windows") return "needs POSIX users";
  if (ALL.some((name) => Deno.permissions.querySync({ name }).state !== "granted")) return undefined;
  if (Deno.uid() !== 0) return undefined;
  const script = `${Deno.execPath()} --version && test -r ${
    JSON.stringify(new URL("../../cli.ts", import.meta.url).pathname)
  }`;
  try {
    const args = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", "sh", "-c", script];
    const { success } = await new Deno.Command("setpriv", { args, env: { HOME: "/" } }).output();
    return success ? undefined : "another user may not read this folder";
  } catch {
    return "needs setpriv";
  }
}

const reason = await whyNoUser();

/** A test that needs a user who is not root. */
function userTest(name: string, body: () => Promise<void>): void {
  if (reason === undefined) permittedTest(name, ALL, body);
  else Deno.test.ignore(`${name} [ignored: ${reason}]`, body);
}

userTest(
  "resume says which permission it lacks to know whose journal it is, and runs one of its own with it",
  () =>
    inFolderWithJournal(async (folder, journal) => {
      await giveAway(folder);
      const least = [`--allow-read=${folder}`, `--allow-write=${folder}`];
      const asked = await unchanged(journal, () => runAsUser(folder, ["resume", "j.json"], least));
      assertRefused(asked, "Deno may not ask who this user is. Add --allow-sys=uid");
      assertEquals(await runAsUser(folder, ["resume", "j.json", "--keep"], [...least, "--allow-sys=uid"]), SAID);
      await Deno.remove(journal);
      await writeJournal(journal, [planOf(toFileUrl(`${folder}/steps.js`).href, [{ export: "say" }])]);
      if (Deno.uid() !== 0) return;
      // Root's file in that user's folder: root could have written it, and that is trusted; that user may not write it.
      const roots = await runAsUser(folder, ["resume", "j.json"], ["-A"]);
      assertEquals([roots.code, roots.stdout], [77, ""]);
      assertStringIncludes(roots.stderr, "the operating system lets this user not write it");
    }),
);

const PROGRAM = `
import { Transaction } from "@x/resumable-tx";
import { say } from "./steps.js";
if (import.meta.main) {
  await Transaction.run(import.meta, (t) => t.do(say), { journal: "j.json", ifExists: "resume" });
}
`;

userTest(
  "a program goes on with a journal of which it cannot tell whose it is, unless that brings a probe",
  () =>
    inFolder({ "steps.js": STEPS, "main.ts": PROGRAM, "probe.js": 'console.log("imported");' }, async (folder) => {
      const [opened, planned, ready] = planOf(toFileUrl(`${folder}/steps.js`).href, [{ export: "say" }]);
      if (opened?.type !== "opened" || planned?.type !== "planned" || ready === undefined) {
        throw new TypeError("no plan");
      }
      const modules = [...opened.modules, { url: toFileUrl(`${folder}/probe.js`).href }];
      const first = { ...opened, home: toFileUrl(`${folder}/main.ts`).href, modules };
      const interrupted = { module: 1, export: "default" };
      const probed = { ...planned, nodes: planned.nodes.map((node) => ({ ...node, options: { interrupted } })) };
      const started: Event = { type: "started", step: "1", attempt: 1, run: 1 };
      await writeJournal(`${folder}/j.json`, [[first, probed, ready], [started]]);
      await giveAway(folder);
      const flags = [`--allow-read=${folder}`, `--allow-write=${folder}`];
      const main = `${folder}/main.ts`;
      const refused = await unchanged(`${folder}/j.json`, () => runAsUser(folder, [], flags, main));
      assertEquals([refused.code, refused.stdout], [1, ""]);
      assertStringIncludes(refused.stderr, "JournalUntrusted");
      await Deno.remove(`${folder}/j.json`);
      await writeJournal(`${folder}/j.json`, [[first, planned, ready]]);
      if (Deno.uid() === 0) await Deno.chown(`${folder}/j.json`, NOBODY, NOBODY);
      assertEquals(await runAsUser(folder, [], flags, main), { code: 0, stdout: "said\n", stderr: "" });
    }),
);
