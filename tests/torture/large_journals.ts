import { fromFileUrl } from "@std/path/from-file-url";
import { JournalDamaged } from "../../lib/errors/opening_errors.ts";
import { FileStore } from "../../lib/storage/file/file_store.ts";
import { type ProcessEnd, runCli, runDeno } from "../support/run_deno.ts";
import { makeTempFolder } from "../support/temp_folder.ts";
import { makeMemoryFolder } from "./disk/memory_folder.ts";
import type { TortureReport } from "./torture_report.ts";

const PROGRAM = fromFileUrl(import.meta.resolve("./large_program.ts"));
const MEBIBYTE = 1024 * 1024;
/** Reading a line that is too long may take so much memory. */
const MAX_GROWTH_MIB = 200;
/** And each step of a plan so much, while it is planned, run or resumed. */
const MAX_BYTES_PER_STEP = 3000;
const BASE_MIB = 250;

/** Runs a number of steps, kills the process in the middle, and runs the rest; in little memory, and each step once. */
export async function tryManySteps(report: TortureReport, steps: number): Promise<void> {
  await using folder = await makeMemoryFolder();
  const journal = `${folder.path}/large.json`;
  await tryManyStepsIn(journal, report, steps);
  report.measure("MiB of journal", Deno.statSync(journal).size / MEBIBYTE);
}

/** The same with a journal of this locator. */
export async function tryManyStepsIn(journal: string, report: TortureReport, steps: number): Promise<void> {
  const scheme = /^(?:sqlite|postgres):/.exec(journal)?.[0].slice(0, -1) ?? "a file";
  const first = parse((await runDeno(PROGRAM, ["run", journal, String(steps)])).stdout);
  const middle = String(Math.ceil(steps / 2));
  const resumed = await runDeno(PROGRAM, ["resume", journal, middle]);
  const second = parse(resumed.stdout);
  // The step in flight was not called before its process died.
  if (first.count + second.count !== steps + 1) {
    report.breach("other promises broken", `${steps} steps: ${first.count} and ${second.count}; ${resumed.stderr}`);
  }
  const mebibytes = Math.max(first.peak, second.peak) / MEBIBYTE;
  if (mebibytes > BASE_MIB + steps * MAX_BYTES_PER_STEP / MEBIBYTE) {
    report.breach("other promises broken", `${steps} steps took ${Math.round(mebibytes)} MiB`);
  }
  const shown = await runCli(["inspect", journal]);
  if (shown.code !== 0 || shown.stdout.length > 100_000) {
    report.breach(
      "other promises broken",
      `inspect of ${steps} steps: ${shown.code}, ${shown.stdout.length} characters`,
    );
  }
  report.count("steps of one large transaction", steps);
  report.measure(`ms for the first half of them, in ${scheme}`, first.ms);
  report.measure(`ms to resume and run the second half, in ${scheme}`, second.ms);
  report.measure(`MiB of memory at most, in ${scheme}`, mebibytes);
}

/**
 * Makes a plan of a number of steps, stops at one in the middle that fails, inspects and resumes it by the command line; each
 * step has its effect once.
 */
export async function tryFailingMiddle(report: TortureReport, steps: number): Promise<void> {
  await using folder = await makeMemoryFolder();
  const journal = `${folder.path}/large.json`;
  const middle = Math.ceil(steps / 2);
  const begin = performance.now();
  const expect = (what: string, holds: boolean, end: ProcessEnd) => {
    const { code, stdout, stderr } = end;
    if (holds) return;
    report.breach("other promises broken", `${what} of ${steps} steps: ${code}; ${`${stdout}${stderr}`.slice(0, 500)}`);
  };
  const failed = await runDeno(PROGRAM, ["fail", journal, String(steps)]);
  expect("run", failed.stderr.includes(`step ${middle} is broken`), failed);
  const shown = await runCli(["inspect", journal]);
  const done = `${(middle - 1).toLocaleString("en")} finished`;
  expect("inspect", shown.code === 0 && shown.stdout.includes(done) && shown.stdout.includes("1 failed"), shown);
  const checked = await runCli(["check", journal]);
  expect("check", checked.code === 0 && checked.stdout.includes(`, ${steps.toLocaleString("en")} steps`), checked);
  await Deno.remove(`${folder.path}/${middle}.broken`);
  const resumed = await runCli(["resume", journal]);
  expect("resume", resumed.code === 0, resumed);
  const after = await runCli(["inspect", journal]);
  expect("inspect", after.code === 0 && after.stdout.includes(`${steps.toLocaleString("en")} finished`), after);
  const log = await Deno.readTextFile(`${folder.path}/log.txt`);
  const wanted = Array.from({ length: steps }, (_, index) => `${index + 1}\n`).join("");
  if (log !== wanted) report.breach("other promises broken", `${steps} steps: ${log.split("\n").length - 1} effects`);
  report.count("steps of one plan that stopped in the middle and was resumed", steps);
  report.measure("ms to plan, run, inspect, check and resume it", performance.now() - begin);
}

/** Reads and opens a file of one line of a number of MiB: refused, in little time and memory. */
export async function tryLongLine(report: TortureReport, mebibytes: number): Promise<void> {
  await using folder = await makeTempFolder();
  const path = `${folder.path}/long.json`;
  const file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
  const chunk = new Uint8Array(MEBIBYTE).fill("x".charCodeAt(0));
  await file.write(new TextEncoder().encode('[{"seq":0,"at":"'));
  for (let count = 0; count < mebibytes; count += 1) await file.write(chunk);
  file.close();
  const before = Deno.memoryUsage().rss;
  const begin = performance.now();
  const store = new FileStore();
  await requireRefusal(report, () => store.read(path, () => {}));
  await requireRefusal(report, () => store.open(path, () => {}));
  report.measure("ms to refuse that line twice", performance.now() - begin);
  const growth = (Deno.memoryUsage().rss - before) / MEBIBYTE;
  if (growth > MAX_GROWTH_MIB) report.breach("other promises broken", `a long line took ${Math.round(growth)} MiB`);
  report.count("MiB in one line", mebibytes);
}

async function requireRefusal(report: TortureReport, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
    report.breach("other promises broken", "a line that is too long was read");
  } catch (error) {
    if (!(error instanceof JournalDamaged)) throw error;
  }
}

function parse(text: string): { readonly ms: number; readonly count: number; readonly peak: number } {
  return JSON.parse(text);
}
