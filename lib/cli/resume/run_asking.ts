import { shellQuote } from "../../text/escape.ts";
import { DecisionRefused } from "../../errors/decision_errors.ts";
import { JournalUntrusted } from "../../errors/opening_errors.ts";
import { ModuleUnavailable } from "../../errors/planning_errors.ts";
import { TransactionPaused } from "../../errors/running_errors.ts";
import { describeInSentence } from "../../messages/describe_step.ts";
import { describeFailedAttempt, describeResumed, outlineRun, type RunOutline } from "../../progress/run_summary.ts";
import type * as Progress from "../../progress/run_progress.ts";
import type { EventObserver } from "../../run/options/observer.ts";
import type { DecisionRequest } from "../../run/options/transaction_options.ts";
import type { State } from "../../state/state.ts";
import type { Located } from "../../storage/locator.ts";
import type { Store } from "../../storage/store.ts";
import { type CommandIo, writeLines } from "../frame/command.ts";
import { findUser } from "../frame/decision_options.ts";
import type { Ask } from "./ask_decision.ts";
import type { SeenEvents } from "./ask_trust.ts";
import { guardExit } from "./held_signals.ts";

/** What was decided before a run, on the command line or in answer to a question. */
interface Said {
  readonly decisions: readonly DecisionRequest[];
  readonly trust: boolean;
  /** The question that the decisions answer. */
  readonly asked?: TransactionPaused;
  /** What of the journal was shown before it was trusted. */
  readonly seen?: SeenEvents;
}

interface AskingRun {
  readonly located: Located;
  readonly command: string;
  readonly isQuiet?: boolean;
  /** Prints what else must be printed if a step ends the process. */
  readonly lastWords?: () => void;
  readonly work: (store: Store, said: Said, observer: EventObserver) => Promise<unknown>;
  /** Tells whether an error means that the run did what it had to do. */
  readonly isEnd?: (error: unknown, run: RunOutline) => boolean;
}

/** Without a terminal there is no progress to show, and what shows it is not loaded. */
const UNSEEN: Pick<typeof Progress, "showProgress"> = { showProgress: () => ({ closing: () => {} }) };

/** Runs, and returns the run when it has done what it had to do. On a terminal, asks instead of refusing. */
export async function runAsking(run: AskingRun, said: Said, io: CommandIo): Promise<RunOutline> {
  let outline: RunOutline | undefined;
  let opened: State | undefined;
  const { showProgress } = io.terminal === undefined ? UNSEEN : await import("../../progress/run_progress.ts");
  const shown = showProgress(io.terminal);
  const { seen } = said;
  const write = (text: string) => writeLines(io, text.split("\n"));
  const watch = seen?.watch(run.located.name);
  const observer: EventObserver = {
    ...shown,
    record: watch?.record,
    opened: (state) => {
      opened = state;
      outline = outlineRun(state);
      watch?.opened?.(state);
    },
    event: (event, state) => {
      seen?.add(event);
      if (event.type === "resumed") describeResumed(event, state).forEach(write);
      if (event.type === "retrying" && run.isQuiet !== true) write(describeFailedAttempt(event, state));
      shown.event?.(event, state);
    },
    notice: ({ message }) => write(message),
  };
  const writeLast = (text: string) => {
    shown.closing();
    io.writeError(text);
  };
  const unguard = guardExit({
    journal: run.located.name,
    io: { ...io, writeError: writeLast },
    lastWords: run.lastWords,
    suspects: (thrown) => (opened === undefined ? [] : suspectSteps(opened, thrown)),
  });
  let error: unknown;
  try {
    await run.work(run.located.store, said, observer);
  } catch (thrown) {
    error = thrown;
  } finally {
    shown.closing();
    unguard();
  }
  if (outline !== undefined && (error === undefined || run.isEnd?.(error, outline) === true)) return outline;
  const answered = io.ask === undefined ? undefined : await answer(error, said, run, { ...io, ask: io.ask });
  if (answered !== undefined) return await runAsking(run, answered, io);
  throw withMoveHint(error, run);
}

/** The running steps whose module is in the stack of an error; all of them if none is. */
function suspectSteps(state: State, error: unknown): readonly string[] {
  const stack = error instanceof Error ? error.stack ?? "" : "";
  const running = [...state.running];
  const traced = running.filter(({ node }) =>
    node.kind === "step" && stack.includes(`${state.modules[node.module]?.url}:`)
  );
  return (traced.length > 0 ? traced : running).map(({ node }) => describeInSentence(state, node.id));
}

/** What to run again with, if the person at the terminal answers the question that stopped the run. */
async function answer(
  error: unknown,
  said: Said,
  { command, located: { store } }: AskingRun,
  io: CommandIo & { readonly ask: Ask },
): Promise<Said | undefined> {
  if (error instanceof JournalUntrusted) {
    const { askTrust } = await import("./ask_trust.ts");
    const seen = await askTrust(error, { store, isRollback: command === "rollback" }, io.ask);
    return seen === undefined ? undefined : { ...said, trust: true, seen };
  }
  const { asked: askedBefore, ...others } = said;
  const isRefused = error instanceof DecisionRefused && askedBefore !== undefined;
  if (isRefused) writeLines(io, [error.message]);
  const asked = isRefused ? askedBefore : error;
  if (!(asked instanceof TransactionPaused) || asked.question === undefined) return undefined;
  const { askDecision } = await import("./ask_decision.ts");
  const decision = await askDecision(asked, io.ask);
  // The refusal has been shown. The question is still open.
  if (decision === undefined && isRefused) throw asked;
  if (decision === undefined) return undefined;
  const by = findUser(io);
  // The earlier decisions are in the journal by now.
  return { ...others, asked, decisions: [{ ...decision, by }] };
}

/** A local module that is missing was most often moved. */
function withMoveHint(error: unknown, { command, located: { name } }: AskingRun): unknown {
  if (!(error instanceof ModuleUnavailable) || !error.module.startsWith("file:")) return error;
  if (!/^Cannot (load|read) .*not found/s.test(error.message)) return error;
  const hint = `If the program was moved, pass its current path: ${command} ${shellQuote(name)} MODULE`;
  return new ModuleUnavailable(error.module, error.export, `${error.message}. ${hint}`, { cause: error.cause });
}
