import type { Event, EventOf } from "../../journal/event.ts";
import { storeValue } from "../../journal/stored_value.ts";
import { PROBE } from "../../state/apply_decision.ts";
import { retryDelay } from "../../plan/retry_options.ts";
import { isUndoing, type StepState } from "../../state/step_state.ts";
import { walkSteps } from "../../state/walk_steps.ts";
import { withoutUndefined } from "../../values/json.ts";
import type { StepCommit, StepTransaction } from "../../storage/open_journal.ts";
import { expansionEvents, functionsOf, needsPostgres } from "../call/plan_nodes.ts";
import {
  type CallEnd,
  type FailedCall,
  failedCall,
  GRACE_MS,
  type Overdue,
  type ProbeFinding,
  refusedCall,
} from "../call/step_host.ts";
import { findLack } from "../call/resolve_value.ts";
import type { Session } from "../session/session.ts";
import { type RunParts, stopOf } from "./run_parts.ts";

export type Completion =
  | CallCompletion
  | { readonly kind: "probe"; readonly step: StepState; readonly finding: ProbeFinding }
  | { readonly kind: "loaded"; readonly step: StepState; readonly thrown?: unknown };

export interface CallCompletion {
  readonly kind: "run" | "undo";
  readonly step: StepState;
  readonly end: CallEnd | Overdue;
  /** What the step has done in the database of the journal is not committed. */
  readonly open?: OpenTransaction | undefined;
  /** The events are durable and applied. */
  readonly isRecorded?: true | undefined;
}

interface OpenTransaction {
  readonly transaction: StepTransaction;
  /** It is applied, and not recorded. */
  readonly begun: Event;
  /** Calls the step again, after its connection was lost. */
  readonly again: (() => Promise<Completion>) | undefined;
}

/** A step has worked in the database of the journal, and that is not committed. */
export function isOpen(completion: Completion): completion is CallCompletion {
  return "open" in completion && completion.open !== undefined;
}

/**
 * Commits what a step has done in the database of the journal together with the events, or rolls it back. Returns what is left
 * to be recorded; or a call, because the connection was lost and nothing has happened.
 */
export async function endTransaction(
  completion: CallCompletion,
  parts: RunParts,
): Promise<Completion | (() => Promise<Completion>)> {
  if (completion.open === undefined) return completion;
  const { kind, step, open: { transaction, begun, again } } = completion;
  const { session } = parts;
  const isBusy = completion.end.kind === "overdue";
  if (session.lost.aborted) {
    await transaction.rollback({ isBusy });
    session.requireOwned();
  }
  const wasLost = transaction.isLost;
  let end = refuseDropped(refuseTakenNames(refuseOverdue(completion.end, step), session));
  let answer: StepCommit["kind"] | undefined;
  if (end.kind === "failed") await transaction.rollback({ isBusy });
  else {
    try {
      const commit = await session.commitWith(transaction, begun, endEvents(step, kind, end, session));
      answer = commit.kind;
      if (answer === "committed") return { kind, step, end, isRecorded: true };
      if (answer === "ended") end = refusedCall(new TypeError(HAS_ENDED), end.ms);
      else end = failedCall(commit.kind === "refused" ? commit.error : new Error(CONNECTION_LOST), end.ms);
    } catch (error) {
      await transaction.rollback();
      if (!(error instanceof RangeError)) throw error;
      end = refusedCall(error, end.ms);
    }
  }
  const mayRepeat = answer === "lost" || (wasLost && answer === undefined && !isBusy);
  if (mayRepeat && again !== undefined && !stopOf(parts).aborted) return again;
  session.addBegun(begun);
  return { kind, step, end };
}

const HAS_ENDED =
  "The step has ended its transaction itself, by commit or rollback, so that what it did may have happened, " +
  "and is not recorded. Leave both to the transaction of the step, and find out what has happened";
const CONNECTION_LOST =
  "The connection to the database was lost each time. Nothing that the step did in it has happened";

