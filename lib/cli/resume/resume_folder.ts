import { JournalError } from "../../errors/journal_error.ts";
import { ModuleUnavailable } from "../../errors/planning_errors.ts";
import { searchSummaries } from "../../inspect/data/find_summaries.ts";
import { type JournalSummary, summarizeJournal, type SummaryStatus } from "../../inspect/data/summarize_journal.ts";
import { type DryRun, dryRunJournal } from "../../inspect/dry_run/dry_run.ts";
import { isOfDatabase } from "../../storage/locator_scheme.ts";
import { type OpenedPlace, shownName } from "../../storage/locator.ts";
import type { Store } from "../../storage/store.ts";
import { escapeForTerminal } from "../../text/escape.ts";
import { type CommandIo, type CommandRequest, UsageError, writeJson, writeLines } from "../frame/command.ts";
import { EXIT, exitCode, reportError } from "../frame/exit_code.ts";
import { FolderSummary } from "./folder_summary.ts";
import { holdSignals } from "./held_signals.ts";
import { dryRunCode, dryRunStyle, renderDryRun } from "./render_dry_run.ts";
import { type ResumeCall, resumeOne } from "./resume_one.ts";

/** What can be resumed. */
const OPEN: ReadonlySet<SummaryStatus> = new Set(["pending", "interrupted", "aborted", "waiting"]);
/** What could be resumed if the file were repaired first. */
const BROKEN: ReadonlySet<SummaryStatus> = new Set(["damaged", "newer", "unreadable", "incomplete"]);

interface ShownJournal extends JournalSummary {
  readonly shown: string;
}

interface FolderRun {
  readonly store: Store;
  readonly summary: FolderSummary;
  readonly call: ResumeCall;
  readonly io: CommandIo;
}

/** Resumes the transactions of a folder, one after another, and prints a summary. The worst of their exit codes counts. */
export async function resumeFolder(
  { store, name, shown: folder }: OpenedPlace,
  request: CommandRequest,
  call: ResumeCall,
  io: CommandIo,
): Promise<number> {
  refuseOneOnly(folder, call, request.flags);
  const found = await listJournals(store, name, folder);
  const open = found.filter(({ isHeld, status }) => !isHeld && OPEN.has(status));
  const broken = found.filter(({ status }) => BROKEN.has(status));
  if (open.length + broken.length === 0) {
    if (call.json) io.writeOut("[]\n");
    const others = store.search === undefined ? found.length : await store.count?.(name) ?? found.length;
    writeLines(io, [describeNone(folder, others)]);
    return EXIT.finished;
  }
  const flags = [...request.flags].map((flag) => `--${flag}`);
  const journals = [...open, ...broken].map(({ shown }) => shown);
  const summary = new FolderSummary(journals, { folder, flags, isDryRun: call.dryRun });
  for (const { shown, status } of broken) summary.end(shown, status === "unreadable" ? EXIT.refused : EXIT.damaged);
  let isSummedUp = false;
  const sumUp = () => {
    // After a signal, this was printed before the run that it stopped has ended.
    if (isSummedUp) return;
    isSummedUp = true;
    const told = broken.map(({ shown, status, reason }) =>
      `${shown}: ${status}${reason === undefined ? "" : `: ${reason}`}`
    );
    writeLines(io, [...told, ...summary.lines()]);
  };
  if (call.dryRun) {
    const planned = await dryRunEach(open, { store, summary, call, io });
    const unread = broken.map(({ journal, status, reason }) => ({ journal, error: reason ?? status }));
    if (call.json) writeJson(io, [...planned, ...unread]);
    sumUp();
  } else await runEach(open, sumUp, { store, summary, call, io });
  return summary.code;
}

function refuseOneOnly(folder: string, { decisions, scope, home }: ResumeCall, flags: ReadonlySet<string>): void {
  const given = [
    ...(home === undefined ? [] : ["MODULE"]),
    ...(decisions.length === 0 ? [] : ["a decision"]),
    ...(scope === undefined ? [] : ["--until or --only"]),
    ...(flags.has("take-over") ? ["--take-over"] : []),
  ];
  if (given.length === 0) return;
  const kind = isOfDatabase(folder) ? "database" : "folder";
  throw new UsageError(`${JSON.stringify(folder)} is a ${kind}, and ${given.join(", ")} is about one journal`);
}

