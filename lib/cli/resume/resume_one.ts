import { TransactionUndone } from "../../errors/running_errors.ts";
import type { Redact } from "../../inspect/redact/redact_secrets.ts";
import { describeFinished, describeUndone } from "../../progress/run_summary.ts";
import type { DecisionRequest } from "../../run/options/transaction_options.ts";
import { type ContinueRequest, resumeJournal } from "../../run/start/continue_journal.ts";
import type { Located } from "../../storage/locator.ts";
import { type CommandIo, writeLines } from "../frame/command.ts";
import { EXIT } from "../frame/exit_code.ts";
import { runAsking } from "./run_asking.ts";

/** A longer sleep ends the run of a command, so that the journal is free for other commands. */
export const MAX_IDLE_MS = 60_000;

export interface ResumeCall extends ContinueRequest {
  readonly decisions: readonly DecisionRequest[];
  readonly trust: boolean;
  readonly home: string | undefined;
  /** Says nothing about attempts that failed and are made again. */
  readonly isQuiet: boolean;
  readonly dryRun: boolean;
  /** With `dryRun`: all modules are loaded. */
  readonly load: boolean;
  /** With `dryRun`: the result is printed as JSON. */
  readonly json: boolean;
  readonly redact: Redact;
}

/** Resumes a transaction, or shows what a resume would do. If a step ends the process, `lastWords` prints what else must be. */
export async function resumeOne(
  located: Located,
  call: ResumeCall,
  io: CommandIo,
  lastWords?: () => void,
): Promise<number> {
  // A run does not wait for the modules of a dry run.
  if (call.dryRun) return await (await import("./render_dry_run.ts")).showDryRun(located, call, io);
  await warnOfHazard(located, io);
  const run = await runAsking(
    {
      located,
      command: "resume",
      isQuiet: call.isQuiet,
      lastWords,
      work: (store, { decisions, trust }, observer) =>
        resumeJournal(store, located.name, { ...call, decisions, trust, observer }),
      // The rest of the rollback was what it had to do.
      isEnd: (error, { wasRollback }) => wasRollback && error instanceof TransactionUndone,
    },
    call,
    io,
  );
  const isUndone = run.state.status === "undone";
  writeLines(io, [isUndone ? describeUndone(run.state) : describeFinished(run, await isKept(located))]);
  return EXIT.finished;
}

export async function warnOfHazard({ store, name }: Located, io: CommandIo): Promise<void> {
  const hazard = (await store.examine?.(name))?.hazard;
  if (hazard !== undefined) writeLines(io, [`warning: ${hazard}`]);
}

async function isKept({ store, name }: Located): Promise<boolean> {
  try {
    return await store.kindOf(name) === "journal";
  } catch {
    return false;
  }
}
