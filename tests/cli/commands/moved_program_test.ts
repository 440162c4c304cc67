import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { toFileUrl } from "@std/path/to-file-url";
import type { Event } from "../../../lib/journal/event.ts";
import { inFolder } from "../../support/in_folder.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { runCli, runDeno } from "../../support/run_deno.ts";
import { planOf, unchanged, writeJournal } from "../written_journal.ts";

/** Plans steps of modules beside and below it; none of its own. */
const PROGRAM = `
import { Transaction } from "@x/resumable-tx";
import { say } from "./lib/say.ts";
import { failUnless } from "./lib/deep/fail.ts";
if (import.meta.main) {
  await Transaction.run(import.meta, (t) => {
    const text = t.do(say, "one");
    t.do(failUnless, "mended-1");
    t.do(failUnless, "mended-2");
    t.do(say, text);
  }, { journal: "j.json" });
}
`;
const SAY =
  'import { mark } from "./mark.ts";\nexport function say(text: string): string { console.log(mark + text); return text; }\n';
const MARK = 'export const mark = "> ";\n';
const FAIL = `
export function failUnless(file: string): void {
  try {
    Deno.statSync(file);
  } catch {
    throw new Error("lacks " + file);
  }
}
`;

async function writeProgram(folder: string): Promise<void> {
  await Deno.mkdir(`${folder}/lib/deep`, { recursive: true });
  await Deno.writeTextFile(`${folder}/program.ts`, PROGRAM);
  await Deno.writeTextFile(`${folder}/lib/say.ts`, SAY);
  await Deno.writeTextFile(`${folder}/lib/mark.ts`, MARK);
  await Deno.writeTextFile(`${folder}/lib/deep/fail.ts`, FAIL);
}

permittedTest("resume works from another folder", ["read", "write", "run"], () =>
  inFolder({}, async (folder) => {
    await writeProgram(folder);
    assertEquals((await runDeno(`${folder}/program.ts`, [], { cwd: folder })).code, 1);
    await Deno.rename(`${folder}/lib`, `${folder}/moved`);
    const lost = await runCli(["resume", `${folder}/j.json`]);
    assertEquals([lost.code, lost.stderr.includes(` resume ${folder}/j.json MODULE`)], [77, true], lost.stderr);
    await Deno.rename(`${folder}/moved`, `${folder}/lib`);
    await Deno.mkdir(`${folder}/elsewhere`);
    for (const name of ["mended-1", "mended-2"]) await Deno.writeTextFile(`${folder}/elsewhere/${name}`, "");
    const end = await runCli(["resume", "../j.json"], { cwd: `${folder}/elsewhere` });
    assertEquals([end.code, end.stdout], [0, "> one\n"], end.stderr);
  }));

permittedTest(
  "resume finds a moved program with MODULE, and from then on without",
  ["read", "write", "run"],
  () =>
    inFolder({}, async (folder) => {
      await Deno.mkdir(`${folder}/before`);
      await writeProgram(`${folder}/before`);
      assertEquals((await runDeno(`${folder}/before/program.ts`, [], { cwd: folder })).code, 1);
      await Deno.mkdir(`${folder}/after/deeper`, { recursive: true });
      await Deno.rename(`${folder}/before`, `${folder}/after/deeper/app`);
      const lost = await runCli(["resume", "j.json"], { cwd: folder });
      assertEquals(lost.code, 77);
      assertStringIncludes(lost.stderr, "/before/lib/");
      await Deno.writeTextFile(`${folder}/mended-1`, "");
      const moved = await runCli(["resume", "j.json", "after/deeper/app/program.ts"], { cwd: folder });
      assertEquals([moved.code, moved.stdout], [1, ""]);
      assertStringIncludes(moved.stderr, "Error: lacks mended-2");
      await Deno.rename(`${folder}/after/deeper/app`, `${folder}/last`);
      await Deno.writeTextFile(`${folder}/mended-2`, "");
      const again = await runCli(["resume", "j.json", "last/program.ts", "--dry-run"], { cwd: folder });
      assertMatch(again.stdout, /\/after\/deeper\/app\/lib\/say\.ts .* file:.*\/last\/lib\/say\.ts$/m);
      await Deno.rename(`${folder}/last`, `${folder}/after/deeper/app`);
      const end = await runCli(["resume", "j.json"], { cwd: folder });
      assertEquals([end.code, end.stdout], [0, "> one\n"], end.stderr);
    }),
);