function describeNone(word: string, others: number): string {
  if (others === 0) return `Nothing to resume: there is no journal in ${JSON.stringify(word)}`;
  const which = others === 1 ? "the only journal" : `each of the ${others} journals`;
  return `Nothing to resume: ${which} in ${JSON.stringify(word)} has ended, or another process is running it`;
}

/** The least recently written journals first. Of a database, those that are of use here; no records of others are read. */
async function listJournals(store: Store, scope: string, folder: string): Promise<readonly ShownJournal[]> {
  const found: ShownJournal[] = [];
  for await (const summary of findSummaries(store, scope)) {
    found.push({ ...summary, shown: shownName(folder, summary.journal) });
  }
  return found.sort((a, b) => {
    const [one = "", other = ""] = [a.lastAt, b.lastAt];
    return one < other || (one === other && a.journal < b.journal) ? -1 : 1;
  });
}

async function* findSummaries(store: Store, scope: string): AsyncIterable<JournalSummary> {
  if (store.search !== undefined) return yield* searchSummaries(store, scope, { statuses: OPEN.union(BROKEN) });
  for await (const journal of store.list(scope)) {
    const summary = await summarizeJournal(store, journal);
    if (summary !== undefined) yield summary;
  }
}

/** Resumes every journal, whatever the outcome of those before it, unless a signal asks the process to end. */
async function runEach(
  journals: readonly ShownJournal[],
  sumUp: () => void,
  { store, summary, call, io }: FolderRun,
): Promise<void> {
  const lastWords = () => {
    // After a question the cursor is still in its line.
    if (summary.isAsking) io.writeError("\n");
    sumUp();
  };
  const held = holdSignals(lastWords, () => summary.isAsking);
  const { ask } = io;
  const asking = ask === undefined ? io : {
    ...io,
    ask: async (question: string) => {
      summary.isAsking = true;
      const answer = await ask(question);
      summary.isAsking = false;
      return answer;
    },
  };
  try {
    for (const { shown, journal } of journals) {
      if (held.hasReceived()) break;
      summary.running = shown;
      writeLines(io, [shown]);
      const work = () => resumeOne({ store, name: journal }, call, asking, sumUp);
      summary.end(shown, await codeOf(work, (error) => reportError(error, asking)));
    }
  } finally {
    sumUp();
    await held.release();
  }
}

type FoundDryRun = { readonly journal: string } & (DryRun | { readonly error: string });

async function dryRunEach(
  journals: readonly ShownJournal[],
  { store, summary, call, io }: FolderRun,
): Promise<readonly FoundDryRun[]> {
  const style = dryRunStyle(io);
  const all: FoundDryRun[] = [];
  for (const { shown, journal } of journals) {
    if (!call.json) io.writeOut(`${style.paint(`Journal  ${escapeForTerminal(shown)}`, "title")}\n`);
    const work = async () => {
      const found = await dryRunJournal(store, journal, call);
      if (call.json) all.push({ journal, ...found });
      else io.writeOut(`${renderDryRun(found, style)}\n`);
      return dryRunCode(found);
    };
    const code = await codeOf(work, (error) => {
      all.push({ journal, error: error instanceof Error ? error.message : String(error) });
      return call.json ? exitCode(error) : reportError(error, io);
    });
    summary.end(shown, code);
  }
  return all;
}

/** Reports an error of one journal. Any other error is a fault of the program, and ends it. */
async function codeOf(work: () => Promise<number>, report: (error: unknown) => number): Promise<number> {
  try {
    return await work();
  } catch (error) {
    const isOfJournal = error instanceof JournalError || error instanceof ModuleUnavailable;
    if (!isOfJournal && exitCode(error) === EXIT.internal) throw error;
    return report(error);
  }
}
