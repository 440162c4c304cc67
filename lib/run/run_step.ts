import type { Event } from "../journal/event.ts";
import { retryDelay } from "../state/retry_delay.ts";
import type { StepState } from "../state/state.ts";
import { type CallEnd, callStep } from "./call_step.ts";
import { GRACE_MS, limitTime, type Overdue } from "./limit_time.ts";
import { abortedOutcome, type Outcome, pausedOutcome } from "./outcome.ts";
import { type CallParts, prepareCall, type PreparedCall } from "./prepare_call.ts";
import type { Session } from "./session.ts";
import { toStoredError } from "./stored_error.ts";

/**
 * Starts one step and waits for its end. Its end becomes durable with what follows.
 *
 * @returns How the run ends, if it ends here.
 */
export async function runStep(step: StepState, parts: CallParts): Promise<Outcome | undefined> {
  const { session } = parts;
  const id = step.node.id;
  let call: PreparedCall;
  try {
    call = prepareCall(step, step.node, parts);
  } catch (thrown) {
    return await abortedOutcome(session, { step: id, error: toStoredError(thrown), thrown, hasStarted: false });
  }
  session.add({ type: "started", step: id, attempt: step.attempts + 1, run: session.state.runs.length });
  await session.commit();
  const end = await makeCall(step, call);
  if (end.kind === "overdue") return await leaveOverdue(step, session, end);
  addEnd(step, session, end);
  if (end.kind === "finished" || addRetry(step, session, end)) return undefined;
  return await abortedOutcome(session, { step: id, error: end.error, thrown: end.thrown, hasStarted: true });
}

function makeCall(step: StepState, { fn, args, context }: PreparedCall): Promise<CallEnd | Overdue> {
  const timeoutMs = step.node.kind === "step" ? step.node.options?.timeoutMs : undefined;
  return limitTime((timeout) => {
    if (timeout === undefined) return callStep(fn, args, context);
    return callStep(fn, args, { ...context, signal: AbortSignal.any([context.signal, timeout]) });
  }, { timeoutMs });
}

function addEnd(step: StepState, session: Session, end: CallEnd): void {
  const event = { step: step.node.id, attempt: step.attempts, ms: end.ms };
  if (end.kind === "failed") {
    session.add({ type: "failed", ...event, error: end.error });
    return;
  }
  const { kind: _kind, ms: _ms, ...value } = end;
  session.add({ type: "finished", ...event, ...value } satisfies Event);
}

/** Announces a further attempt, if there is to be one. */
function addRetry(step: StepState, session: Session, end: Extract<CallEnd, { kind: "failed" }>): boolean {
  const retry = step.node.kind === "step" ? step.node.options?.retry : undefined;
  if (retry === undefined) return false;
  const delayMs = retryDelay(retry, step.failedTries, end.error, Math.random());
  if (delayMs === undefined) return false;
  const until = new Date(Date.now() + delayMs).toISOString();
  session.add({ type: "retrying", step: step.node.id, attempt: step.attempts + 1, until });
  return true;
}

/**
 * Ends the run beside a step that does not stop. The journal stays open until the step does: nobody else may start while
 * it is at work, and its end is recorded if it comes.
 */
async function leaveOverdue(step: StepState, session: Session, { late }: Overdue): Promise<Outcome> {
  const { timeoutMs } = step.node.kind === "step" ? step.node.options ?? {} : {};
  const why = `it did not stop within ${GRACE_MS / 1000} seconds after it was told to, at its limit of ${timeoutMs} ms`;
  const outcome = await pausedOutcome(session, { step: step.node.id, reason: "unknown", why });
  const recorded = late.then(async (end) => {
    addEnd(step, session, end);
    await session.commit();
  });
  return { ...outcome, late: recorded };
}
