import { TransactionUndone } from "../../errors/running_errors.ts";
import { dryRunRollback } from "../../inspect/dry_run/dry_run_rollback.ts";
import { undoneEnd } from "../../progress/run_summary.ts";
import type { RollbackOptions } from "../../run/options/rollback_options.ts";
import type { EventObserver } from "../../run/session/session.ts";
import { resumeJournal } from "../../run/start/resume_journal.ts";
import { rollbackJournal } from "../../run/start/rollback_journal.ts";
import type { RollbackEnd } from "../../state/rollback.ts";
import { FileStore } from "../../storage/file/file_store.ts";
import { describeFileSystem } from "../../storage/file/file_system.ts";
import { lookAtFile } from "../../storage/file/look_at_file.ts";
import { escapeForTerminal, escapeJsonText } from "../../text/escape.ts";
import type { Command, CommandIo, CommandRequest } from "../frame/command.ts";
import { EXIT, runCodes } from "../frame/exit_code.ts";
import {
  readJournalArgument,
  readModule,
  readRedaction,
  requireDryRun,
  requireModule,
} from "../frame/read_arguments.ts";
import { readReason, REASON_OPTIONS } from "../frame/reason_options.ts";
import { requirePermission } from "../frame/require_permission.ts";
import { dryRunCode } from "../resume/dry_run.ts";
import { dryRunStyle, renderRollback } from "../resume/render_dry_run.ts";
import { runAsking } from "../resume/run_asking.ts";

/** `rollback`: takes back what a transaction has done. */
export const rollbackCommand: Command = {
  name: "rollback",
  summary: "Undoes what a transaction has done: calls the undo functions of its steps, the last step first",
  details: [
    "Each undo is written down before and after it runs. One that fails ends the rollback with exit code 1; when the cause " +
    "is mended, rollback or resume goes on with it. What is undone is never undone again, and nothing else runs any more.",
    "A step without an undo function stays as it is, and is named; so does what had happened before a rewind. Of a step, or an undo, that was interrupted nobody " +
    "knows whether it happened: its probe is asked, or somebody who sits at a terminal; resume takes the answer as " +
    "--retry, --done or --skip.",
    "STEP is a step's number or name, as inspect shows it.",
    "Standard output belongs to the undo functions.",
  ],
  permissions: "-A",
  arguments: [
    { name: "JOURNAL", summary: "path or file: URL of the journal", completion: "journal" },
    {
      name: "MODULE",
      summary: "path or URL of the program now, if it was moved",
      isOptional: true,
      completion: "file",
    },
  ],
  options: [
    { name: "to", value: "STEP", summary: "the step that stays as it is, with all before it" },
    {
      name: "strict",
      summary: "refuses, also to undo the rest, if a step that has happened has no undo function or was rewound",
    },
    { name: "dry-run", summary: "only shows what would be undone, in which order, and what would stay" },
    { name: "json", summary: "with --dry-run: writes that as JSON" },
    { name: "show-secrets", summary: "with --dry-run: shows what looks like a secret" },
    ...REASON_OPTIONS,
    { name: "trust", summary: "runs a journal that somebody else may have written" },
    { name: "accept-changes", summary: "runs remote modules that have changed since the plan was made" },
    { name: "now", summary: "tries an undo again at once whose pause between two attempts is not over" },
  ],
  exitCodes: [
    [EXIT.finished, "all that can be undone is undone"],
    [EXIT.failed, "an undo failed"],
    [EXIT.usage, "called in a way that makes no sense, or there is nothing to undo"],
    [EXIT.paused, "somebody has to decide"],
    ...runCodes,
  ],
  examples: [
    { words: "rollback order-7.json --dry-run", what: "shows what would be undone" },
    {
      words: 'rollback order-7.json --to reserve --why "the customer wants another size"',
      what: "undoes what came behind the step named reserve",
    },
  ],
  run: rollback,
};

async function rollback(request: CommandRequest, io: CommandIo): Promise<number> {
  const journal = readJournalArgument(request);
  const isDryRun = request.flags.has("dry-run");
  requireDryRun(request, "rollback");
  const home = readModule(request, "rollback");
  const to = request.values.find(({ name }) => name === "to")?.value;
  const options: RollbackOptions = {
    ...(to === undefined ? {} : { to }),
    ...readReason(request, io),
    ...(home === undefined ? {} : { home }),
    strict: request.flags.has("strict"),
    trust: request.flags.has("trust"),
    acceptChanges: request.flags.has("accept-changes"),
    now: request.flags.has("now"),
  };
  requirePermission(journal, isDryRun ? "read" : "write");
  if (isDryRun) return await dryRun(journal, options, request, io);
  for (const warning of describeFileSystem(journal)) io.writeError(`warning: ${escapeForTerminal(warning)}\n`);
  if (home !== undefined) await requireModule(home);
  const said = request.values.filter(({ name }) => name === "by" || name === "why").map(({ name }) => `--${name}`);
  return await run(journal, options, said, io);
}

/** Once somebody has answered something, what is left is the same for `resume`. */
async function run(
  journal: string,
  options: RollbackOptions,
  said: readonly string[],
  io: CommandIo,
): Promise<number> {
  // Who says so is a part of the decision, which a rollback that has begun does not take again.
  let hasBegun: boolean | undefined;
  const watch = (observer: EventObserver): EventObserver => ({
    ...observer,
    event: (event) => {
      if (event.type !== "resumed") hasBegun ??= !(event.type === "decided" && event.decision === "rollback");
      observer.event?.(event);
    },
  });
  try {
    const { end, summary } = await runAsking<RollbackEnd>(
      {
        journal,
        command: "rollback",
        work: async (store, { decisions, trust }, shown) => {
          const observer = watch(shown);
          if (decisions.length === 0) return await rollbackJournal(store, journal, { ...options, trust, observer });
          await resumeJournal(store, journal, { ...options, decisions, trust, observer });
          throw new TypeError("A rollback has come to an end that is none");
        },
        endOf: (error) => error instanceof TransactionUndone ? undoneEnd(error) : undefined,
      },
      { decisions: [], trust: options.trust === true },
      io,
    );
    io.writeError(`${summary.describeUndone(end)}\n`);
  } finally {
    if (hasBegun === true && said.length > 0) {
      io.writeError(`The rollback had begun before: not written down again: ${said.join(", ")}\n`);
    }
  }
  return EXIT.finished;
}

async function dryRun(
  journal: string,
  options: RollbackOptions,
  { flags }: CommandRequest,
  io: CommandIo,
): Promise<number> {
  const found = await dryRunRollback(new FileStore(), journal, {
    ...options,
    redact: readRedaction(flags),
    file: lookAtFile(journal),
  });
  if (flags.has("json")) io.writeOut(`${escapeJsonText(JSON.stringify(found, null, 2))}\n`);
  else io.writeOut(renderRollback(found, dryRunStyle(io)));
  return dryRunCode(found);
}