/** It was rolled back, so its outcome is known. */
function refuseOverdue(end: CallEnd | Overdue, { node }: StepState): CallEnd {
  if (end.kind !== "overdue") return end;
  const limitMs = node.kind === "step" ? node.options?.timeoutMs ?? 0 : 0;
  const message = `The step did not stop within ${GRACE_MS / 1000} seconds after its time limit of ${limitMs} ms`;
  return failedCall(new DOMException(message, "TimeoutError"), limitMs + GRACE_MS);
}

/** Nothing has happened yet, so a value that cannot be stored is a failure. */
function refuseDropped(end: CallEnd): CallEnd {
  if (end.kind === "failed" || end.dropped === undefined) return end;
  return refusedCall(new TypeError(end.dropped.reason), end.ms);
}

/** The run fails. What a step has done in the database of the journal has not happened. */
export async function abandonTransaction(completion: Completion): Promise<boolean> {
  if (!isOpen(completion)) return false;
  await completion.open?.transaction.rollback({ isBusy: completion.end.kind === "overdue" });
  return true;
}

/** Adds the events of a completion. Returns what to do as soon as they are durable, if anything. */
export function recordCompletion(completion: Completion, parts: RunParts): (() => Promise<Completion>) | undefined {
  switch (completion.kind) {
    case "probe":
      recordFinding(completion.step, completion.finding, parts);
      return undefined;
    case "loaded":
      if (completion.thrown !== undefined) {
        parts.ending.cannotStart(firstPending(completion.step), completion.thrown);
      }
      return undefined;
    case "run":
    case "undo":
      return recordCall(completion, parts);
    default:
      return completion satisfies never;
  }
}

function recordCall(
  { step, end, kind, isRecorded }: CallCompletion,
  parts: RunParts,
): (() => Promise<Completion>) | undefined {
  const { ending, session, host } = parts;
  if (end.kind === "overdue") {
    ending.overdue.set(step, { kind, end: end.late });
    return undefined;
  }
  // If it was overdue, its outcome is known now, and the run need not ask.
  ending.overdue.delete(step);
  const sound = isRecorded === true ? end : refuseTakenNames(end, session);
  if (sound.kind === "failed") {
    const retry = nextAttempt(step, sound, parts);
    addEnd(step, kind, sound, { session, rollsBack: retry === undefined && mayRollBack(kind, parts) });
    if (retry === undefined) {
      ending.failure ??= { step: step.node.id, error: sound.error, thrown: sound.thrown, hasStarted: true };
    } else session.add(retry);
    return undefined;
  }
  if (isRecorded !== true) addEnd(step, kind, sound, { session });
  if (sound.plan === undefined) return undefined;
  const lack = findLack([...walkSteps(step.children ?? { children: [] })].filter(parts.isWanted ?? (() => true)));
  if (lack !== undefined) {
    ending.cannotStart(lack.step, lack.thrown);
    return undefined;
  }
  const { nodes, modules } = sound.plan;
  const wanted = functionsOf({ nodes, modules: modules.map(({ url }) => url) });
  if (host.has(wanted)) return undefined;
  // Before anything else begins: the first step of that plan may be next.
  ending.loading += 1;
  return async () => {
    try {
      await host.prepare(wanted);
      return { kind: "loaded", step };
    } catch (thrown) {
      return { kind: "loaded", step, thrown };
    } finally {
      ending.loading -= 1;
    }
  };
}

/** A step that fails because it was signalled is no reason to undo everything. */
function mayRollBack(kind: "run" | "undo", { session, stop, cancel }: RunParts): boolean {
  const { onFailure } = session.state.options;
  return onFailure === "rollback" && kind === "run" && stop.received === undefined && !cancel.aborted;
}

/** The transaction, or a plan that was returned at the same time, may have the same name; or the journal may be no place for it. */
function refuseTakenNames(end: CallEnd, { state, beginTransaction }: Session): CallEnd {
  if (end.kind === "failed") return end;
  const need = beginTransaction === undefined ? needsPostgres(end.plan?.nodes ?? []) : undefined;
  if (need !== undefined) {
    return refusedCall(new TypeError(`Cannot run a plan that a step has returned: ${need}`), end.ms);
  }
  const taken = end.plan?.nodes.find(({ name }) => name !== undefined && state.names.has(name))?.name;
  if (taken === undefined) return end;
  return refusedCall(new TypeError(`Cannot use the name ${JSON.stringify(taken)} twice in one transaction`), end.ms);
}

