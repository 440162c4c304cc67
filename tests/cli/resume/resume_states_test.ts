/** What `resume` does with a journal in each of its states, row by row of the table that the design has. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { toFileUrl } from "@std/path/to-file-url";
import type { Event } from "../../../lib/journal/event.ts";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import { Transaction } from "../../../lib/transaction.ts";
import { CliProcess } from "../../support/cli_process.ts";
import { inFolder as inFolderWith } from "../../support/in_folder.ts";
import { killWhen } from "../../support/kill_when.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { CLI, denoCommand, type ProcessEnd, runCli } from "../../support/run_deno.ts";
import { runMain } from "../fake_io.ts";
import { planOf, unchanged, writeJournal } from "../written_journal.ts";

const STEPS = `
import { context } from "@x/resumable-tx";
export function say(text: string): string {
  console.log(text);
  return text;
}
export function fail(): void {
  throw new RangeError("no \\u001b[31mroom");
}
export function stream(): ReadableStream {
  return new ReadableStream();
}
export async function wait(): Promise<void> {
  const { signal } = context();
  const told = new Promise((resolve) => signal.addEventListener("abort", resolve));
  const awake = setInterval(() => {}, 1000);
  console.log("waiting");
  await told;
  clearInterval(awake);
  console.log("done");
}
`;
const START: Event = { type: "started", step: "1", attempt: 1, run: 1 };
const FINISH: Event = { type: "finished", step: "1", attempt: 1, ms: 1, value: "one" };
const FAIL: readonly Event[] = [
  { type: "failed", step: "1", attempt: 1, ms: 1, error: { name: "Error", message: "no" } },
  { type: "aborted", step: "1" },
];
const KEPT = "; the journal is kept: prune or rm removes it\n";
const ALL = ["read", "write", "run", "sys"] as const;

interface Setting {
  readonly folder: string;
  readonly journal: string;
  /** The events of a plan that says one and two. */
  readonly plan: Event[];
  readonly resume: (...words: readonly string[]) => Promise<ProcessEnd>;
}

function inFolder(test: (setting: Setting) => Promise<void>): Promise<void> {
  return inFolderWith({ "steps.ts": STEPS }, async (folder) => {
    const journal = `${folder}/j.json`;
    const plan = planOf(toFileUrl(`${folder}/steps.ts`).href, [
      { export: "say", args: ["one"] },
      { export: "say", args: ["two"], name: "last" },
    ]);
    await using cli = new CliProcess();
    await test({ folder, journal, plan, resume: (...words) => cli.run(["resume", journal, ...words]) });
  });
}

permittedTest(
  "resume refuses a plan that is not complete, and a transaction that is closed",
  ALL,
  () =>
    inFolder(async ({ journal, plan, resume }) => {
      const endings: readonly (readonly [readonly (readonly Event[])[], number, string])[] = [
        [[plan.slice(0, 2)], 65, "its plan was never completed, so no step ever ran. You can delete the file"],
        [[plan, [{ type: "cancelled", by: "ana" }]], 2, "the transaction is cancelled"],
        [[plan, [{ type: "decided", decision: "rollback" }, { type: "undone" }]], 2, "the transaction is undone"],
      ];
      for (const [records, code, message] of endings) {
        await writeJournal(journal, records);
        const end = await unchanged(journal, () => resume());
        assertEquals([end.code, end.stdout], [code, ""]);
        assertStringIncludes(end.stderr, message);
        await Deno.remove(journal);
      }
    }),
);

permittedTest(
  "resume runs what is left of a plan that was never begun, and of one between two steps",
  ALL,
  () =>
    inFolder(async ({ journal, plan, resume }) => {
      await writeJournal(journal, [plan]);
      assertEquals(await resume("--keep"), { code: 0, stdout: "one\ntwo\n", stderr: `finished: 2 of 2 steps${KEPT}` });
      await Deno.remove(journal);
      await writeJournal(journal, [plan, [START], [FINISH]]);
      assertEquals(await resume(), { code: 0, stdout: "two\n", stderr: "finished: 2 of 2 steps\n" });
      assertEquals((await runMain(["inspect", journal])).code, 66);
    }),
);

