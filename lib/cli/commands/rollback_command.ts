import { DecisionRefused } from "../../errors/decision_errors.ts";
import { TransactionUndone } from "../../errors/running_errors.ts";
import { redaction } from "../../inspect/redact/redact_secrets.ts";
import { describeUndone } from "../../progress/run_summary.ts";
import type { RollbackOptions } from "../../run/options/transaction_options.ts";
import type { EventObserver } from "../../run/options/observer.ts";
import { resumeJournal, rollbackJournal } from "../../run/start/continue_journal.ts";
import { planRollback } from "../../run/start/plan_rollback.ts";
import { stepsToUndo } from "../../state/rollback.ts";
import { type State, toStepId } from "../../state/state.ts";
import type { Located } from "../../storage/locator.ts";
import { readIdleState } from "../../storage/read_state.ts";
import { type Command, type CommandIo, type CommandRequest, UsageError, writeLines } from "../frame/command.ts";
import { DRY_RUN_OPTIONS, readReason, REASON_OPTIONS, RUN_OPTIONS, TAKE_OVER } from "../frame/decision_options.ts";
import { EXIT, RUN_CODES } from "../frame/exit_code.ts";
import { JOURNAL, readJournal, readOwnJournal } from "../frame/journal_argument.ts";
import { MOVED_MODULE, readModule, requireModule } from "../frame/module_argument.ts";
import { showDryRun } from "../resume/render_dry_run.ts";
import { warnOfHazard } from "../resume/resume_one.ts";
import { confirm, listSteps, seenSteps } from "../show/confirm_steps.ts";
import { runAsking } from "../resume/run_asking.ts";

export const rollbackCommand: Command = {
  name: "rollback",
  summary: "Undoes the steps of a transaction, the last one first, with their undo functions",
  details: [
    "Each undo is recorded before and after it runs. An undo that fails ends the rollback with exit code 1. When " +
    "you have fixed the cause, run rollback or resume to continue it. A step is never undone twice, and no further " +
    "step runs.",
    "A step without an undo function stays as it is and is listed. The same is true of everything that happened " +
    "before a rewind. If a step or an undo was interrupted, its outcome is unknown. rollback then calls the step's " +
    "probe (the function in its option interrupted), or asks you on a terminal. Otherwise pass --retry, --done or " +
    "--skip to resume.",
    "On a terminal, rollback lists what it would undo and asks, unless you pass --yes. Elsewhere, it needs --yes only if the " +
    "transaction is finished.",
    "STEP is a step's number or name, as inspect shows it.",
    "Standard output belongs to the undo functions.",
  ],
  permissions: "-A",
  arguments: [JOURNAL, MOVED_MODULE],
  options: [
    { name: "to", value: "STEP", summary: "keeps this step and all steps before it" },
    {
      name: "strict",
      summary:
        "refuses if a step that has happened has no undo function or was rewound, even when continuing a rollback",
    },
    { name: "dry-run", summary: "only shows what would be undone, in which order, and what would stay" },
    ...DRY_RUN_OPTIONS,
    { name: "yes", summary: "does not ask before it undoes steps" },
    ...REASON_OPTIONS,
    TAKE_OVER,
    ...RUN_OPTIONS,
    { name: "now", summary: "retries a failed undo immediately, without the delay between attempts" },
    { name: "quiet", summary: "does not report failed attempts that are followed by another attempt" },
  ],
  exitCodes: [
    [EXIT.finished, "everything that can be undone is undone, or you answered no"],
    [EXIT.failed, "an undo failed"],
    [EXIT.usage, "wrong usage, --yes is missing, or there is nothing to undo"],
    [EXIT.paused, "it waits for a decision"],
    ...RUN_CODES,
  ],
  examples: [
    { words: "rollback order-7.json --dry-run", what: "shows what would be undone" },
    {
      words: 'rollback order-7.json --to reserve --why "the customer wants another size"',
      what: "undoes the steps after the one named reserve",
    },
  ],
  run: rollback,
};