permittedTest(
  "resume works on a copied journal whose modules are behind http",
  ["read", "write", "run", "net"],
  () =>
    inFolder({}, async (folder) => {
      const files: Readonly<Record<string, string>> = {
        "/program.ts": PROGRAM,
        "/lib/say.ts": SAY,
        "/lib/mark.ts": MARK,
        "/lib/deep/fail.ts": FAIL,
      };
      const headers = { "content-type": "text/typescript" };
      const serve = (request: Request) => new Response(files[new URL(request.url).pathname] ?? null, { headers });
      await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, serve);
      const base = `http://127.0.0.1:${server.addr.port}`;
      await Deno.mkdir(`${folder}/here`);
      await Deno.mkdir(`${folder}/there`);
      const first = await runDeno(`${base}/program.ts`, [], { cwd: `${folder}/here` });
      assertEquals([first.code, first.stdout], [1, "> one\n"], first.stderr);
      await Deno.copyFile(`${folder}/here/j.json`, `${folder}/there/j.json`);
      for (const name of ["mended-1", "mended-2"]) await Deno.writeTextFile(`${folder}/there/${name}`, "");
      const options = { cwd: `${folder}/there`, flags: ["--allow-read", "--allow-write"] };
      const refused = await runCli(["resume", "j.json", "--trust"], options);
      assertEquals(refused.code, 77);
      assertStringIncludes(refused.stderr, `--allow-import=127.0.0.1:${server.addr.port}`);
      const flags = [...options.flags, `--allow-import=127.0.0.1:${server.addr.port}`];
      const end = await runCli(["resume", "j.json", "--trust"], { ...options, flags });
      assertEquals([end.code, end.stdout], [0, "> one\n"], end.stderr);
    }),
);

const OTHERS = {
  "plain.txt": "hello",
  "other.js": "export const other = () => {};\nconsole.log('imported');\n",
  "moved.js": "export const say = () => {};\n",
  "steps.js": "throw new Error('imported');\n",
};

/** A transaction whose one step is done, and which waits for a signal: nothing of any module is needed to go on. */
function waitingIn(home: string, steps: string): Event[][] {
  const [opened, planned] = planOf(steps, [{ export: "say" }]);
  if (opened?.type !== "opened" || planned?.type !== "planned") throw new TypeError("no plan");
  const modules = home === steps ? opened.modules : [...opened.modules, { url: home }];
  const wait = { id: "2", kind: "wait", signal: "go" } as const;
  return [
    [{ ...opened, home, modules }, { ...planned, nodes: [...planned.nodes, wait] }, { type: "ready", nodes: 2 }],
    [{ type: "started", step: "1", attempt: 1, run: 1 }],
    [{ type: "finished", step: "1", attempt: 1, ms: 1 }],
  ];
}

permittedTest(
  "resume writes no MODULE down that has not the steps of the program",
  ["read", "write", "run"],
  () =>
    inFolder(OTHERS, async (folder) => {
      const journal = `${folder}/j.json`;
      const gone = toFileUrl(`${folder}/gone.js`).href;
      await writeJournal(journal, waitingIn(gone, gone));
      for (const [module, message] of [["plain.txt", "plain.txt"], ["other.js", ' only "other"']] as const) {
        const { code, stderr } = await unchanged(journal, () => runCli(["resume", "j.json", module], { cwd: folder }));
        assertEquals(code, 77);
        assertStringIncludes(stderr, message);
        const look = ["resume", "j.json", module, "--dry-run", "--load"];
        const tried = await unchanged(journal, () => runCli(look, { cwd: folder }));
        assertEquals(tried.code, 77);
        assertStringIncludes(tried.stderr, message);
      }
      assertEquals((await runCli(["resume", "j.json", "moved.js"], { cwd: folder })).code, 3);
      assertStringIncludes(await Deno.readTextFile(journal), toFileUrl(`${folder}/moved.js`).href);
    }),
);

permittedTest(
  "resume imports no MODULE that has no steps, and writes it down if it is code",
  ["read", "write", "run"],
  () =>
    inFolder(OTHERS, async (folder) => {
      const journal = `${folder}/j.json`;
      const [gone, steps] = ["gone.ts", "steps.js"].map((name) => toFileUrl(`${folder}/${name}`).href);
      await writeJournal(journal, waitingIn(gone ?? "", steps ?? ""));
      const { code, stderr } = await unchanged(
        journal,
        () => runCli(["resume", "j.json", "plain.txt"], { cwd: folder }),
      );
      assertEquals([code, stderr.includes("/plain.txt")], [77, true], stderr);
      const moved = await runCli(["resume", "j.json", "other.js"], { cwd: folder });
      assertEquals([moved.code, moved.stdout], [3, ""]);
      assertStringIncludes(await Deno.readTextFile(journal), toFileUrl(`${folder}/other.js`).href);
    }),
);