function addEnd(
  step: StepState,
  kind: "run" | "undo",
  end: CallEnd,
  { session, rollsBack }: { readonly session: Session; readonly rollsBack?: boolean },
): void {
  for (const event of endEvents(step, kind, end, session, rollsBack)) session.add(event);
}

function endEvents(
  step: StepState,
  kind: "run" | "undo",
  end: CallEnd,
  { state }: Session,
  rollsBack = false,
): readonly Event[] {
  const { id } = step.node;
  const attempt = (kind === "undo" ? step.undoAttempts : step.attempts) ?? 0;
  const event = { step: id, attempt, ms: end.ms };
  if (end.kind === "failed") {
    return [withoutUndefined<EventOf<"failed">>({
      type: "failed",
      ...event,
      error: end.error,
      undo: kind === "undo" ? true : undefined,
      // In the same record as the failure: the process may die before all other steps have ended.
      rollback: rollsBack ? true : undefined,
    })];
  }
  if (kind === "undo") return [{ type: "undone", ...event }];
  if (end.plan !== undefined) {
    const expanded = expansionEvents(state, id, end.plan);
    return [...expanded, { type: "finished", ...event, ...storeValue(end.plan.value), expands: expanded.length }];
  }
  const { dropped } = end;
  return [{ type: "finished", ...event, ...(dropped === undefined ? storeValue(end) : { dropped }) }];
}

/** Announces another attempt of a step that has just failed, if there will be one. */
function nextAttempt(
  step: StepState,
  end: FailedCall,
  { session: { clock } }: RunParts,
): EventOf<"retrying"> | undefined {
  const retry = step.node.kind === "step" ? step.node.options?.retry : undefined;
  if (retry === undefined || end.isFinal === true) return undefined;
  const delayMs = retryDelay(retry, (step.marks?.failedTries ?? 0) + 1, end.names, clock.chance());
  if (delayMs === undefined) return undefined;
  const until = new Date(clock.now() + delayMs).toISOString();
  const attempts = (isUndoing(step) ? step.undoAttempts : step.attempts) ?? 0;
  return { type: "retrying", step: step.node.id, attempt: attempts + 1, until };
}

function recordFinding(step: StepState, finding: ProbeFinding, { ending, session }: RunParts): void {
  const { id } = step.node;
  if (finding.kind === "unknown") {
    ending.probed.set(step, finding.why);
    return;
  }
  ending.probed.delete(step);
  const isRollback = session.state.rollback !== undefined;
  // In a rollback the probe tells whether there is something to undo.
  if (isRollback && isUndoing(step)) {
    return session.add({ type: "decided", decision: finding.kind === "done" ? "retry" : "done", step: id, by: PROBE });
  }
  if (finding.kind === "notDone") {
    return session.add({ type: "decided", decision: isRollback ? "skip" : "retry", step: id, by: PROBE });
  }
  const given = finding.given === true ? { given: true, ...storeValue(finding) } as const : {};
  session.add({ type: "decided", decision: "done", step: id, by: PROBE, ...given });
}

/** The step of a returned plan that would be next. */
function firstPending(step: StepState): string {
  return (step.children?.children.find(({ status }) => status === "pending") ?? step).node.id;
}

/** Records the ends of overdue steps. Rejects if one could not be recorded. The journal must stay open until this resolves. */
export async function recordLateEnds(parts: RunParts): Promise<void> {
  const { session, ending } = parts;
  const ends = Array.from(ending.overdue, async ([step, { kind, end }]) => {
    const sound = refuseTakenNames(await end, session);
    const isFinal = sound.kind === "failed" && nextAttempt(step, sound, parts) === undefined;
    addEnd(step, kind, sound, { session, rollsBack: isFinal && mayRollBack(kind, parts) });
    await session.commit();
  });
  const recorded = await Promise.allSettled(ends);
  for (const result of recorded) if (result.status === "rejected") throw result.reason;
}
