import { resolve } from "@std/path/resolve";
import { toFileUrl } from "@std/path/to-file-url";
import type { Event } from "../journal/event.ts";
import { forecastResume } from "../inspect/forecast_resume.ts";
import { paintForTerminal, paintNothing } from "../inspect/paint.ts";
import { findMissingPermission, toFlags } from "../modules/missing_permission.ts";
import { readSource } from "../modules/read_source.ts";
import { JournalUntrusted } from "../errors/opening_errors.ts";
import { ModuleUnavailable } from "../errors/planning_errors.ts";
import { TransactionPaused } from "../errors/running_errors.ts";
import { checkModuleUrl } from "../plan/check_module_url.ts";
import { resumeJournal } from "../run/resume_journal.ts";
import type { ResumeOptions } from "../run/transaction_options.ts";
import { describeFileSystem } from "../storage/describe_file_system.ts";
import { FileStore } from "../storage/file_store.ts";
import { escapeForTerminal } from "../values/escape_for_terminal.ts";
import { type Ask, askDecision } from "./ask_decision.ts";
import { askTrust } from "./ask_trust.ts";
import type { Command, CommandRequest } from "./command.ts";
import type { CommandIo } from "./command_io.ts";
import { EXIT } from "./exit_code.ts";
import { guardExit } from "./guard_exit.ts";
import { findUser } from "./find_user.ts";
import { readDecisions } from "./read_decisions.ts";
import { renderForecast } from "./render_forecast.ts";
import { RunSummary } from "./run_summary.ts";
import { readJournalArgument } from "./read_journal_argument.ts";
import { requirePermission } from "./require_permission.ts";
import type { SeenEvents } from "./seen_events.ts";
import { UsageError } from "./usage_error.ts";

/** `resume`: runs the rest of a transaction. */
export const resumeCommand: Command = {
  name: "resume",
  summary: "Runs the rest of a transaction from its journal",
  details: [
    "A finished step never runs again; one that failed does. Of a step that was started and has no end in the journal " +
    "nobody knows whether it happened: find out, then say --retry, --done or --skip.",
    "STEP is a step's number or name, as inspect shows it. Decisions are taken in the order in which they stand there.",
    "Standard output belongs to the steps. Until a step runs or a decision is taken the journal stays as it is.",
  ],
  arguments: [
    { name: "JOURNAL", summary: "path or file: URL of the journal" },
    { name: "MODULE", summary: "path or URL of the program now, if it was moved", isOptional: true },
  ],
  options: [
    { name: "retry", value: "STEP", summary: "it did not happen: run it", isRepeatable: true },
    { name: "done", value: "STEP", summary: "it did happen: go on behind it", isRepeatable: true },
    {
      name: "result",
      value: "JSON|@FILE",
      summary: "the value of the step in the --done before, if a later step needs it",
      isRepeatable: true,
    },
    { name: "skip", value: "STEP", summary: "leave it out", isRepeatable: true },
    { name: "by", value: "NAME", summary: "who decides; your user name where it may be read" },
    { name: "why", value: "TEXT", summary: "why" },
    { name: "trust", summary: "runs a journal that somebody else may have written" },
    { name: "accept-changes", summary: "runs remote modules that have changed since the plan was made" },
    { name: "now", summary: "tries a step again at once whose pause between two attempts is not over" },
    { name: "dry-run", summary: "only shows what would happen to each step" },
    { name: "keep", summary: "keeps the journal when all steps are done" },
  ],
  exitCodes: [
    [EXIT.finished, "all steps are done"],
    [EXIT.failed, "a step failed"],
    [EXIT.usage, "called in a way that makes no sense, or a decision that cannot be taken"],
    [EXIT.paused, "somebody has to decide"],
    [EXIT.damaged, "the journal is damaged, incomplete or too new"],
    [EXIT.notFound, "no such journal"],
    [EXIT.ioError, "the journal's disk failed or is full"],
    [EXIT.locked, "another process runs it"],
    [EXIT.refused, "refused: a module, a permission, or where the journal lies"],
    [EXIT.interrupted, "stopped by SIGINT"],
    [EXIT.terminated, "stopped by SIGTERM"],
  ],
  run: resume,
};

