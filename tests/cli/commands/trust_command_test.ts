/** Whose journals `resume` runs, in real processes. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { toFileUrl } from "@std/path/to-file-url";
import { openSqliteStore } from "../../../lib/storage/sqlite/open_sqlite_store.ts";
import type { Event } from "../../../lib/journal/event.ts";
import { giveAway, runAsUser, userTest } from "../../support/as_user.ts";
import { CliProcess } from "../../support/cli_process.ts";
import { inFolder } from "../../support/in_folder.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { type ProcessEnd, runCli, runDeno } from "../../support/run_deno.ts";
import { planOf, unchanged, writeJournal } from "../written_journal.ts";

const ALL = ["read", "write", "run", "sys"] as const;
const STEPS = 'export function say() {\n  console.log("said");\n}\n';

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
      assertRefused(await unchanged(journal, () => runCli(["resume", journal])), "(mode 0666)");
      assertEquals((await runCli(["resume", journal, "--trust"])).stdout, "said\n");
    }),
);

permittedTest(
  "resume trusts an SQLite database that others may write only when it is told --trust",
  ALL,
  () =>
    inFolderWithJournal(async (folder) => {
      if (Deno.build.os === "windows") return;
      const journal = `sqlite:${folder}/tx.db#say`;
      {
        await using store = await openSqliteStore(`${folder}/tx.db`);
        const plan = planOf(toFileUrl(`${folder}/steps.js`).href, [{ export: "say" }]);
        await (await store.create(journal, plan)).close();
      }
      await Deno.chmod(`${folder}/tx.db`, 0o666);
      assertEquals((await runCli(["resume", journal, "--dry-run"])).code, 77);
      assertRefused(await runCli(["resume", journal]), "(mode 0666)");
      assertEquals((await runCli(["resume", journal, "--trust"])).stdout, "said\n");
    }),
);

permittedTest(
  "resume --dry-run shows what a journal would run that it does not trust",
  ALL,
  () =>
    inFolderWithJournal(async (_folder, journal) => {
      if (Deno.build.os !== "windows") await Deno.chmod(journal, 0o666);
      const { code, stdout } = await unchanged(journal, () => runCli(["resume", journal, "--dry-run"]));
      assertEquals(code, Deno.build.os === "windows" ? 0 : 77);
      assertStringIncludes(stdout, "  1  say()  ");
    }),
);

/** What somebody does to a journal or its folder, what a run says to that, and whether --trust helps. */
const REFUSED: readonly (readonly [string, (folder: string) => Promise<void>, string, boolean])[] = [
  ["j.json", (folder) => Deno.chmod(`${folder}/j.json`, 0o666), "(mode 0666)", true],
  ["j.json", (folder) => Deno.chmod(folder, 0o777), "(mode 0777)", true],
  ["j.json", (folder) => Deno.link(`${folder}/j.json`, `${folder}/other`), " 2 names ", false],
  ["link.json", (folder) => Deno.symlink("j.json", `${folder}/link.json`), '/j.json" itself', false],
];

permittedTest(
  "resume --dry-run and rollback --dry-run refuse what a run refuses for what its file is",
  ALL,
  async () => {
    if (Deno.build.os === "windows") return;
    for (const [name, change, reason, isTrusted] of REFUSED) {
      await inFolder({ "steps.js": `${STEPS}export function unsay() {}\n` }, async (folder) => {
        const undo = { options: { undo: { module: 0, export: "unsay" } } };
        const plan = planOf(toFileUrl(`${folder}/steps.js`).href, [{ export: "say", ...undo }, { export: "say" }]);
        await writeJournal(`${folder}/j.json`, [plan, [{ type: "started", step: "1", attempt: 1, run: 1 }], [
          { type: "finished", step: "1", attempt: 1, ms: 1 },
        ]]);
        await change(folder);
        await using cli = new CliProcess({ cwd: folder });
        for (const command of ["resume", "rollback"]) {
          const real = await unchanged(`${folder}/j.json`, () => cli.run([command, name]));
          assertEquals(real.code, 77);
          assertStringIncludes(real.stderr, reason);
          const look = (...words: string[]) =>
            unchanged(`${folder}/j.json`, () => cli.run([command, name, "--dry-run", ...words]));
          const { code, stdout } = await look();
          assertEquals(code, 77);
          const [why = ""] = real.stderr.split("\n");
          assertStringIncludes(stdout, why.replace(/^error/, ""));
          assertStringIncludes(JSON.parse((await look("--json")).stdout).refusal, reason);
          assertEquals((await look("--trust")).code, isTrusted ? 0 : 77);
        }
        if (name !== "j.json") return;
        const { code, stderr } = await cli.run(["resume", ".", "--dry-run"]);
        assertEquals([code, /^0 of 1 .*\n {2}j\.json {2}.*\n$/.test(stderr)], [77, true], stderr);
      });
    }
  },
);

