import { TransactionUndone } from "../../errors/running_errors.ts";
import { describeFinished, describeUndone } from "../../progress/run_summary.ts";
import { resumeJournal } from "../../run/start/continue_journal.ts";
import type { Located } from "../../storage/locator.ts";
import { type CommandIo, writeLines } from "../frame/command.ts";
import { EXIT } from "../frame/exit_code.ts";
import { MAX_IDLE_MS, type ResumeCall } from "./resume_call.ts";
import { runAsking } from "./run_asking.ts";

/**
 * Resumes a transaction, or shows what a resume would do.
 *
 * @param lastWords Prints what else must be printed if a step ends the process.
 * @returns The exit code of a transaction that has finished, or of a dry run.
 */
export async function resumeOne(
  located: Located,
  call: ResumeCall,
  io: CommandIo,
  lastWords: () => void = () => {},
): Promise<number> {
  // A run does not wait for the modules of a dry run.
  if (call.dryRun) return await (await import("./dry_run.ts")).showDryRun(located, call, io);
  await warnOfHazard(located, io);
  const { decisions, trust, scope, home, keep, now, acceptChanges } = call;
  const run = await runAsking(
    {
      located,
      command: "resume",
      isQuiet: call.isQuiet,
      lastWords,
      work: (store, { decisions, trust }, observer) =>
        resumeJournal(store, located.name, {
          decisions,
          trust,
          observer,
          scope,
          home,
          // Without --keep the journal says so.
          keep: keep ? true : undefined,
          now,
          acceptChanges,
          maxIdleMs: MAX_IDLE_MS,
        }),
      // The rest of the rollback was what it had to do.
      isEnd: (error, { wasRollback }) => wasRollback && error instanceof TransactionUndone,
    },
    { decisions, trust },
    io,
  );
  const isUndone = run.state.status === "undone";
  writeLines(io, [isUndone ? describeUndone(run.state) : describeFinished(run, await isKept(located))]);
  return EXIT.finished;
}

/** Warns if journals are not safe at that place. */
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