async function resume(request: CommandRequest, io: CommandIo): Promise<number> {
  const journal = readJournalArgument(request);
  const isDryRun = request.flags.has("dry-run");
  const home = readModule(request.arguments[1]);
  const options: ResumeOptions = {
    decisions: readDecisions(request.values, io),
    ...(home === undefined ? {} : { home }),
    ...(request.flags.has("keep") ? { keep: true } : {}),
    ...(request.flags.has("now") ? { now: true } : {}),
    ...(request.flags.has("trust") ? { trust: true } : {}),
    ...(request.flags.has("accept-changes") ? { acceptChanges: true } : {}),
  };
  requirePermission(journal, isDryRun ? "read" : "write");
  if (isDryRun) return await forecast(journal, options, io);
  for (const warning of describeFileSystem(journal)) io.writeError(`warning: ${escapeForTerminal(warning)}\n`);
  if (home !== undefined) await requireModule(home);
  return await run(journal, options, io);
}

/** What was said on the command line, and what was answered since. */
interface AskedOptions extends ResumeOptions {
  /** What was shown of a journal before somebody said to trust it. */
  readonly seen?: SeenEvents;
}

/** Resumes, and where a person sits at a terminal asks instead of refusing. */
async function run(journal: string, options: AskedOptions, io: CommandIo): Promise<number> {
  const { seen, ...rest } = options;
  const summary = new RunSummary((line) => io.writeError(`${escapeForTerminal(line)}\n`));
  const store = seen === undefined ? new FileStore() : seen.watch(new FileStore());
  const event = (happened: Event) => {
    seen?.add(happened);
    summary.event(happened);
  };
  const unguard = guardExit(journal, io);
  try {
    await resumeJournal(summary.watch(store), journal, { ...rest, observer: { event } });
  } catch (error) {
    unguard();
    const answered = io.ask === undefined ? undefined : await answer(error, options, { ...io, ask: io.ask });
    if (answered === undefined) throw withMoveHint(error);
    return await run(journal, answered, io);
  } finally {
    unguard();
  }
  io.writeError(`${summary.describe()}\n`);
  return EXIT.finished;
}

/** A local module that is not there has most often been moved, and then there is something to type. */
function withMoveHint(error: unknown): unknown {
  if (!(error instanceof ModuleUnavailable) || !error.module.startsWith("file:")) return error;
  if (!/^Cannot load .*Module not found/s.test(error.message)) return error;
  const hint = "If the program was moved, say where it is now: resume JOURNAL MODULE";
  return new ModuleUnavailable(error.module, error.export, `${error.message}. ${hint}`, { cause: error.cause });
}

/** The options to try again with, if somebody has an answer to what stopped the resume. */
async function answer(
  error: unknown,
  options: AskedOptions,
  io: CommandIo & { readonly ask: Ask },
): Promise<AskedOptions | undefined> {
  if (error instanceof JournalUntrusted) {
    const seen = await askTrust(error, io.ask);
    return seen === undefined ? undefined : { ...options, trust: true, seen };
  }
  if (!(error instanceof TransactionPaused) || error.waitsFor !== "decision") return undefined;
  const decision = askDecision(error, io.ask);
  if (decision === undefined) return undefined;
  const by = findUser(io);
  // What was decided before is in the journal by now.
  return { ...options, decisions: [{ ...decision, ...(by === undefined ? {} : { by }) }] };
}

async function forecast(journal: string, options: ResumeOptions, io: CommandIo): Promise<number> {
  const found = await forecastResume(new FileStore(), journal, options);
  io.writeOut(renderForecast(found, io.wantsColour ? paintForTerminal : paintNothing));
  return found.finishes ? EXIT.finished : EXIT.paused;
}

function readModule(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    // One letter before the colon is a drive.
    return checkModuleUrl(/^[a-z][a-z0-9+.-]+:/i.test(text) ? text : toFileUrl(resolve(text)));
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), "resume");
  }
}

/** A slip in the module's path must not get into the journal, also when no step of that very module is left. */
async function requireModule(home: string): Promise<void> {
  const missing = await findMissingPermission(home);
  if (missing === undefined) return void await readSource(home);
  const message = `Cannot read ${JSON.stringify(home)}: Deno has no permission to. Add ${toFlags([missing])}`;
  throw new ModuleUnavailable(home, undefined, message);
}
