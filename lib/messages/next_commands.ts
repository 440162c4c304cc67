import type { NextCommand } from "../errors/journal_error.ts";
import type { PauseAnswer, PauseQuestion } from "../errors/running_errors.ts";
import { checkAnswer, checkTransactionAnswer, type StepAnswer } from "../state/answers.ts";
import { type NextActions, nextActions, type Question } from "../state/next_actions.ts";
import { describeNeededParts } from "../state/references.ts";
import { rewoundSteps } from "../state/revert.ts";
import { findDueRollback, stepsToUndo } from "../state/rollback.ts";
import { findStep, firstDueAt, isClosed, openAbort, type State, type TransactionStatus } from "../state/state.ts";
import { isUndoing, type StepState } from "../state/step_state.ts";
import { isUntouched } from "../state/walk_steps.ts";
import { isOfDatabase } from "../storage/locator_scheme.ts";
import { commandLine, escapeForTerminal, shellQuote } from "../text/escape.ts";
import { formatTime } from "../text/format_time.ts";
import { VERSION } from "../version.ts";
import { capital } from "./describe_step.ts";

/** The maximum number of questions or signals for which commands are listed. The others come after these. */
const MAX_STEPS = 3;

type Situation = PauseQuestion | "failed" | "undo failed" | "rollback due";

type Way = readonly [answer: StepAnswer, when: string];

/** What is offered in a situation: of each group, the first answer that the step can take. */
const WAYS: Readonly<Record<Situation, readonly (readonly Way[])[]>> = {
  unknown: [
    [["retry", "Step … did not happen: run it"]],
    [["done", "Step … happened"], ["give", "Step … happened: pass its value"]],
    [["skip", "Skip step …"]],
  ],
  happened: [
    [["give", "Step … happened: undo it. Its undo gets the value that you pass"]],
    [["skip", "Step … did not happen"]],
  ],
  undone: [
    [["retry", "Step … is not undone: undo it"]],
    [["done", "Step … is undone"]],
    [["skip", "Keep the effect of step …"]],
  ],
  value: [
    [["give", "Pass the value of step …"]],
    [["rewind", "Run step … again for its value"], ["skip", "Keep the effect of step …"]],
  ],
  failed: [[["skip", "Skip step …"], ["give", "You did step … by hand: pass its value"]]],
  "rollback due": [
    [["retry", "Run step … again instead"]],
    [["skip", "Skip step … instead"], ["give", "You did step … by hand: pass its value instead"]],
  ],
  "undo failed": [
    [["give", "The value for the undo of step … is wrong or missing: pass it"]],
    [["done", "You undid step … by hand"]],
    [["skip", "Keep the effect of step …"]],
  ],
};

export interface Offer {
  readonly answer: StepAnswer;
  readonly when: string;
  readonly command: "resume" | "rewind";
  readonly words: readonly string[];
}

export function offersFor(state: State, step: StepState, situation: Situation): readonly Offer[] {
  const { id } = step.node;
  return WAYS[situation].flatMap((ways): readonly Offer[] => {
    const way = ways.find(([answer]) => checkAnswer(state, step, answer) === undefined);
    if (way === undefined) return [];
    const [answer, text] = way;
    // A rewind would also run later steps again.
    if (answer === "rewind" && !rewoundSteps(state, step).slice(1).every(isUntouched)) return [];
    const command = answer === "rewind" ? "rewind" : "resume";
    return [{
      answer,
      when: text.replace("…", id) + (answer === "give" ? neededParts(state, id) : ""),
      command,
      words: wordsFor(answer, id),
    }];
  });
}

/** A person who passes a value must know which parts of it later steps take. An undo gets the value as a whole. */
function neededParts(state: State, id: string): string {
  const parts = state.rollback === undefined ? describeNeededParts(state, id) : undefined;
  return parts === undefined ? "" : `, with ${escapeForTerminal(parts)}`;
}

function wordsFor(answer: StepAnswer, id: string): readonly string[] {
  if (answer === "rewind") return [id];
  return answer === "give" ? ["--done", id, "--result", "JSON"] : [`--${answer}`, id];
}

/** What is asked about a step. In a rollback, the question is whether there is something to undo. */
export function questionOf(state: State, { step, reason }: Question): PauseQuestion {
  if (reason !== "unknown" || state.rollback === undefined) return reason;
  return isUndoing(step) ? "undone" : "happened";
}

