import { JournalError } from "../../errors/journal_error.ts";
import { JournalNotFound } from "../../errors/opening_errors.ts";
import { ModuleUnavailable } from "../../errors/planning_errors.ts";
import { type JournalSummary, summarizeJournal, type SummaryStatus } from "../../inspect/data/summarize_journal.ts";
import { type DryRun, dryRunJournal } from "../../inspect/dry_run/dry_run.ts";
import { type Located, shownName } from "../../storage/locator.ts";
import type { Store } from "../../storage/store.ts";
import { escapeForTerminal } from "../../text/escape.ts";
import { type CommandIo, type CommandRequest, UsageError, writeJson, writeLines } from "../frame/command.ts";
import { EXIT, exitCode } from "../frame/exit_code.ts";
import { reportError } from "../frame/report_error.ts";
import { FolderSummary } from "./folder_summary.ts";
import { HeldSignals } from "./held_signals.ts";
import { dryRunCode, dryRunStyle, renderDryRun } from "./render_dry_run.ts";
import { type ResumeCall, resumeOne } from "./resume_one.ts";

/** What can be resumed. */
const OPEN: ReadonlySet<SummaryStatus> = new Set(["pending", "interrupted", "aborted", "waiting"]);
/** What could be resumed if the file were repaired first. */
const BROKEN: ReadonlySet<SummaryStatus> = new Set(["damaged", "newer", "unreadable", "incomplete"]);

/** A journal, with the name that is printed. */
interface ShownJournal extends Located {
  readonly shown: string;
}

/** Resumes the transactions of a folder, one after another, and prints a summary. The worst of their exit codes counts. */
export async function resumeFolder(
  { store, name }: Located,
  request: CommandRequest,
  call: ResumeCall,
  io: CommandIo,
): Promise<number> {
  refuseOneOnly(request, call);
  const [word = ""] = request.arguments;
  const show = (journal: string) => shownName(word, journal);
  const { open, broken, others } = await listOpen(store, name);
  if (open.length + broken.length === 0) {
    if (call.json) io.writeOut("[]\n");
    writeLines(io, [describeNone(word, others)]);
    return EXIT.finished;
  }
  const shown = open.map(({ journal }) => ({ store, name: journal, shown: show(journal) }));
  const summary = new FolderSummary([...open, ...broken].map(({ journal }) => show(journal)), {
    folder: word,
    flags: [...request.flags].map((flag) => `--${flag}`),
    isDryRun: call.dryRun,
  });
  for (const { journal, status } of broken) {
    summary.end(show(journal), status === "unreadable" ? EXIT.refused : EXIT.damaged);
  }
  const sumUp = once(() => {
    const told = broken.map(({ journal, status, reason }) =>
      `${show(journal)}: ${status}${reason === undefined ? "" : `: ${reason}`}`
    );
    writeLines(io, [...told, ...summary.lines()]);
  });
  if (call.dryRun) {
    const found = await dryRunEach(shown, { summary, call, io });
    const unread = broken.map(({ journal, status, reason }) => ({ journal, error: reason ?? status }));
    if (call.json) writeJson(io, [...found, ...unread]);
    sumUp();
  } else await runEach(shown, sumUp, { summary, call, io });
  return summary.code;
}

/** What was printed because of a signal is not printed again when the run that it stopped has ended. */
function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}

function refuseOneOnly(request: CommandRequest, { decisions, scope, home }: ResumeCall): void {
  const given = [
    ...(home === undefined ? [] : ["MODULE"]),
    ...(decisions.length === 0 ? [] : ["a decision"]),
    ...(scope === undefined ? [] : ["--until or --only"]),
  ];
  if (given.length === 0) return;
  const [word = ""] = request.arguments;
  throw new UsageError(`${JSON.stringify(word)} is a folder, and ${given.join(", ")} is about one journal`);
}

function describeNone(word: string, others: number): string {
  if (others === 0) return `Nothing to resume: there is no journal in ${JSON.stringify(word)}`;
  const which = others === 1 ? "the only journal" : `each of the ${others} journals`;
  return `Nothing to resume: ${which} in ${JSON.stringify(word)} has ended, or another process is running it`;
}

interface Listing {
  readonly open: readonly JournalSummary[];
  readonly broken: readonly JournalSummary[];
  /** How many are over, or held by another process. */
  readonly others: number;
}

/** The least recently written journals first. Those that another process holds are left to it. */
async function listOpen(store: Store, scope: string): Promise<Listing> {
  const open: JournalSummary[] = [];
  const broken: JournalSummary[] = [];
  let others = 0;
  for await (const journal of store.list(scope)) {
    try {
      const summary = await summarizeJournal(store, journal);
      if (BROKEN.has(summary.status)) broken.push(summary);
      else if (!summary.isHeld && OPEN.has(summary.status)) open.push(summary);
      else others += 1;
    } catch (error) {
      // It has just finished.
      if (!(error instanceof JournalNotFound)) throw error;
    }
  }
  const byAge = (a: JournalSummary, b: JournalSummary) =>
    (a.lastAt ?? "") < (b.lastAt ?? "") || (a.lastAt === b.lastAt && a.journal < b.journal) ? -1 : 1;
  return { open: open.toSorted(byAge), broken: broken.toSorted(byAge), others };
}

interface FolderRun {
  readonly summary: FolderSummary;
  readonly call: ResumeCall;
  readonly io: CommandIo;
}

/** Resumes every journal, whatever the outcome of those before it, unless a signal asks the process to end. */
async function runEach(
  journals: readonly ShownJournal[],
  sumUp: () => void,
  { summary, call, io }: FolderRun,
): Promise<void> {
  const lastWords = () => {
    // After a question the cursor is still in its line.
    if (summary.isAsking) io.writeError("\n");
    sumUp();
  };
  const held = new HeldSignals(lastWords, () => summary.isAsking);
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
    for (const { shown, ...journal } of journals) {
      if (held.hasReceived) break;
      summary.begin(shown);
      writeLines(io, [shown]);
      const work = () => resumeOne(journal, call, asking, sumUp);
      summary.end(shown, await codeOf(work, (error) => reportError(error, asking)));
    }
  } finally {
    sumUp();
    await held.release();
  }
}

/** What would happen to a journal, or why that is not known. */
type FoundDryRun = { readonly journal: string } & (DryRun | { readonly error: string });

async function dryRunEach(
  journals: readonly ShownJournal[],
  { summary, call, io }: FolderRun,
): Promise<readonly FoundDryRun[]> {
  const style = dryRunStyle(io);
  const all: FoundDryRun[] = [];
  for (const { shown, ...journal } of journals) {
    if (!call.json) io.writeOut(`${style.paint(`Journal  ${escapeForTerminal(shown)}`, "title")}\n`);
    const work = async () => {
      const found = await dryRunJournal(journal.store, journal.name, call);
      if (call.json) all.push({ journal: journal.name, ...found });
      else io.writeOut(`${renderDryRun(found, style)}\n`);
      return dryRunCode(found);
    };
    const code = await codeOf(work, (error) => {
      all.push({ journal: journal.name, error: error instanceof Error ? error.message : String(error) });
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
