import { fromFileUrl } from "@std/path/from-file-url";
import { JournalNotFound } from "../../lib/errors/opening_errors.ts";
import { checkJournal } from "../../lib/inspect/data/check_journal.ts";
import { inspectJournal } from "../../lib/inspect/data/inspect_state.ts";
import type { Inspection } from "../../lib/inspect/data/inspection.ts";
import { FileStore } from "../../lib/storage/file/file_store.ts";
import { denoCommand, runCli } from "../support/run_deno.ts";
import { makeTempFolder } from "../support/temp_folder.ts";
import { isThere } from "./kill/kill_steps.ts";
import type { TortureReport } from "./torture_report.ts";

/** How much is read. */
export interface LiveReadersOptions {
  /** Where to count. */
  readonly report: TortureReport;
  /** How many times in this process, while the journal is written. */
  readonly reads: number;
  /** How many times through the command line. */
  readonly commands: number;
}

const PROGRAM = fromFileUrl(import.meta.resolve("./live_program.ts"));
const STEPS = 300;
const READ = "reads of a journal while it was written";
const STATUSES = new Set(["pending", "started", "finished"]);

/** Reads journals that another process writes at full speed: never an error, never a state that is not true. */
export async function tryLiveReaders({ report, reads, commands }: LiveReadersOptions): Promise<void> {
  await using folder = await makeTempFolder();
  const child = denoCommand(PROGRAM, [folder.path, String(STEPS)], { stdin: "piped" }).spawn();
  const output = Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.status]);
  try {
    const reader = new LiveReader(folder.path, report);
    while (report.countOf(READ) < reads) await reader.look();
    for (let count = 0; count < commands; count += 1) await reader.lookByCommand(count % 2 === 0 ? "inspect" : "check");
  } finally {
    await child.stdin.close();
  }
  const [, stderr, { code }] = await output;
  if (code !== 0) report.breach("other promises broken", `the writer that was read from: ${stderr}`);
}

class LiveReader {
  readonly #store = new FileStore();
  readonly #folder: string;
  readonly #report: TortureReport;
  #index = 0;
  #finished = 0;

  constructor(folder: string, report: TortureReport) {
    this.#folder = folder;
    this.#report = report;
  }

  /** Once each way, unless there is nothing to read yet. */
  async look(): Promise<void> {
    this.#goToNewest();
    const journal = `${this.#folder}/${this.#index}.json`;
    try {
      const inspection = await inspectJournal(this.#store, journal);
      this.#check(inspection);
      const { isSound, faults, records } = await checkJournal(this.#store, journal);
      if (!isSound) this.#complain(`check finds ${JSON.stringify(faults)} in ${records} records`);
      if (inspection.isHeld) this.#report.count(READ, 2);
    } catch (error) {
      if (error instanceof JournalNotFound && this.#index === 0) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        return;
      }
      this.#complain(`${error instanceof Error ? error.stack : error}`);
      this.#report.count(READ);
    }
  }

  /** The same through the command line. */
  async lookByCommand(command: "inspect" | "check"): Promise<void> {
    this.#goToNewest();
    const journal = `${this.#folder}/${this.#index}.json`;
    const { code, stdout, stderr } = await runCli([command, journal, "--json"]);
    if (code !== 0) this.#complain(`${command} exits with ${code}: ${stderr}${stdout}`);
    else if (command === "inspect") this.#check(JSON.parse(stdout));
    this.#report.count("inspect and check commands meanwhile");
  }

  #goToNewest(): void {
    while (isThere(`${this.#folder}/${this.#index + 1}.json`)) {
      this.#index += 1;
      this.#finished = 0;
    }
  }

  #check(inspection: Inspection): void {
    const { status, steps, counts, isPlanned } = inspection;
    const { finished = 0, started = 0, pending = 0 } = counts;
    if (!STATUSES.has(status)) this.#complain(`is ${status} in a process that lives`);
    if (finished < this.#finished) this.#complain(`${finished} steps are finished after ${this.#finished}`);
    this.#finished = finished;
    if (finished + started + pending !== steps.length || started > 1) {
      this.#complain(`counts ${JSON.stringify(counts)}`);
    }
    if (isPlanned && steps.length !== STEPS) this.#complain(`has ${steps.length} steps`);
    if (status === "finished" && finished !== STEPS) this.#complain(`has finished after ${finished} steps`);
    const open = steps.findIndex((step) => step.status !== "finished");
    if (open !== -1 && steps.slice(open).some((step) => step.status === "finished")) {
      this.#complain("has a finished step after an open one");
    }
  }

  #complain(detail: string): void {
    this.#report.breach("other promises broken", `journal ${this.#index}, read while it was written, ${detail}`);
  }
}