permittedTest(
  "resume runs a failed step again, and says what to type when it fails once more",
  ALL,
  () =>
    inFolder(async ({ folder, journal, plan, resume }) => {
      await writeJournal(journal, [plan, [START], FAIL]);
      assertEquals(await resume(), { code: 0, stdout: "one\ntwo\n", stderr: "finished: 2 of 2 steps\n" });
      await writeJournal(journal, [planOf(toFileUrl(`${folder}/steps.ts`).href, [{ export: "fail" }])]);
      const end = await resume("--keep");
      assertEquals([end.code, end.stdout], [1, ""]);
      const command = `deno run -A jsr:@x/resumable-tx@0.1.0/cli`;
      assertEquals(end.stderr.split("\n"), [
        'error: Step 1 "fail" failed: RangeError: no \\u001b[31mroom',
        "See what has happened",
        `  ${command} inspect ${journal}`,
        "When you have fixed the cause, run the rest",
        `  ${command} resume ${journal} --keep`,
        "Skip step 1",
        `  ${command} resume ${journal} --keep --skip 1`,
        "",
      ]);
      assertEquals(await resume("--skip", "1"), {
        code: 0,
        stdout: "",
        stderr: "finished: 0 of 1 step, 1 left out; no step had to run; the journal is removed\n",
      });
    }),
);

permittedTest(
  "resume asks about a step that is unknown, once, and takes the answer",
  ALL,
  () =>
    inFolder(async ({ folder, journal, plan, resume }) => {
      await writeJournal(journal, [plan, [START]]);
      const first = await resume();
      assertEquals([first.code, first.stdout], [3, ""]);
      for (const flag of ["--retry 1", "--done 1", "--skip 1"]) assertStringIncludes(first.stderr, flag);
      const again = await unchanged(journal, () => resume(`${folder}/steps.ts`));
      assertEquals([again.code, again.stderr.includes(`${journal} file://${folder}/steps.ts --retry 1`)], [3, true]);
      const done = await resume("--done", "1", "--by", "ana", "--why", "seen", "--keep");
      assertEquals(done, { code: 0, stdout: "two\n", stderr: `finished: 2 of 2 steps${KEPT}` });
      const { out } = await runMain(["inspect", journal]);
      assertStringIncludes(out, "decided: done by ana");
    }),
);

permittedTest(
  "resume repeats an unknown step whose author lets it be repeated",
  ALL,
  () =>
    inFolder(async ({ folder, journal, resume }) => {
      const plan = planOf(toFileUrl(`${folder}/steps.ts`).href, [
        { export: "say", args: ["one"], options: { interrupted: "retry" } },
      ]);
      await writeJournal(journal, [plan, [START]]);
      assertEquals(await resume(), { code: 0, stdout: "one\n", stderr: "finished: 1 of 1 step\n" });
    }),
);

permittedTest(
  "resume runs nothing of a finished transaction, and leaves a journal that was kept alone",
  ALL,
  () =>
    inFolder(async ({ journal, plan, resume }) => {
      await writeJournal(journal, [plan, [START], [FINISH]]);
      assertEquals((await resume("--keep")).stderr, `finished: 2 of 2 steps${KEPT}`);
      const kept = { code: 0, stdout: "", stderr: `finished: 2 of 2 steps; no step had to run${KEPT}` };
      for (const words of [[], ["--keep"]]) {
        assertEquals(await unchanged(journal, () => resume(...words)), kept);
      }
      assertEquals((await unchanged(journal, () => resume("--retry", "last"))).code, 2);
      await unchanged(journal, () => Transaction.resume(journal));
      assertEquals((await runMain(["list", journal, "--json"])).out.includes('"next": []'), true);
      await Transaction.resume(journal, { keep: false });
      assertEquals((await resume()).code, 66);
    }),
);

permittedTest(
  "resume removes the journal of a finished transaction whose process died before it had done so",
  ALL,
  () =>
    inFolder(async ({ journal, plan, resume }) => {
      const second: readonly Event[] = [{ ...START, step: "2" }, { ...FINISH, step: "2" }, { type: "ended" }];
      await writeJournal(journal, [plan, [START], [FINISH, ...second]]);
      const bytes = new Uint8Array([...await Deno.readFile(journal), ...new Uint8Array(16 * 1024).fill(9)]);
      await Deno.writeFile(journal, bytes);
      assertStringIncludes((await runMain(["inspect", journal])).out, `resume ${journal}`);
      const end = await resume();
      const removed = "finished: 2 of 2 steps; no step had to run; the journal is removed\n";
      assertEquals(end, { code: 0, stdout: "", stderr: removed });
      assertEquals((await resume()).code, 66);
      await Deno.writeFile(journal, bytes);
      const kept = { code: 0, stdout: "", stderr: `finished: 2 of 2 steps; no step had to run${KEPT}` };
      assertEquals(await resume("--keep"), kept);
      assertEquals(await unchanged(journal, () => resume()), kept);
    }),
);

