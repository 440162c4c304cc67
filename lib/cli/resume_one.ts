import { TransactionUndone } from "../errors/running_errors.ts";
import { forecastResume } from "../inspect/forecast_resume.ts";
import { paintForTerminal, paintNothing } from "../inspect/paint.ts";
import { resumeJournal } from "../run/resume_journal.ts";
import type { ScopeRequest } from "../run/run_scope.ts";
import type { DecisionRequest } from "../run/transaction_options.ts";
import { describeDistrust } from "../storage/describe_distrust.ts";
import { describeFileSystem } from "../storage/describe_file_system.ts";
import { FileStore } from "../storage/file_store.ts";
import { escapeForTerminal } from "../values/escape_for_terminal.ts";
import type { CommandIo } from "./command_io.ts";
import { EXIT } from "./exit_code.ts";
import { renderForecast } from "./render_forecast.ts";
import { runAsking } from "./run_asking.ts";

/** What `resume` was told. */
export interface ResumeCall {
  /** What to do about steps. */
  readonly decisions: readonly DecisionRequest[];
  /** How much of it is to be done; all if it is absent. */
  readonly scope?: ScopeRequest;
  /** Where the program is now, if it was moved. */
  readonly home: string | undefined;
  /** The journal stays. */
  readonly keep: boolean;
  /** Pauses between attempts are not waited for. */
  readonly now: boolean;
  /** A journal that somebody else may have written is run. */
  readonly trust: boolean;
  /** Remote modules may have changed. */
  readonly acceptChanges: boolean;
  /** It is only shown what would happen. */
  readonly dryRun: boolean;
  /** For that, all modules are loaded. */
  readonly load: boolean;
}

/** A longer sleep ends the run, so that the journal is free for whoever looks after it. */
const MAX_IDLE_MS = 60_000;

/**
 * Resumes a transaction, or shows what that would do.
 *
 * @returns The exit code, when it came to its end or only had a look; all else is thrown.
 */
export async function resumeOne(journal: string, call: ResumeCall, io: CommandIo): Promise<number> {
  if (call.dryRun) return await forecast(journal, call, io);
  for (const warning of describeFileSystem(journal)) io.writeError(`warning: ${escapeForTerminal(warning)}\n`);
  const { decisions, trust } = call;
  const { end, summary } = await runAsking<TransactionUndone | undefined>(
    {
      journal,
      command: "resume",
      work: async (store, said, observer) => {
        const { decisions, trust } = said;
        const options = { ...optionsOf(call), decisions, trust, observer, maxIdleMs: MAX_IDLE_MS };
        await resumeJournal(store, journal, options);
        return undefined;
      },
      // To undo the rest is what it was asked for.
      endOf: (error, { isRollback }) => isRollback && error instanceof TransactionUndone ? error : undefined,
    },
    { decisions, trust },
    io,
  );
  io.writeError(`${end === undefined ? summary.describe() : summary.describeUndone(end.left)}\n`);
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

async function forecast(journal: string, call: ResumeCall, io: CommandIo): Promise<number> {
  const { decisions, scope, home, now, trust, acceptChanges } = call;
  const found = await forecastResume(new FileStore(), journal, {
    decisions,
    now,
    trust,
    acceptChanges,
    ...(scope === undefined ? {} : { scope }),
    ...(home === undefined ? {} : { home }),
    ...(call.load ? { load: { distrust: distrustOf(journal) } } : {}),
  });
  io.writeOut(renderForecast(found, io.wantsColour ? paintForTerminal : paintNothing));
  return found.finishes ? EXIT.finished : EXIT.paused;
}

function distrustOf(journal: string): ReturnType<typeof describeDistrust> {
  try {
    return describeDistrust(journal, Deno.lstatSync(journal));
  } catch (error) {
    // That it is not there is told by whoever reads it.
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