userTest(
  "resume says which permission it lacks to know whose journal it is, and runs one of its own with it",
  () =>
    inFolderWithJournal(async (folder, journal) => {
      await giveAway(folder);
      const least = [`--allow-read=${folder}`, `--allow-write=${folder}`];
      const asked = await unchanged(journal, () => runAsUser(folder, ["resume", "j.json"], least));
      const why = "whether it belongs to this user is unknown: Deno may not ask who this user is. Add --allow-sys=uid";
      assertRefused(asked, why);
      const own = await runAsUser(folder, ["resume", "j.json", "--keep"], [...least, "--allow-sys=uid"]);
      assertEquals([own.code, own.stdout], [0, "said\n"], own.stderr);
      await Deno.remove(journal);
      await writeJournal(journal, [planOf(toFileUrl(`${folder}/steps.js`).href, [{ export: "say" }])]);
      if (Deno.uid() !== 0) return;
      // Root's file in that user's folder: root could have written it, and that is trusted; that user may not write it.
      const roots = await runAsUser(folder, ["resume", "j.json"], ["-A"]);
      assertEquals([roots.code, roots.stdout, roots.stderr.includes("--trust")], [77, "", false], roots.stderr);
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
  "a program without --allow-sys=uid uses no journal of another user, and its own if it can find that out",
  () =>
    inFolder({ "steps.js": STEPS, "main.ts": PROGRAM }, async (folder) => {
      const [opened, ...rest] = planOf(toFileUrl(`${folder}/steps.js`).href, [{ export: "say" }]);
      if (opened?.type !== "opened" || Deno.uid() !== 0) return;
      const first = { ...opened, home: toFileUrl(`${folder}/main.ts`).href };
      const main = `${folder}/main.ts`;
      const journal = `${folder}/j.json`;
      const write = async (isUsers: boolean) => {
        await writeJournal(journal, [[first, ...rest], [{ type: "started", step: "1", attempt: 1, run: 1 }], [
          // Whoever wrote this wants the step not to run.
          { type: "finished", step: "1", attempt: 1, ms: 1 },
        ]]);
        if (isUsers) await giveAway(journal);
      };
      const wide = [`--allow-read=${folder}`, `--allow-write=${folder}`];
      const narrow = [`--allow-read=${folder}`, `--allow-write=${journal}`];
      const asRoot = (flags: readonly string[]) => runDeno(main, [], { cwd: folder, flags });
      const asNobody = (flags: readonly string[]) => runAsUser(folder, [], flags, main);
      const refuses = async (run: () => Promise<ProcessEnd>, reason: string) => {
        const { code, stdout, stderr } = await unchanged(journal, run);
        assertEquals([code, stdout], [1, ""]);
        assertStringIncludes(stderr, "JournalUntrusted");
        assertStringIncludes(stderr, reason);
        assertEquals(
          Array.from(Deno.readDirSync(folder), ({ name }) => name).toSorted(),
          ["j.json", "main.ts", "steps.js"],
        );
      };
      const unknown = "Add --allow-sys=uid";
      await write(true);
      await Deno.chmod(folder, 0o1777);
      await refuses(() => asRoot(wide), "it belongs to user 65534, not to this user (0)");
      await refuses(() => asRoot(narrow), unknown);
      await refuses(() => asNobody(narrow), unknown);
      const done = { code: 0, stdout: "", stderr: "" };
      assertEquals(await asNobody(wide), done);
      await write(false);
      assertEquals(await asRoot(narrow), done);
      await write(true);
      await giveAway(folder);
      await Deno.chmod(folder, 0o755);
      await refuses(() => asRoot(wide), "it belongs to user 65534, not to this user (0)");
      await Deno.chown(journal, 0, 0);
      await refuses(() => asRoot(wide), "belongs to user 65534, who may replace it");
      await giveAway(journal);
      assertEquals(await asNobody(narrow), done);
    }),
);

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
      await giveAway(`${folder}/j.json`);
      assertEquals(await runAsUser(folder, [], flags, main), { code: 0, stdout: "said\n", stderr: "" });
    }),
);
