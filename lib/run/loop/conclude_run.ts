import type { Outcome, Pause, RunFailure } from "../../messages/outcome_error.ts";
import type { NextActions } from "../../state/next_actions.ts";
import type { StepState } from "../../state/step_state.ts";
import { safeText } from "../../text/escape.ts";
import { withoutUndefined } from "../../values/json.ts";
import { GRACE_MS } from "../call/step_host.ts";
import type { Session } from "../session/session.ts";
import type { RunEnding, RunParts } from "./run_parts.ts";

/** Longer reasons are cut. */
const MAX_WHY = 1000;

/** Records how a run ends. Returns nothing if it continues: a step failed, and the run now undoes what has happened. */
export async function concludeRun(next: NextActions, parts: RunParts): Promise<Outcome | undefined> {
  const { ending, session, stop, cancel, requests } = parts;
  const { state } = session;
  // That is recorded already.
  if (state.status === "cancelled") return { kind: "cancelled", reason: cancel.reason };
  if (ending.overdue.size > 0) return await pause(next, ending, session);
  // A step that was signalled may fail because of that.
  if (cancel.aborted && state.rollback === undefined && !next.isEnd) {
    const why = safeText(cancel.reason, MAX_WHY);
    session.add({ type: "cancelled", why });
    await session.commitEnd();
    return { kind: "cancelled", reason: cancel.reason };
  }
  if (ending.failure !== undefined) return await abort(ending.failure, parts);
  if (next.isEnd) return await end(parts);
  if (stop.received !== undefined && next.actions.length + next.timers.length > 0) {
    await session.commitEnd({ isInterrupted: true });
    return { kind: "interrupted", signal: stop.received };
  }
  const [left = next.timers[0]] = next.actions.map(({ step }) => step);
  if (requests.stopped !== undefined && left !== undefined) {
    return { kind: "stopped", step: left.node.id, request: requests.stopped };
  }
  if (next.questions.length + next.waits.length + next.timers.length > 0) return await pause(next, ending, session);
  if (next.held !== undefined) {
    await session.commitEnd();
    return { kind: "stopped", step: next.held.node.id };
  }
  throw new TypeError("Cannot continue: no step can begin, and there is nothing to wait for");
}

async function abort(failure: RunFailure, { ending, session, stop, requests }: RunParts): Promise<Outcome | undefined> {
  const { step, error, hasStarted } = failure;
  const { options, rollback } = session.state;
  const isStopped = stop.received !== undefined || requests.isStopping || ending.hasVariables === false;
  session.add({ type: "aborted", step, ...(hasStarted ? {} : { error }) });
  // Neither a step that fails because the process is stopping, nor a run that has called nothing, undoes everything.
  if (options.onFailure !== "rollback" || rollback !== undefined || isStopped) {
    await session.commitEnd();
    return { kind: "aborted", ...failure };
  }
  session.add({ type: "decided", decision: "rollback", why: `step ${step} failed` });
  ending.undoneFor = failure;
  ending.failure = undefined;
  return undefined;
}

async function end({ ending, session, keep }: RunParts): Promise<Outcome> {
  const isUndone = session.state.rollback !== undefined;
  session.add({ type: isUndone ? "undone" : "ended" });
  // What is about to be removed stays with this process: others would find it finished, and kept.
  await (isUndone || keep ? session.commitEnd() : session.commit());
  return isUndone ? { kind: "undone", failure: ending.undoneFor } : { kind: "finished" };
}

async function pause(next: NextActions, ending: RunEnding, session: Session): Promise<Outcome> {
  const pauses = [...overduePauses(ending), ...pausesOf(next, ending)];
  const distinct = [...new Map(pauses.map((entry) => [entry.step, entry])).values()];
  for (const entry of distinct) addWaiting(entry, session);
  // The end of an overdue step is still recorded when it comes.
  await (ending.overdue.size > 0 ? session.commit() : session.commitEnd());
  return { kind: "paused", pauses: distinct };
}

export function pausesOf({ questions, waits, timers }: NextActions, ending?: RunEnding): readonly Pause[] {
  return [
    ...questions.map(({ step, reason }): Pause => (
      { step: step.node.id, for: "decision", reason, ...causeOf(step, ending?.probed.get(step)) }
    )),
    ...waits.map(({ node }): Pause => (
      { step: node.id, for: "signal", ...(node.kind === "wait" ? { signal: node.signal } : {}) }
    )),
    ...timers.map(({ node, marks }): Pause => withoutUndefined({ step: node.id, for: "time", until: marks?.dueAt })),
  ];
}

/** Why the outcome of a step is unknown, unless it is only that its process died. */
function causeOf(step: StepState, why: string | undefined): Pick<Pause, "why"> {
  const limit = limitOf(step);
  const cause = step.marks?.isOverdue === true
    ? `it did not stop at its time limit${limit === undefined ? "" : ` of ${limit} ms`}`
    : "the process died";
  if (why !== undefined) return { why: `${cause}, and ${why}` };
  return step.marks?.isOverdue === true ? { why: cause } : {};
}

/** What is recorded already needs no second record. */
function addWaiting({ step, for: reason, until, signal }: Pause, session: Session): void {
  const { status, waits } = session.state;
  if (status === "waiting" && waits.get(step)?.for === reason) return;
  session.add(withoutUndefined({ type: "waiting", step, for: reason, until, signal } as const));
}

function overduePauses({ overdue }: RunEnding): readonly Pause[] {
  return Array.from(overdue.keys(), (step) => ({
    step: step.node.id,
    for: "decision",
    reason: "unknown",
    why: `it did not stop within ${GRACE_MS / 1000} seconds after its time limit of ${limitOf(step)} ms`,
  }));
}

function limitOf({ node }: StepState): number | undefined {
  return node.kind === "step" ? node.options?.timeoutMs : undefined;
}
