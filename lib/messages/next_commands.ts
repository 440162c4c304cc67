import type { NextCommand } from "../errors/journal_error.ts";
import type { PauseAnswer, PauseQuestion } from "../errors/running_errors.ts";
import { answersTo, checkTransactionAnswer, type StepAnswer } from "../state/answers.ts";
import { type NextActions, nextActions, type Question } from "../state/next_actions.ts";
import { rewoundSteps } from "../state/rewind.ts";
import { stepsToUndo } from "../state/rollback.ts";
import { findStep, type State } from "../state/state.ts";
import { isUndoing, type StepState } from "../state/step_state.ts";
import { isUntouched } from "../state/walk_steps.ts";
import { escapeForTerminal } from "../text/escape.ts";

/** The most questions that are answered, and signals that are named: after the first ones come the others. */
const MAX_STEPS = 3;

/** Where a person stands with a step: a question, or a failure. */
type Situation = PauseQuestion | "failed" | "undo failed";

/** An answer to offer, and when it is the right one. */
type Way = readonly [answer: StepAnswer, when: string];

/** What is offered in a situation. Of each group it is the first that the step can take. */
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
    [["rewind", "Run step … again for its value"]],
  ],
  failed: [[["skip", "Skip step …"], ["give", "You did step … by hand: pass its value"]]],
  "undo failed": [
    [["give", "The value for the undo of step … is wrong or missing: pass it"]],
    [["done", "You undid step … by hand"]],
    [["skip", "Keep the effect of step …"]],
  ],
};

/** What a person can answer about a step. */
export interface Offer {
  readonly answer: StepAnswer;
  /** When it is the right one. */
  readonly when: string;
  /** The command. */
  readonly command: "resume" | "rewind";
  /** What follows the journal in it. */
  readonly words: readonly string[];
}

/** What to offer about a step in a situation: only what it can take. */
export function offersFor(state: State, step: StepState, situation: Situation): readonly Offer[] {
  const { id } = step.node;
  const answers = answersTo(state, step);
  return WAYS[situation].flatMap((ways): readonly Offer[] => {
    const way = ways.find(([answer]) => answers.has(answer));
    if (way === undefined) return [];
    const [answer, text] = way;
    // To run more than the step again is not what was asked for.
    if (answer === "rewind" && !rewoundSteps(state, step).slice(1).every(isUntouched)) return [];
    const command = answer === "rewind" ? "rewind" : "resume";
    return [{ answer, when: text.replace("…", id), command, words: wordsFor(answer, id) }];
  });
}

function wordsFor(answer: StepAnswer, id: string): readonly string[] {
  if (answer === "rewind") return [id];
  return answer === "give" ? ["--done", id, "--result", "JSON"] : [`--${answer}`, id];
}

/** What is asked about a step. Whether it happened is another question when it is undone. */
export function questionOf(state: State, { step, reason }: Question): PauseQuestion {
  if (reason !== "unknown" || state.rollback === undefined) return reason;
  return isUndoing(step) ? "undone" : "happened";
}

/** The answers to a question, as an error and a prompt have them. */
export function pauseAnswers(state: State, step: StepState, question: PauseQuestion): readonly PauseAnswer[] {
  const can = answersTo(state, step);
  const result = !can.has("give") ? "none" : can.has("done") ? "optional" : "required";
  return offersFor(state, step, question).flatMap(({ answer, when: meaning }): readonly PauseAnswer[] => {
    if (answer === "done" || answer === "give") return [{ decision: "done", meaning, result }];
    return answer === "retry" || answer === "skip" ? [{ decision: answer, meaning, result: "none" }] : [];
  });
}

/** How the commands are written. */
export interface NextCommandsOptions {
  /** What follows the journal in every command that resumes it. */
  readonly resumeWords?: readonly string[];
  /** The journal of a finished transaction is where its last run meant it to be. */
  readonly isAtRest?: boolean;
}

/** Makes a command about the transaction. */
type Say = (when: string, command: string, ...words: readonly string[]) => NextCommand;