permittedTest(
  "resume refuses a journal that another process holds, and names it",
  ALL,
  () =>
    inFolder(async ({ journal, plan, resume }) => {
      const open = await new FileStore().create(journal, plan);
      const ends = await unchanged(journal, () => Promise.all([resume(), resume("--dry-run")]));
      await open.close();
      assertEquals(ends.map(({ code }) => code), [75, 75]);
      for (const { stderr } of ends) assertStringIncludes(stderr, "process 41 is running it");
    }),
);

permittedTest(
  "resume --dry-run needs --allow-read alone, and changes and runs nothing",
  ALL,
  () =>
    inFolder(async ({ folder, journal, plan }) => {
      await writeJournal(journal, [plan, [START]]);
      const flags = [`--allow-read=${folder}`];
      const asked = await unchanged(journal, () => runCli(["resume", journal, "--dry-run"], { flags }));
      assertEquals(asked, {
        code: 3,
        stdout: `Modules
  file://${folder}/steps.ts   there, with nothing to compare it with

Steps
  1  say("one")               unknown  needs a decision: --retry 1, --done 1 or --skip 1
  2  state.last = say("two")  pending  comes after that

Would pause for a decision
Nothing was changed
`,
        stderr: "",
      });
      const decided = ["resume", journal, `${folder}/new/steps.ts`, "--dry-run", "--retry=1"];
      const { code, stdout } = await unchanged(journal, () => runCli(decided, { flags }));
      assertEquals(code, 77);
      const missing = `file://${folder}/new/steps.ts`;
      assertStringIncludes(stdout, `  ${missing}   cannot be read: `);
      const real = await unchanged(journal, () => runCli(decided.filter((word) => word !== "--dry-run"), { flags }));
      assertEquals(real.code, 77);
      assertStringIncludes(stdout, `\nWould be refused before any step: Cannot read "${missing}": `);
      assertStringIncludes(stdout, `${folder}/steps.ts is expected at file://${folder}/new/steps.ts`);
      assertStringIncludes(stdout, "unknown  will run again, as attempt 2, as decided");
    }),
);

permittedTest(
  "resume asks for a value that could not be stored and that a later step needs",
  ALL,
  () =>
    inFolder(async ({ folder, journal, resume }) => {
      const ref = { args: [{ step: "1" }], argsMeta: { values: { "0": [["custom", "ref"]] }, v: 1 } };
      const module = toFileUrl(`${folder}/steps.ts`).href;
      await writeJournal(journal, [planOf(module, [{ export: "stream" }, { export: "say", ...ref }])]);
      const first = await resume();
      assertEquals([first.code, first.stdout], [3, ""]);
      assertStringIncludes(first.stderr, `resume ${journal} --done 1 --result JSON`);
      const refused = await unchanged(journal, () => resume("--done", "1"));
      assertEquals(refused.code, 2);
      await Deno.writeTextFile(`${folder}/value.json`, '"from a file"');
      const given = await resume("--done", "1", "--result", `@${folder}/value.json`);
      assertEquals(given, { code: 0, stdout: "from a file\n", stderr: "finished: 2 of 2 steps\n" });
    }),
);

permittedTest(
  "resume lets a step end when it is told to stop, and says so by its exit code",
  ALL,
  () =>
    inFolder(async ({ folder, journal, resume }) => {
      if (Deno.build.os === "windows") return;
      const module = toFileUrl(`${folder}/steps.ts`).href;
      for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
        await writeJournal(journal, [planOf(module, [{ export: "wait" }, { export: "say", args: ["two"] }])]);
        const end = await killWhen(denoCommand(CLI, ["resume", journal]), "waiting", { signal });
        assertEquals([end.code, end.stdout], [code, "waiting\ndone\n"]);
        assertEquals(await resume(), { code: 0, stdout: "two\n", stderr: "finished: 2 of 2 steps\n" });
      }
    }),
);

permittedTest(
  "inspect offers to give a value that is lost, or to run its step once more while nothing behind it has happened",
  ALL,
  () =>
    inFolder(async ({ folder, journal }) => {
      const plan = planOf(toFileUrl(`${folder}/steps.ts`).href, [
        { export: "say", args: ["one"] },
        { export: "say", args: [{ step: "1" }], argsMeta: { values: { "0": [["custom", "ref"]] }, v: 1 } },
      ]);
      const { value: _value, ...end } = FINISH as Extract<Event, { type: "finished" }>;
      const lost = { ...end, dropped: { reason: "no room" } };
      await writeJournal(journal, [plan, [START], [lost]]);
      const { out } = await runMain(["inspect", journal]);
      assertStringIncludes(out, `resume ${journal} --done 1 --result JSON`);
      assertStringIncludes(out, `rewind ${journal} 1`);
    }),
);