/** The answers to a question, as an error and a prompt have them. */
export function pauseAnswers(state: State, step: StepState, question: PauseQuestion): readonly PauseAnswer[] {
  const takes = (answer: StepAnswer) => checkAnswer(state, step, answer) === undefined;
  const result = !takes("give") ? "none" : takes("done") ? "optional" : "required";
  return offersFor(state, step, question).flatMap(({ answer, when: meaning }): readonly PauseAnswer[] => {
    if (answer === "done" || answer === "give") return [{ decision: "done", meaning, result }];
    return answer === "retry" || answer === "skip" ? [{ decision: answer, meaning, result: "none" }] : [];
  });
}

export interface NextCommandsOptions {
  /** What follows the journal in every command that resumes it. */
  readonly resumeWords?: readonly string[];
  /** Only what concerns this node, or a node in it. */
  readonly about?: string | undefined;
  /** The last run closed the journal properly: if the transaction is finished, the journal is kept on purpose. */
  readonly isAtRest?: boolean;
}

type Say = (when: string, command: string, ...words: readonly string[]) => NextCommand;

/** Says what to type next, from what a resume would find. */
export function nextCommands(state: State, journal: string, options: NextCommandsOptions = {}): readonly NextCommand[] {
  const { resumeWords = [], isAtRest = false, about } = options;
  const say: Say = (when, command, ...words) => ({
    when,
    command: commandLine(state.library, command, journal, ...(command === "resume" ? resumeWords : []), ...words),
  });
  const { status } = state;
  if (about !== undefined && isClosed(status)) return [];
  switch (status) {
    case "finished":
      if (state.options.keep === true || isAtRest) return [];
      return [say("All steps are done, but the journal is still there: remove it", "resume")];
    case "cancelled":
      return undoAll(state, say);
    case "undone":
      return stepsToUndo(state, undefined).length === 0 ? [] : [say("Undo the rest", "rollback")];
    default:
      return openCommands(state, say, about);
  }
}

function openCommands(state: State, say: Say, about: string | undefined): readonly NextCommand[] {
  const { status, waits } = state;
  const isMeant = ({ node: { id } }: StepState) => about === undefined || id === about || id.startsWith(`${about}.`);
  const offer = (step: StepState, situation: Situation) =>
    offersFor(state, step, situation).map(({ when, command, words }) => say(when, command, ...words));
  const cause = findDueRollback(state);
  if (cause !== undefined) {
    if (!isMeant(cause)) return [];
    const undo = say(`Undo what has happened, because step ${cause.node.id} failed`, "resume");
    return [undo, ...offer(cause, "rollback due")];
  }
  const asked = new Set([...waits.values()].filter((wait) => wait.for === "decision").map(({ step }) => step));
  const hasNoAnswer = ({ node }: StepState) => asked.has(node.id);
  const next = nextActions(state, { isDue: () => false, hasNoAnswer, isResuming: true });
  const back = state.rollback === undefined ? undoAll(state, say) : [];
  if (next.questions.length > 0) {
    const questions = next.questions.filter(({ step }) => isMeant(step)).slice(0, MAX_STEPS);
    if (questions.length === 0) return [];
    return [...questions.flatMap((question) => offer(question.step, questionOf(state, question))), ...back];
  }
  const aborted = openAbort(state);
  const failed = status === "aborted" && aborted !== undefined ? findStep(state, aborted.step) : undefined;
  const concerned = [next.actions.map(({ step }) => step), next.timers, next.waits, failed ?? []].flat();
  if (about !== undefined && !concerned.some(isMeant)) return [];
  if (status !== "aborted" || aborted === undefined) {
    return goOn(state, { ...next, waits: next.waits.filter(isMeant) }, say);
  }
  const situation = state.rollback === undefined ? "failed" : "undo failed";
  const resume = say(`When you have fixed the cause, ${restOf(state)}`, "resume");
  return [resume, ...(failed === undefined || !isMeant(failed) ? [] : offer(failed, situation)), ...back];
}

/** What to do if there is no question and nothing has failed. */
function goOn(state: State, { waits, timers, actions }: NextActions, say: Say): readonly NextCommand[] {
  const rest = restOf(state);
  const signals = waits.slice(0, MAX_STEPS).flatMap(({ node }) => {
    if (node.kind !== "wait") return [];
    const when = `Send the signal ${JSON.stringify(node.signal)} to step ${node.id}`;
    return [say(when, "signal", shellQuote(node.signal), "JSON")];
  });
  const dueAt = firstDueAt(state);
  if (dueAt !== undefined) return [...signals, say(`After ${formatTime(dueAt)}, ${rest}`, "resume")];
  if (actions.length > 0) return [...signals, say(capital(rest), "resume")];
  if (signals.length > 0) {
    const cancel = say("If no more steps should run, cancel the transaction", "cancel");
    const canCancel = checkTransactionAnswer(state, "cancel") === undefined;
    return [...signals, say(`Then ${rest}`, "resume"), ...(canCancel ? [cancel] : [])];
  }
  const [first] = timers.map(({ marks }) => marks?.dueAt).filter((at) => at !== undefined).sort();
  return [say(first === undefined ? capital(rest) : `After ${formatTime(first)}, ${rest}`, "resume")];
}

