import { TransactionUndone } from "../../errors/running_errors.ts";
import { describeFinished, describeUndone } from "../../progress/run_summary.ts";
import { resumeJournal } from "../../run/start/resume_journal.ts";
import type { Located } from "../../storage/locator.ts";
import { escapeForTerminal } from "../../text/escape.ts";
import type { CommandIo } from "../frame/command.ts";
import { EXIT } from "../frame/exit_code.ts";
import { MAX_IDLE_MS, type ResumeCall } from "./resume_call.ts";
import { runAsking } from "./run_asking.ts";

/**
 * Resumes a transaction, or shows what that would do.
 *
 * @param lastWords Says what else there is to say when a step ends the process.
 * @returns The exit code, when it came to its end or only had a look; all else is thrown.
 */
export async function resumeOne(
  located: Located,
  call: ResumeCall,
  io: CommandIo,
  lastWords: () => void = () => {},
): Promise<number> {
  // Who runs it does not wait for what only a look at it needs.
  if (call.dryRun) return await (await import("./dry_run.ts")).showDryRun(located, call, io);
  await warnOfHazard(located, io);
  const { decisions, trust, scope, home, keep, now, acceptChanges } = call;
  const run = await runAsking(
    {
      located,
      command: "resume",
      lastWords,
      work: (store, { decisions, trust }, observer) =>
        resumeJournal(store, located.name, {
          decisions,
          trust,
          observer,
          scope,
          home,
          // What was not typed is for the journal to say.
          keep: keep ? true : undefined,
          now,
          acceptChanges,
          maxIdleMs: MAX_IDLE_MS,
        }),
      // To undo the rest is what it was asked for.
      isEnd: (error, { wasRollback }) => wasRollback && error instanceof TransactionUndone,
    },
    { decisions, trust },
    io,
  );
  const isUndone = run.state.status === "undone";
  io.writeError(`${isUndone ? describeUndone(run.state) : describeFinished(run, await isKept(located))}\n`);
  return EXIT.finished;
}

/** Warns of a place where journals are not safe. */
export async function warnOfHazard({ store, name }: Located, io: CommandIo): Promise<void> {
  const hazard = (await store.examine?.(name))?.hazard;
  if (hazard !== undefined) io.writeError(`warning: ${escapeForTerminal(hazard)}\n`);
}

async function isKept({ store, name }: Located): Promise<boolean> {
  try {
    return await store.kindOf(name) === "journal";
  } catch {
    return false;
  }
}
