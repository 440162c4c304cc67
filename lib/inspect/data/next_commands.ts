import { commandLine, shellQuote } from "../../messages/command_line.ts";
import { applyEvent } from "../../state/apply_event.ts";
import { checkDecision } from "../../state/check_decision.ts";
import { nextActions, type Question } from "../../state/next_actions.ts";
import { rewoundSteps } from "../../state/rewind.ts";
import { stepsToUndo, takesValueToUndo } from "../../state/rollback.ts";
import { findStep, type State } from "../../state/state.ts";
import { isUndoing, type StepState } from "../../state/step_state.ts";
import { isUntouched } from "../../state/walk_steps.ts";
import type { ReadJournal } from "../../storage/store.ts";
import { VERSION } from "../../version.ts";
import { formatTime } from "../format/format_time.ts";
import type { NextCommand } from "./inspection.ts";

/** So many questions are answered at most, and so many signals named: behind the first ones come the others. */
const MAX_ASKED = 3;

/** Makes a command about the transaction. */
type Say = (when: string, command: string, ...words: readonly string[]) => NextCommand;

/** Says what to type next. Finds it out by going on as resume would, up to where the first step would start, and back. */
export function nextCommands(state: State, read: ReadJournal): readonly NextCommand[] {
  const { journal, isHeld, unknown } = read;
  if (isHeld || unknown !== undefined || !state.isReady) return [];
  const say: Say = (when, command, ...words) => ({
    when,
    command: commandLine(state.library, command, journal, ...words),
  });
  switch (state.status) {
    case "finished":
      // What was kept is no business of `resume`.
      if (state.options.keep === true || read.isAtRest) return [];
      return [say("All steps are done, and nobody came to remove the journal: do it", "resume")];
    case "cancelled":
      return canUndo(state) ? [say("Undo what has happened", "rollback")] : [];
    case "undone":
      return canUndo(state) ? [say("Undo the rest, too", "rollback")] : [];
    default:
      return goOn(state, say);
  }
}

function goOn(state: State, say: Say): readonly NextCommand[] {
  const { status } = state;
  const failed = status === "aborted" ? findStep(state, state.aborted?.step ?? "") : undefined;
  const asked = new Set(state.waits.filter((wait) => wait.for === "decision").map(({ step }) => step));
  const isUndoing = state.rollback !== undefined;
  const takeBack = resumeOnTrial(state);
  try {
    return afterResume(state, say, { status, failed, asked, isUndoing });
  } finally {
    takeBack();
  }
}

interface BeforeResume {
  readonly status: State["status"];
  readonly failed: StepState | undefined;
  readonly asked: ReadonlySet<string>;
  readonly isUndoing: boolean;
}

function afterResume(
  state: State,
  say: Say,
  { status, failed, asked, isUndoing }: BeforeResume,
): readonly NextCommand[] {
  const { questions, waits, timers, actions } = nextActions(state, {
    isDue: () => false,
    hasNoAnswer: ({ node }) => asked.has(node.id),
  });
  if (questions.length > 0) {
    return [
      ...questions.slice(0, MAX_ASKED).flatMap((question) => answersTo(question, state, say)),
      ...(isUndoing ? [] : waysBack(state, say)),
    ];
  }
  const rest = isUndoing ? "undo the rest" : "run the rest";
  if (status === "aborted") {
    const around = failed === undefined ? [] : waysAround(failed, state, say);
    const back = isUndoing ? [] : waysBack(state, say);
    return [say(`When the cause is mended, ${rest}`, "resume"), ...around, ...back];
  }
  const signals = waits.slice(0, MAX_ASKED).map((step) => sendSignal(step, say));
  if (actions.length > 0) return [...signals, say(capital(rest), "resume")];
  if (signals.length > 0) {
    return [...signals, say(`Then ${rest}`, "resume"), say("Nothing further shall run: give it up", "cancel")];
  }
  const [first] = timers.map(({ marks }) => marks?.dueAt).filter((at) => at !== undefined).sort();
  return [say(first === undefined ? capital(rest) : `From ${formatTime(first)} UTC on, ${rest}`, "resume")];
}