/** Says what to type next: what a run would find that resumes now decides it. */
export function nextCommands(state: State, journal: string, options: NextCommandsOptions = {}): readonly NextCommand[] {
  const { resumeWords = [], isAtRest = false } = options;
  const say: Say = (when, command, ...words) => ({
    when,
    command: commandLine(state.library, command, journal, ...(command === "resume" ? resumeWords : []), ...words),
  });
  switch (state.status) {
    case "finished":
      // What was kept is no business of `resume`.
      if (state.options.keep === true || isAtRest) return [];
      return [say("All steps are done, but the journal is still there: remove it", "resume")];
    case "cancelled":
      return undoAll(state, say);
    case "undone":
      return stepsToUndo(state, undefined).length === 0 ? [] : [say("Undo the rest, too", "rollback")];
    default:
      return openCommands(state, say);
  }
}

function openCommands(state: State, say: Say): readonly NextCommand[] {
  const { status, aborted, waits } = state;
  const asked = new Set(waits.filter((wait) => wait.for === "decision").map(({ step }) => step));
  const next = nextActions(state, {
    isDue: () => false,
    hasNoAnswer: ({ node }) => asked.has(node.id),
    isResuming: true,
  });
  const back = state.rollback === undefined ? undoAll(state, say) : [];
  const offer = (step: StepState, situation: Situation) =>
    offersFor(state, step, situation).map(({ when, command, words }) => say(when, command, ...words));
  if (next.questions.length > 0) {
    const questions = next.questions.slice(0, MAX_STEPS);
    return [...questions.flatMap((question) => offer(question.step, questionOf(state, question))), ...back];
  }
  if (status !== "aborted") return goOn(state, next, say);
  const failed = findStep(state, aborted?.step ?? "");
  const situation = state.rollback === undefined ? "failed" : "undo failed";
  const resume = say(`When you have fixed the cause, ${restOf(state)}`, "resume");
  return [resume, ...(failed === undefined ? [] : offer(failed, situation)), ...back];
}

/** What there is to do when nothing is asked and nothing has failed. */
function goOn(state: State, { waits, timers, actions }: NextActions, say: Say): readonly NextCommand[] {
  const rest = restOf(state);
  const signals = waits.slice(0, MAX_STEPS).flatMap(({ node }) => (node.kind === "wait" ? [node] : []))
    .map(({ id, signal }) => {
      const when = `Step ${id} waits for the signal ${JSON.stringify(signal)}: send it`;
      return say(when, "signal", shellQuote(signal), "JSON");
    });
  if (actions.length > 0) return [...signals, say(capital(rest), "resume")];
  if (signals.length > 0) {
    const cancel = say("If nothing more is to run, cancel the transaction", "cancel");
    const canCancel = checkTransactionAnswer(state, "cancel") === undefined;
    return [...signals, say(`Then ${rest}`, "resume"), ...(canCancel ? [cancel] : [])];
  }
  const [first] = timers.map(({ marks }) => marks?.dueAt).filter((at) => at !== undefined).sort();
  return [say(first === undefined ? capital(rest) : `After ${first}, ${rest}`, "resume")];
}

function undoAll(state: State, say: Say): readonly NextCommand[] {
  return stepsToUndo(state, undefined).length === 0 ? [] : [say("Undo what has happened", "rollback")];
}

function restOf({ rollback }: State): string {
  return rollback === undefined ? "run the rest" : "undo the rest";
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The command that goes on when something else was dealt with first. */
export function resumeCommand(state: State, journal: string, when = capital(restOf(state))): NextCommand {
  return { when, command: commandLine(state.library, "resume", journal) };
}

/** The command that shows everything about the transaction. */
export function inspectCommand(
  { library }: Pick<State, "library">,
  journal: string,
  when = "See what has happened",
): NextCommand {
  return { when, command: commandLine(library, "inspect", journal) };
}

/** A journal may say anything; what stands in a command that somebody will paste into a shell must be a version. */
const VERSION = /^\d+\.\d+\.\d+(?:-[\w.-]+)?$/;

/** A command for a person to type: the command line of the version that wrote the journal. */
export function commandLine(library: string, command: string, journal: string, ...rest: readonly string[]): string {
  const version = VERSION.test(library) ? `@${library}` : "";
  return ["deno run -A", `jsr:@x/resumable-tx${version}/cli`, command, shellQuote(journal), ...rest].join(" ");
}

/** Writes a word so that a shell takes it as it is. */
export function shellQuote(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (text === escapeForTerminal(text)) return `'${text.replaceAll("'", `'\\''`)}'`;
  // What cannot be shown cannot be copied either: this form is understood by bash, zsh and ksh.
  return `$'${escapeForTerminal(text.replaceAll("\\", "\\\\").replaceAll("'", "\\'"))}'`;
}
