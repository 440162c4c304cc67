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
const ALL = ["read", "write", "run", "sys"] as const;

/** How a command ended, and what its steps said. */
async function ended(end: Promise<ProcessEnd>): Promise<readonly [code: number, stdout: string]> {
  const { code, stdout } = await end;
  return [code, stdout];
}

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
      const endings: readonly (readonly [readonly (readonly Event[])[], number])[] = [
        [[plan.slice(0, 2)], 65],
        [[plan, [{ type: "cancelled", by: "ana" }]], 2],
        [[plan, [{ type: "decided", decision: "rollback" }, { type: "undone" }]], 2],
      ];
      for (const [records, code] of endings) {
        await writeJournal(journal, records);
        const end = await unchanged(journal, () => resume());
        assertEquals([end.code, end.stdout], [code, ""], end.stderr);
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
      assertEquals(await ended(resume("--keep")), [0, "one\ntwo\n"]);
      await Deno.remove(journal);
      await writeJournal(journal, [plan, [START], [FINISH]]);
      assertEquals(await ended(resume()), [0, "two\n"]);
      assertEquals((await runMain(["inspect", journal])).code, 66);
    }),
);

permittedTest(
  "resume runs a failed step again, and says what to type when it fails once more",
  ALL,
  () =>
    inFolder(async ({ folder, journal, plan, resume }) => {
      await writeJournal(journal, [plan, [START], FAIL]);
      assertEquals(await ended(resume()), [0, "one\ntwo\n"]);
      await writeJournal(journal, [planOf(toFileUrl(`${folder}/steps.ts`).href, [{ export: "fail" }])]);
      const end = await resume("--keep");
      assertEquals([end.code, end.stdout], [1, ""]);
      const typed = end.stderr.split("\n").flatMap((line) => line.startsWith("  ") ? line.split("/cli ").slice(1) : []);
      assertEquals(typed, [`inspect ${journal}`, `resume ${journal} --keep`, `resume ${journal} --keep --skip 1`]);
      assertStringIncludes(end.stderr, "RangeError: no \\u001b[31mroom\n");
      assertEquals(await ended(resume("--skip", "1")), [0, ""]);
      assertEquals((await resume()).code, 66);
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
      assertEquals([done.code, done.stdout], [0, "two\n"]);
      const [{ decision, by, why }] =
        JSON.parse((await runMain(["inspect", journal, "--json"])).out).steps[0].decisions;
      assertEquals([decision, by, why], ["done", "ana", "seen"]);
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
      assertEquals(await ended(resume()), [0, "one\n"]);
    }),
);

permittedTest(
  "resume runs nothing of a finished transaction, and leaves a journal that was kept alone",
  ALL,
  () =>
    inFolder(async ({ journal, plan, resume }) => {
      await writeJournal(journal, [plan, [START], [FINISH]]);
      assertEquals((await resume("--keep")).code, 0);
      for (const words of [[], ["--keep"]]) {
        assertEquals(await ended(unchanged(journal, () => resume(...words))), [0, ""]);
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
      assertEquals(await ended(resume()), [0, ""]);
      assertEquals((await resume()).code, 66);
      await Deno.writeFile(journal, bytes);
      assertEquals(await ended(resume("--keep")), [0, ""]);
      assertEquals(await ended(unchanged(journal, () => resume())), [0, ""]);
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
      for (const { stderr } of ends) assertStringIncludes(stderr, "process 41 ");
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
      assertEquals([asked.code, asked.stderr, asked.stdout.includes(" --retry 1, --done 1 or --skip 1\n")], [
        3,
        "",
        true,
      ]);
      const decided = ["resume", journal, `${folder}/new/steps.ts`, "--dry-run", "--retry=1"];
      const { code, stdout } = await unchanged(journal, () => runCli(decided, { flags }));
      assertEquals(code, 77);
      const missing = `file://${folder}/new/steps.ts`;
      assertStringIncludes(stdout, `  ${missing}   `);
      const real = await unchanged(journal, () => runCli(decided.filter((word) => word !== "--dry-run"), { flags }));
      assertEquals(real.code, 77);
      const look = await runCli([...decided, "--json"], { flags });
      const { blocking, moved, steps } = JSON.parse(look.stdout);
      assertEquals([blocking[0].url, blocking[0].source], [missing, "missing"]);
      assertEquals(moved, [{ from: `file://${folder}/steps.ts`, to: missing }]);
      assertEquals(steps[0].what, "will run again, as attempt 2, as decided");
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
      assertEquals([given.code, given.stdout], [0, "from a file\n"]);
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
        assertEquals(await ended(resume()), [0, "two\n"]);
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
