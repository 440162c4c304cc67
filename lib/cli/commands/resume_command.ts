import { type Command, type CommandIo, type CommandRequest, UsageError } from "../frame/command.ts";
import { EXIT, runCodes } from "../frame/exit_code.ts";
import {
  readJournalArgument,
  readModule,
  readRedaction,
  requireDryRun,
  requireModule,
} from "../frame/read_arguments.ts";
import { readDecisions } from "../frame/read_decisions.ts";
import { REASON_OPTIONS } from "../frame/reason_options.ts";
import { requirePermission } from "../frame/require_permission.ts";
import type { ResumeCall } from "../resume/resume_call.ts";
import { resumeOne } from "../resume/resume_one.ts";
import { textOption } from "./repair_step.ts";

/** `resume`: runs the rest of a transaction. */
export const resumeCommand: Command = {
  name: "resume",
  summary: "Runs the rest of a transaction from its journal",
  details: [
    "A finished step never runs again; one that failed does. Of a step that was started and has no end in the journal " +
    "nobody knows whether it happened: find out, then say --retry, --done or --skip.",
    "STEP is a step's number or name, as inspect shows it. Decisions are taken in the order in which they stand there.",
    "A result is JSON, or @FILE with JSON in it. A value that JSON has no word for (a date, a map) cannot be given that " +
    "way: run the step instead.",
    "A rollback that was interrupted goes on: the answers then mean what the question says. A wait for a signal that has " +
    "not come, and a sleep that lasts longer than a minute, end the run with exit code 3.",
    "Of a folder all journals are resumed that can go on, one after another, those first that have not moved for the " +
    "longest time; what is held, over or damaged is left as it is. A summary says what became of each, and the exit code " +
    "is the worst of theirs. Only --trust, --accept-changes, --now, --keep, --dry-run, --json, " +
    "--show-secrets and --load go with a folder. Ctrl-C ends all of it behind the step at work, and at a question at once.",
    "--until and --only end the run early, with exit code 3; only the modules of steps that may begin have to be there.",
    "On a terminal resume asks instead of refusing, and whoever only presses Enter decides nothing.",
    "On a terminal the last line shows how many steps are done, the one at work, the time so far, and, once a step has " +
    "finished, how long it all may take if the others take as long. NO_COLOR=1 leaves colours out, TERM=dumb the line.",
    "Standard output belongs to the steps. Until a step runs or a decision is taken the journal stays as it is.",
  ],
  permissions: "-A",
  arguments: [
    { name: "JOURNAL", summary: "path or file: URL of the journal, or of a folder of journals", completion: "journal" },
    {
      name: "MODULE",
      summary: "path or URL of the program now, if it was moved",
      isOptional: true,
      completion: "file",
    },
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
    ...REASON_OPTIONS,
    { name: "trust", summary: "runs a journal that somebody else may have written" },
    { name: "accept-changes", summary: "runs remote modules that have changed since the plan was made" },
    { name: "now", summary: "tries a step again at once whose pause between two attempts is not over" },
    { name: "until", value: "STEP", summary: "begins nothing that stands behind this step in the plan" },
    { name: "only", value: "STEP", summary: "begins this step alone, with what lies in it, if it is its turn" },
    { name: "dry-run", summary: "only shows what would happen to each step, and what that needs" },
    {
      name: "load",
      summary: "with --dry-run: loads every module, which runs what stands at its top, and checks every export",
    },
    { name: "json", summary: "with --dry-run: writes that as JSON" },
    { name: "show-secrets", summary: "with --dry-run: shows what looks like a secret" },
    { name: "keep", summary: "keeps the journal when all steps are done; a later resume leaves it alone" },
  ],
  exitCodes: [
    [EXIT.finished, "all steps are done, or the rollback is"],
    [EXIT.failed, 'a step failed, or an undo; with onFailure: "rollback" what had happened may be undone by now'],
    [EXIT.usage, "called in a way that makes no sense, or a decision that cannot be taken"],
    [EXIT.paused, "somebody has to decide, or it waits for a signal or a time"],
    ...runCodes,
  ],
  examples: [
    { words: "resume welcome.json", what: "runs the step that failed again, and then the rest" },
    {
      words: 'resume welcome.json --done mail --why "found it in the outbox"',
      what: "goes on behind a step that did happen, and writes down who said so and why",
    },
  ],
  run: resume,
};

async function resume(request: CommandRequest, io: CommandIo): Promise<number> {
  const place = readJournalArgument(request);
  const { flags } = request;
  const call: ResumeCall = {
    decisions: readDecisions(request.values, io),
    ...readScope(request),
    home: readModule(request, "resume"),
    keep: flags.has("keep"),
    now: flags.has("now"),
    trust: flags.has("trust"),
    acceptChanges: flags.has("accept-changes"),
    dryRun: flags.has("dry-run"),
    load: flags.has("load"),
    json: flags.has("json"),
    redact: readRedaction(flags),
  };
  requireDryRun(request, "resume");
  requirePermission(place, call.dryRun ? "read" : "write", isFolder(place) ? place : undefined);
  if (isFolder(place)) {
    const { resumeFolder } = await import("../resume/resume_folder.ts");
    return await resumeFolder(place, request, call, io);
  }
  if (call.home !== undefined && !call.dryRun) await requireModule(call.home);
  return await resumeOne(place, call, io);
}

function readScope(request: CommandRequest): Pick<ResumeCall, "scope"> {
  const [until, only] = ["until", "only"].map((name) => textOption(request, name));
  if (until !== undefined && only !== undefined) {
    throw new UsageError("--until and --only do not go together: the one names the last step, the other all", "resume");
  }
  if (until === undefined && only === undefined) return {};
  return { scope: { ...(until === undefined ? {} : { until }), ...(only === undefined ? {} : { only }) } };
}

/** Without the permission to look it is taken for a file, and what is missing is said of that. */
function isFolder(path: string): boolean {
  if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") return false;
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
