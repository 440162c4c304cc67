import { formatError } from "../text/escape.ts";
import type { EventOf } from "../journal/event.ts";
import { describeRewound, describeStep, nameSteps } from "../messages/describe_step.ts";
import { countSteps, doneOf } from "../state/progress.ts";
import { findRollbackEnd } from "../state/rollback.ts";
import { findStep, type State } from "../state/state.ts";
import { formatTime } from "../text/format_time.ts";

export interface RunOutline {
  readonly state: State;
  readonly startsBefore: number;
  readonly wasRollback: boolean;
}

export function outlineRun(state: State): RunOutline {
  return { state, startsBefore: state.starts, wasRollback: state.rollback !== undefined };
}

/** Says what the person who resumes should know before the first step runs, one sentence for each line. */
export function describeResumed({ modules = [], recovered }: EventOf<"resumed">, state: State): readonly string[] {
  const changed = modules.filter(({ sha256 }) => sha256 !== undefined);
  const lines = changed.map(({ module }) =>
    `changed since the plan was made: ${state.modules[module]?.url ?? `module ${module}`}`
  );
  if (recovered === undefined) return lines;
  const kept = recovered.savedAs === undefined ? "" : `, kept in ${recovered.savedAs}`;
  return [...lines, `a crash cut the last record short: ${recovered.cutBytes} bytes were removed${kept}`];
}

/** Says in one line why an attempt failed after which another one is due. Escaped. */
export function describeFailedAttempt({ step, attempt, until }: EventOf<"retrying">, state: State): string {
  const failure = findStep(state, step)?.failures?.at(-1);
  const what = `${describeStep(state, step)}, ${failure?.undo === true ? "its undo, " : ""}attempt ${
    attempt - 1
  } failed`;
  const why = failure === undefined ? "" : `: ${formatError(failure.error)}`;
  return `${what}${why}. Attempt ${attempt} no earlier than ${formatTime(until)}`;
}

export function describeFinished({ state, startsBefore }: RunOutline, isKept: boolean): string {
  const counts = countSteps(state.root);
  const { all } = doneOf(counts);
  const { finished = 0, skipped = 0 } = counts;
  const hasRun = state.starts > startsBefore;
  return [
    `finished: ${finished} of ${all} ${all === 1 ? "step" : "steps"}${skipped === 0 ? "" : `, ${skipped} left out`}`,
    ...(hasRun ? [] : ["no step had to run"]),
    ...(isKept ? ["the journal is kept: prune --finished removes it"] : []),
    ...(!isKept && !hasRun ? ["the journal is removed"] : []),
  ].join("; ");
}

export function describeUndone(state: State): string {
  const { left, rewound, kept } = findRollbackEnd(state);
  const undone = state.undone?.queue.filter(({ status }) => status === "undone").length ?? 0;
  return [
    `undone: ${undone} ${undone === 1 ? "step" : "steps"}`,
    ...describeStaying(left, ["stays as it is", "stay as they are"]),
    ...describeStaying(kept, ["stays because of --to", "stay because of --to"]),
    ...describeRewound(rewound),
  ].join("; ");
}

function describeStaying(ids: readonly string[], [one, several]: readonly [string, string]): readonly string[] {
  return ids.length === 0 ? [] : [`${nameSteps(ids).toLowerCase()} ${ids.length === 1 ? one : several}`];
}