/** Makes what is true what a run would find, and returns how to make it what it was. */
function resumeOnTrial(state: State): () => void {
  const { status, aborted, lastAt } = state;
  const atWork = Array.from(state.running, (step) => ({ step, was: { ...step } }));
  applyEvent(state, { type: "resumed", run: state.runs.length + 1, library: VERSION }, lastAt);
  return () => {
    state.runs.pop();
    Object.assign(state, { status, aborted, lastAt });
    for (const { step, was } of atWork) {
      Object.assign(step, { marks: undefined, draft: undefined, children: undefined }, was);
      state.running.add(step);
    }
  };
}

function sendSignal({ node }: StepState, say: Say): NextCommand {
  const signal = node.kind === "wait" ? node.signal : "";
  return say(
    `Step ${node.id} waits for the signal ${JSON.stringify(signal)}: send it`,
    "signal",
    shellQuote(signal),
    "JSON",
  );
}

/** A failed step whose value nobody needs can be left out; otherwise it can be done by hand. */
function waysAround(step: StepState, state: State, say: Say): readonly NextCommand[] {
  const { node: { id }, status } = step;
  const leave = say(`Leave what step ${id} did as it is`, "resume", "--skip", id);
  // Its undo could not even be started.
  if (state.rollback !== undefined && status === "finished") return step.marks?.undo === "left" ? [] : [leave];
  if (status !== "failed") return [];
  if (isUndoing(step)) {
    const given = say(`The value that was given for step ${id} is wrong`, "resume", "--done", id, "--result", "JSON");
    return [
      ...(takesValueToUndo(step) ? [given] : []),
      say(`You undid by hand what step ${id} did`, "resume", "--done", id),
      leave,
    ];
  }
  if (!isNeeded(id, state)) return [say(`Leave step ${id} out`, "resume", "--skip", id)];
  return [say(`You did by hand what step ${id} should do`, "resume", "--done", id, "--result", "JSON")];
}

function waysBack(state: State, say: Say): readonly NextCommand[] {
  return canUndo(state) ? [say("Undo what has happened", "rollback")] : [];
}

function canUndo(state: State): boolean {
  return stepsToUndo(state, undefined).length > 0;
}

function answersTo({ step, reason }: Question, state: State, say: Say): readonly NextCommand[] {
  const { id } = step.node;
  if (reason === "value") {
    const give = say(`Give the value of step ${id}`, "resume", "--done", id, "--result", "JSON");
    const isLast = rewoundSteps(state, step).slice(1).every(isUntouched);
    return isLast ? [give, say(`Run step ${id} once more for its value`, "rewind", id)] : [give];
  }
  if (isUndoing(step)) {
    return [
      say(`Step ${id} is not undone: undo it`, "resume", "--retry", id),
      say(`Step ${id} is undone`, "resume", "--done", id),
      say(`Leave what step ${id} did as it is`, "resume", "--skip", id),
    ];
  }
  if (state.rollback !== undefined) {
    return [
      say(`Step ${id} did happen: undo it, with this value`, "resume", "--done", id, "--result", "JSON"),
      say(`Step ${id} did not happen`, "resume", "--skip", id),
    ];
  }
  const retry = say(`Step ${id} did not happen: run it`, "resume", "--retry", id);
  if (isNeeded(id, state)) {
    return [retry, say(`Step ${id} did happen, and this is its value`, "resume", "--done", id, "--result", "JSON")];
  }
  return [
    retry,
    say(`Step ${id} did happen`, "resume", "--done", id),
    say(`Leave step ${id} out`, "resume", "--skip", id),
  ];
}

/** Whether something still needs the value of a step. */
function isNeeded(id: string, state: State): boolean {
  return checkDecision(state, { type: "decided", decision: "skip", step: id }) !== undefined;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
