import { DecisionRefused } from "../../errors/decision_errors.ts";
import { JournalUntrusted } from "../../errors/opening_errors.ts";
import { ModuleUnavailable } from "../../errors/planning_errors.ts";
import { TransactionPaused } from "../../errors/running_errors.ts";
import type { Event } from "../../journal/event.ts";
import { shellQuote } from "../../messages/command_line.ts";
import { RunSummary, type SeenEvents } from "../../progress/run_summary.ts";
import { showProgress } from "../../progress/show_progress.ts";
import type { DecisionRequest } from "../../run/options/transaction_options.ts";
import type { EventObserver } from "../../run/session/session.ts";
import type { Located } from "../../storage/locator.ts";
import type { Store } from "../../storage/store.ts";
import { escapeForTerminal } from "../../text/escape.ts";
import type { CommandIo } from "../frame/command.ts";
import { findUser } from "../frame/decision_options.ts";
import { type Ask, askDecision } from "./ask_decision.ts";
import { guardExit } from "./held_signals.ts";

/** What was said before a run, on the command line or in answer to a question. */
export interface Said {
  /** What to do about steps. */
  readonly decisions: readonly DecisionRequest[];
  /** A journal that somebody else may have written is run. */
  readonly trust: boolean;
  /** The question to which the decisions are the answer. */
  readonly asked?: TransactionPaused;
  /** What was shown of it before somebody said so. */
  readonly seen?: SeenEvents;
}

/** A run on behalf of a command. */
interface AskingRun<T> {
  /** The journal. */
  readonly located: Located;
  /** The command. */
  readonly command: string;
  /** Says what else there is to say when a step ends the process. */
  readonly lastWords?: () => void;
  /** Runs. */
  readonly work: (store: Store, said: Said, observer: EventObserver) => Promise<T>;
  /** Tells whether an error is the end that was asked for, and then what to make of it. */
  readonly endOf?: (error: unknown, summary: RunSummary) => T | undefined;
}

/** Runs, and where a person sits at a terminal asks instead of refusing. */
export async function runAsking<T>(
  run: AskingRun<T>,
  said: Said,
  io: CommandIo,
): Promise<{ readonly end: T; readonly summary: RunSummary }> {
  const summary = new RunSummary((line) => io.writeError(`${escapeForTerminal(line)}\n`));
  const shown = showProgress(io.terminal);
  const { seen } = said;
  const store = seen === undefined ? run.located.store : seen.watch(run.located.store);
  const event = (happened: Event) => {
    seen?.add(happened);
    summary.event(happened);
    shown.event(happened);
  };
  const writeLast = (text: string) => {
    shown.stop();
    io.writeError(text);
  };
  const unguard = guardExit(run.located.name, { ...io, writeError: writeLast }, run.lastWords);
  try {
    const end = await run.work(shown.watch(summary.watch(store)), said, { event, progress: shown.progress });
    return { end, summary };
  } catch (error) {
    shown.stop();
    unguard();
    const answered = io.ask === undefined ? undefined : await answer(error, said, run, { ...io, ask: io.ask });
    if (answered !== undefined) return await runAsking(run, answered, io);
    const end = run.endOf?.(error, summary);
    if (end !== undefined) return { end, summary };
    throw withMoveHint(error, run);
  } finally {
    shown.stop();
    unguard();
  }
}

/** What to try again with, if somebody has an answer to what stopped the run. */
async function answer(
  error: unknown,
  said: Said,
  { command, located: { store } }: AskingRun<unknown>,
  io: CommandIo & { readonly ask: Ask },
): Promise<Said | undefined> {
  if (error instanceof JournalUntrusted) {
    const { askTrust } = await import("./ask_trust.ts");
    const seen = await askTrust(error, { store, isRollback: command === "rollback" }, io.ask);
    return seen === undefined ? undefined : { ...said, trust: true, seen };
  }
  const { asked: askedBefore, ...others } = said;
  const isRefused = error instanceof DecisionRefused && askedBefore !== undefined;
  if (isRefused) io.writeError(`${escapeForTerminal(error.message)}\n`);
  const asked = isRefused ? askedBefore : error;
  if (!(asked instanceof TransactionPaused) || asked.question === undefined) return undefined;
  const decision = await askDecision(asked, io.ask);
  if (decision === undefined) return undefined;
  const by = findUser(io);
  // What was decided before is in the journal by now.
  return { ...others, asked, decisions: [{ ...decision, ...(by === undefined ? {} : { by }) }] };
}

/** A local module that is not there has most often been moved, and then there is something to type. */
function withMoveHint(error: unknown, { command, located: { name } }: AskingRun<unknown>): unknown {
  if (!(error instanceof ModuleUnavailable) || !error.module.startsWith("file:")) return error;
  if (!/^Cannot (load|read) .*not found/s.test(error.message)) return error;
  const hint = `If the program was moved, say where it is now: ${command} ${shellQuote(name)} MODULE`;
  return new ModuleUnavailable(error.module, error.export, `${error.message}. ${hint}`, { cause: error.cause });
}