async function rollback(request: CommandRequest, io: CommandIo): Promise<number> {
  const { flags, texts } = request;
  const isDryRun = flags.has("dry-run");
  const home = readModule(request);
  const located = isDryRun ? await readJournal(request, "read") : await readOwnJournal(request, io);
  const options: RollbackOptions = {
    to: texts.get("to"),
    ...readReason(request, io),
    home,
    strict: flags.has("strict"),
    trust: flags.has("trust"),
    acceptChanges: flags.has("accept-changes"),
    now: flags.has("now"),
  };
  if (isDryRun) {
    const redact = redaction({ showSecrets: flags.has("show-secrets") });
    return await showDryRun(located, { ...options, rollback: options, redact, json: flags.has("json") }, io);
  }
  const agreed = flags.has("yes") ? "" : await agree(located, options, io);
  if (agreed === undefined) return EXIT.finished;
  await warnOfHazard(located, io);
  if (home !== undefined) await requireModule(home);
  const said = request.values.filter(({ name }) => name === "by" || name === "why").map(({ name }) => `--${name}`);
  return await run(located, { options, said, agreed, isQuiet: flags.has("quiet") }, io);
}

/** What was asked for, and what of it is not a part of the call. */
interface RollbackCall {
  readonly options: RollbackOptions;
  readonly said: readonly string[];
  /** The steps that were shown; empty if nobody was asked. */
  readonly agreed: string;
  readonly isQuiet: boolean;
}

/** Asks before anything is undone, unless the rollback has begun. Returns what was shown, or nothing if the answer is no. */
async function agree({ store, name }: Located, options: RollbackOptions, io: CommandIo): Promise<string | undefined> {
  const state = await readIdleState(store, name);
  const decision = state.isReady ? planRollback(name, state, options) : undefined;
  const steps = decision === undefined ? [] : stepsToUndo(state, decision.to);
  if (steps.length === 0) return "";
  if (io.ask === undefined) {
    if (state.status !== "finished") return "";
    const what = steps.length === 1 ? "a step" : `${steps.length} steps`;
    const advice = "To do that, pass --yes. To see it first, --dry-run";
    throw new UsageError(`The transaction is finished, and ${what} of it would be undone. ${advice}`);
  }
  const question = ["These steps will be undone, in this order", ...listSteps(state, steps), "Undo all these steps?"];
  return await confirm(io, question, "Nothing was undone") ? seenSteps(steps) : undefined;
}

/** After the first answer, the rest is the same as for `resume`. */
async function run(located: Located, call: RollbackCall, io: CommandIo): Promise<number> {
  const { options, said, agreed, isQuiet } = call;
  const { name: journal } = located;
  const refuseChanged = (state: State) => {
    if (agreed === "" || state.rollback !== undefined) return;
    const to = options.to === undefined ? undefined : toStepId(state, options.to);
    if (seenSteps(stepsToUndo(state, to)) === agreed) return;
    const why = "the transaction has changed since. Look again";
    throw new DecisionRefused(journal, "", `Cannot roll back ${JSON.stringify(journal)}: ${why}`);
  };
  // Who and why are part of the decision, which a rollback that has begun does not record again.
  let hasBegun: boolean | undefined;
  const watch = (observer: EventObserver): EventObserver => ({
    ...observer,
    opened: (state) => {
      observer.opened?.(state);
      refuseChanged(state);
    },
    event: (event, state) => {
      if (event.type !== "resumed") hasBegun ??= !(event.type === "decided" && event.decision === "rollback");
      observer.event?.(event, state);
    },
  });
  try {
    const { state } = await runAsking(
      {
        located,
        command: "rollback",
        isQuiet,
        work: async (store, { decisions, trust }, shown) => {
          const observer = watch(shown);
          if (decisions.length === 0) return await rollbackJournal(store, journal, { ...options, trust, observer });
          await resumeJournal(store, journal, { ...options, decisions, trust, observer });
          throw new TypeError("A rollback ended in an unexpected way");
        },
        isEnd: (error) => error instanceof TransactionUndone,
      },
      { decisions: [], trust: options.trust === true },
      io,
    );
    writeLines(io, [describeUndone(state)]);
  } finally {
    if (hasBegun === true && said.length > 0) {
      writeLines(io, [`The rollback had already begun, so this is not recorded: ${said.join(", ")}`]);
    }
  }
  return EXIT.finished;
}
