import { redaction } from "../../inspect/redact/redact_secrets.ts";
import type { Command, CommandIo, CommandRequest } from "../frame/command.ts";
import { DRY_RUN_OPTIONS, readDecisions, REASON_OPTIONS, RUN_OPTIONS, TAKE_OVER } from "../frame/decision_options.ts";
import { EXIT, RUN_CODES } from "../frame/exit_code.ts";
import { prepareWriting, readJournal } from "../frame/journal_argument.ts";
import { MOVED_MODULE, readModule, requireModule } from "../frame/module_argument.ts";
import { MAX_IDLE_MS, type ResumeCall, resumeOne } from "../resume/resume_one.ts";

export const resumeCommand: Command = {
  name: "resume",
  summary: "Runs the rest of a transaction from its journal",
  details: [
    "A finished step never runs again. A failed step runs again. If a step was interrupted, its outcome is unknown. Find out " +
    "what happened, then pass --retry, --done or --skip.",
    "STEP is a step's number or name, as inspect shows it. Decisions are applied in the order in which you pass them.",
    "A result is JSON, or @FILE with JSON in it. A value that JSON cannot represent is written as for edit: " +
    '{"$date": …}, {"$map": …}, {"$bigint": …}.',
    "If a rollback was interrupted, resume continues the rollback. A decision then answers the question that resume " +
    "asks. If a step waits for a signal that has not arrived, or sleeps for more than a minute, the run ends with " +
    "exit code 3. A transaction that was enqueued for later is not begun before that time, without --now.",
    "If JOURNAL is a folder, resume runs every journal in it that can continue, one after another. It starts with " +
    "the one that has been unchanged for the longest time, and skips journals that are running, over or damaged. A " +
    "summary lists the outcome of each journal, and the exit code is the worst of these outcomes. With a folder, " +
    "you can pass only --trust, --accept-changes, --now, --quiet, --keep, --dry-run, --json, --show-secrets and --load. " +
    "Ctrl-C ends the whole run after the current step. At a question, it ends the run immediately.",
    "--until and --only end the run early, with exit code 3. Only modules of steps that can start must exist.",
    "On a terminal, resume asks a question instead of refusing. An empty answer decides nothing.",
    "On a terminal, the last line shows how many steps are done, the current step, the time so far, and, once a " +
    "step has finished, an estimate of the total time. NO_COLOR=1 disables colours, and TERM=dumb disables the line.",
    "Standard output belongs to the steps. The journal stays unchanged until a step runs or a decision is recorded.",
  ],
  permissions: "-A",
  arguments: [
    { name: "JOURNAL", summary: "path or locator of the journal, or of a folder or database", completion: "journal" },
    MOVED_MODULE,
  ],
  options: [
    { name: "retry", value: "STEP", summary: "the step did not happen: run it", isRepeatable: true },
    { name: "done", value: "STEP", summary: "the step happened: continue after it", isRepeatable: true },
    {
      name: "result",
      value: "JSON|@FILE",
      summary: "the value of the step in the preceding --done, if a later step needs it",
      isRepeatable: true,
    },
    { name: "skip", value: "STEP", summary: "skip the step", isRepeatable: true },
    ...REASON_OPTIONS,
    TAKE_OVER,
    ...RUN_OPTIONS,
    {
      name: "now",
      summary: "does not wait for the time for which the transaction was enqueued, nor for the delay between attempts",
    },
    { name: "quiet", summary: "does not report failed attempts that are followed by another attempt" },
    { name: "until", value: "STEP", summary: "starts no step after this one in the plan" },
    { name: "only", value: "STEP", summary: "starts only this step and the steps inside it, if it is next" },
    { name: "dry-run", summary: "only shows what would happen to each step, and what the run would need" },
    {
      name: "load",
      belongsTo: "dry-run",
      summary: "with --dry-run: loads every module, which runs its top-level code, and checks every export",
    },
    ...DRY_RUN_OPTIONS,
    { name: "keep", summary: "keeps the journal when all steps are done; a later resume does not remove it" },
  ],
  alternatives: [["until", "only"]],
  exitCodes: [
    [EXIT.finished, "all steps are done, or the rollback is complete"],
    [EXIT.failed, 'a step or an undo failed; with onFailure: "rollback", what had happened may be undone'],
    [EXIT.usage, "wrong usage, or a decision that is not allowed"],
    [EXIT.paused, "it waits for a decision, a signal or a time"],
    ...RUN_CODES,
  ],
  examples: [
    { words: "resume welcome.json", what: "runs the failed step again, then the rest" },
    {
      words: 'resume welcome.json --done mail --why "found it in the outbox"',
      what: "continues after a step that happened, and records who decided so and why",
    },
  ],
  run: resume,
};

async function resume(request: CommandRequest, io: CommandIo): Promise<number> {
  const { flags, texts } = request;
  const [until, only] = [texts.get("until"), texts.get("only")];
  const call: ResumeCall = {
    decisions: await readDecisions(request, io),
    scope: until === undefined && only === undefined ? undefined : { until, only },
    home: readModule(request),
    // Without --keep, the journal says whether it stays.
    keep: flags.has("keep") ? true : undefined,
    maxIdleMs: MAX_IDLE_MS,
    now: flags.has("now"),
    isQuiet: flags.has("quiet"),
    trust: flags.has("trust"),
    acceptChanges: flags.has("accept-changes"),
    dryRun: flags.has("dry-run"),
    load: flags.has("load"),
    json: flags.has("json"),
    redact: redaction({ showSecrets: flags.has("show-secrets") }),
  };
  const place = await readJournal(request, call.dryRun ? "read" : "write", "any");
  if (await place.store.kindOf(place.name) === "scope") {
    const { resumeFolder } = await import("../resume/resume_folder.ts");
    return await resumeFolder(place, request, call, io);
  }
  if (!call.dryRun) await prepareWriting(place, request, io);
  if (call.home !== undefined && !call.dryRun) await requireModule(call.home);
  return await resumeOne(place, call, io);
}