function undoAll(state: State, say: Say): readonly NextCommand[] {
  return stepsToUndo(state, undefined).length === 0 ? [] : [say("Undo what has happened", "rollback")];
}

function restOf({ rollback }: State): string {
  return rollback === undefined ? "run the rest" : "undo the rest";
}

/** The command that resumes when something else is done. */
export function resumeCommand(state: State, journal: string, when = capital(restOf(state))): NextCommand {
  return { when, command: commandLine(state.library, "resume", journal) };
}

/** What makes room for a new transaction with the journal of one that has ended without finishing. */
export function startAnew(
  state: State,
  journal: string,
  status: TransactionStatus = state.status,
): readonly NextCommand[] {
  const { library } = state;
  if (status !== "cancelled" && status !== "undone") return [];
  // `prune` keeps what can be rolled back further, and finds only files that are named like journals.
  const canUndo = status === "undone" && stepsToUndo(state, undefined).length > 0;
  const rest = { when: "To start anew, first undo the rest", command: commandLine(library, "rollback", journal) };
  const remove = canUndo ? "Then remove" : "To start anew, remove";
  const isInDatabase = isOfDatabase(journal);
  const folder = isInDatabase ? journal.replace(/#.*$/s, "") : journal.replace(/[^/\\]*$/, "") || ".";
  const [what, command] = isInDatabase || journal.endsWith(".json")
    ? ["the journals of transactions that have ended", commandLine(library, "prune", folder, "--cancelled", "--undone")]
    : ["the journal", `rm ${shellQuote(journal)}`];
  return [...(canUndo ? [rest] : []), { when: `${remove} ${what}, and run the program again`, command }];
}

export function inspectCommand(
  { library }: Pick<State, "library">,
  journal: string,
  when = "See what has happened",
): NextCommand {
  return { when, command: commandLine(library, "inspect", journal) };
}

export interface SignalReceipt {
  readonly awaited: readonly string[];
  /** How many signals of its name were sent before and are still there: they are taken first. */
  readonly ahead: number;
  /** The first step that waits for it, or will. */
  readonly taker: string | undefined;
}

/** What to know about a signal that was recorded, and how the run continues. */
export function describeSignal(journal: string, signal: string, receipt: SignalReceipt): readonly string[] {
  const recorded = `recorded: the signal ${JSON.stringify(signal)}. Run the rest`;
  return [...signalWarnings(journal, signal, receipt), recorded, `  ${commandLine(VERSION, "resume", journal)}`];
}

export function signalWarnings(
  journal: string,
  signal: string,
  { awaited, ahead, taker }: SignalReceipt,
): readonly string[] {
  if (taker === undefined) {
    const names = awaited.map((other) => JSON.stringify(other)).join(", ");
    const others = awaited.length === 0 ? "no step waits for any signal" : `steps wait for ${names}`;
    return [`warning: as far as is known, no step waits for the signal ${JSON.stringify(signal)}: ${others}`];
  }
  if (ahead === 0) return [];
  // A second signal may be meant to correct the first.
  const [sent, first] = ahead === 1
    ? ["another signal of that name was", "that one"]
    : [`${ahead} other signals of that name were`, "the first of them"];
  return [
    `warning: ${sent} sent before. Step ${taker} takes ${first}, not this one. If it is wrong, let the step take it and ` +
    "wait again",
    `  ${commandLine(VERSION, "resume", journal, "--only", taker)}`,
    `  ${commandLine(VERSION, "rewind", journal, taker)}`,
  ];
}

/** What you can do with a transaction that was exported, besides running its file. */
export function exportedCommands(
  journal: string,
  { file = "FILE" }: { readonly file?: string | undefined },
): readonly NextCommand[] {
  const database = journal.replace(/#.*$/s, "");
  return [
    { when: "Bring it back from the file", command: commandLine(VERSION, "import", file, shellQuote(database)) },
    {
      when: "If the file is gone, run it here again",
      command: commandLine(VERSION, "reclaim", journal, "--why", "REASON"),
    },
  ];
}

export function describeFolderRest(folder: string, flags: readonly string[]): readonly string[] {
  return ["Continue with the folder", `  ${commandLine(VERSION, "resume", folder, ...flags)}`];
}
