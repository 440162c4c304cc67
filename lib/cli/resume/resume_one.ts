import { TransactionUndone } from "../../errors/running_errors.ts";
import { undoneEnd } from "../../progress/run_summary.ts";
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
  const { decisions, trust } = call;
  const { end, summary } = await runAsking<TransactionUndone | undefined>(
    {
      located,
      command: "resume",
      lastWords,
      work: async (store, said, observer) => {
        const { decisions, trust } = said;
        const options = { ...optionsOf(call), decisions, trust, observer, maxIdleMs: MAX_IDLE_MS };
        await resumeJournal(store, located.name, options);
        return undefined;
      },
      // To undo the rest is what it was asked for.
      endOf: (error, { isRollback }) => isRollback && error instanceof TransactionUndone ? error : undefined,
    },
    { decisions, trust },
    io,
  );
  const isThere = end === undefined && await isKept(located);
  io.writeError(`${end === undefined ? summary.describe(isThere) : summary.describeUndone(undoneEnd(end))}\n`);
  return EXIT.finished;
}

function optionsOf({ scope, home, keep, now, acceptChanges }: ResumeCall): Parameters<typeof resumeJournal>[2] {
  return {
    ...(scope === undefined ? {} : { scope }),
    ...(home === undefined ? {} : { home }),
    ...(keep ? { keep } : {}),
    now,
    acceptChanges,
  };
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
