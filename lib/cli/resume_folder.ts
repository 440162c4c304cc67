import { basename } from "@std/path/basename";
import { join } from "@std/path/join";
import { JournalError } from "../errors/journal_error.ts";
import { JournalNotFound } from "../errors/opening_errors.ts";
import { ModuleUnavailable } from "../errors/planning_errors.ts";
import { type JournalSummary, summarizeJournal, type SummaryStatus } from "../inspect/summarize_journal.ts";
import { FileStore } from "../storage/file_store.ts";
import { escapeForTerminal } from "../values/escape_for_terminal.ts";
import type { CommandRequest } from "./command.ts";
import type { CommandIo } from "./command_io.ts";
import { EXIT, exitCode } from "./exit_code.ts";
import { reportError } from "./report_error.ts";
import { type ResumeCall, resumeOne } from "./resume_one.ts";
import { UsageError } from "./usage_error.ts";

/** What can go on. */
const OPEN: ReadonlySet<SummaryStatus> = new Set(["pending", "interrupted", "aborted", "waiting"]);
/** What could, if somebody mended the file first. */
const BROKEN: ReadonlySet<SummaryStatus> = new Set(["damaged", "newer", "unreadable", "incomplete"]);

/** From the one that says least to the one that says most. */
const SEVERITY: readonly number[] = [
  EXIT.finished,
  EXIT.locked,
  EXIT.notFound,
  EXIT.paused,
  EXIT.usage,
  EXIT.failed,
  EXIT.refused,
  EXIT.damaged,
  EXIT.ioError,
  EXIT.interrupted,
  EXIT.terminated,
  EXIT.internal,
];

/** What each exit code means for one journal among others. */
const WORDS: Readonly<Record<number, string>> = {
  [EXIT.finished]: "finished",
  [EXIT.failed]: "failed",
  [EXIT.usage]: "cannot go on as told",
  [EXIT.paused]: "waits",
  [EXIT.damaged]: "cannot be read",
  [EXIT.notFound]: "is gone",
  [EXIT.ioError]: "could not be written",
  [EXIT.locked]: "is being run",
  [EXIT.refused]: "was refused",
};

/** What became of a journal. */
interface Result {
  readonly shown: string;
  readonly code: number;
}

/**
 * Resumes the transactions of a folder that can go on, one after another, and sums up what became of each.
 *
 * @returns The worst of their exit codes.
 */
export async function resumeFolder(
  folder: string,
  request: CommandRequest,
  call: ResumeCall,
  io: CommandIo,
): Promise<number> {
  refuseOneOnly(request, call);
  const [word = ""] = request.arguments;
  const show = (journal: string) => (/^file:/i.test(word) ? journal : join(word, basename(journal)));
  const { open, broken } = await listOpen(folder);
  const results: Result[] = [];
  for (const { journal } of open) results.push(await resumeNext(journal, show(journal), call, io));
  for (const { journal, status, reason } of broken) {
    const detail = `${show(journal)}: ${status}${reason === undefined ? "" : `: ${reason}`}`;
    io.writeError(`${escapeForTerminal(detail)}\n`);
    results.push({ shown: show(journal), code: EXIT.damaged });
  }
  if (results.length === 0) io.writeError(`No journal in ${escapeForTerminal(word)} can go on\n`);
  else for (const line of summarize(results, call)) io.writeError(`${escapeForTerminal(line)}\n`);
  return results.reduce(
    (worst, { code }) => (severity(code) > severity(worst) ? code : worst),
    EXIT.finished as number,
  );
}

function refuseOneOnly(request: CommandRequest, { decisions, scope, home }: ResumeCall): void {
  const given = [
    ...(home === undefined ? [] : ["MODULE"]),
    ...(decisions.length === 0 ? [] : ["a decision"]),
    ...(scope === undefined ? [] : ["--until or --only"]),
  ];
  if (given.length === 0) return;
  const [word = ""] = request.arguments;
  throw new UsageError(`${JSON.stringify(word)} is a folder, and ${given.join(", ")} is about one journal`, "resume");
}

/** Those first that have not moved for the longest time. What is held by another process is left to it. */
async function listOpen(
  folder: string,
): Promise<{ readonly open: readonly JournalSummary[]; readonly broken: readonly JournalSummary[] }> {
  const store = new FileStore();
  const open: JournalSummary[] = [];
  const broken: JournalSummary[] = [];
  for await (const journal of store.list(folder)) {
    try {
      const summary = await summarizeJournal(store, journal);
      if (BROKEN.has(summary.status)) broken.push(summary);
      else if (!summary.isHeld && OPEN.has(summary.status)) open.push(summary);
    } catch (error) {
      // It has just finished.
      if (!(error instanceof JournalNotFound)) throw error;
    }
  }
  const byAge = (a: JournalSummary, b: JournalSummary) =>
    (a.lastAt ?? "") < (b.lastAt ?? "") || (a.lastAt === b.lastAt && a.journal < b.journal) ? -1 : 1;
  return { open: open.toSorted(byAge), broken: broken.toSorted(byAge) };
}

/** What one comes to does not keep the others from their turn. */
async function resumeNext(journal: string, shown: string, call: ResumeCall, io: CommandIo): Promise<Result> {
  const head = `${escapeForTerminal(shown)}\n`;
  if (call.dryRun) io.writeOut(head);
  else io.writeError(head);
  try {
    return { shown, code: await resumeOne(journal, call, io) };
  } catch (error) {
    if (
      !(error instanceof JournalError) && !(error instanceof ModuleUnavailable) && exitCode(error) === EXIT.internal
    ) {
      throw error;
    }
    return { shown, code: reportError(error, io) };
  }
}

function summarize(results: readonly Result[], { dryRun }: ResumeCall): readonly string[] {
  const rows = results.map(({ shown, code }) => {
    const what = dryRun && code === EXIT.finished
      ? "would finish"
      : dryRun && code === EXIT.paused
      ? "would wait"
      : WORDS[code];
    return `  ${shown}  ${what ?? `ended with code ${code}`}`;
  });
  const well = results.filter(({ code }) => code === EXIT.finished).length;
  const noun = results.length === 1 ? "journal" : "journals";
  return [`${well} of ${results.length} ${noun} ${dryRun ? "would finish" : "finished"}`, ...rows];
}

function severity(code: number): number {
  return SEVERITY.indexOf(code) === -1 ? SEVERITY.length : SEVERITY.indexOf(code);
}
