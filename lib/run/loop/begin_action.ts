import type { EventOf } from "../../journal/event.ts";
import { storeValue } from "../../journal/stored_value.ts";
import type { Code } from "../../plan/node.ts";
import { type CallKind, idempotencyKey } from "../../state/idempotency_key.ts";
import { type Action, isCall } from "../../state/next_actions.ts";
import type { State } from "../../state/state.ts";
import type { StepState } from "../../state/step_state.ts";
import { encodedArguments } from "../../state/walk_steps.ts";
import type { Encoded } from "../../values/json.ts";
import { succeeds } from "../../values/shape.ts";
import {
  type CallEnd,
  limitTime,
  type Overdue,
  type ProbeFinding,
  type StepCall,
  type StepValues,
} from "../call/step_host.ts";
import { findLack, resolveValue, valuesOf } from "../call/resolve_value.ts";
import type { StepContext } from "../../process/step_context.ts";
import type { Session } from "../session/session.ts";
import { toStoredError } from "../session/stored_error.ts";
import { pendingCalls } from "../start/check_modules.ts";
import type { Completion } from "./record_completion.ts";
import { type RunParts, stopOf } from "./run_parts.ts";

/** A call, to be made as soon as its beginning is durable; or it is over, and something else may begin; or it cannot begin. */
type Beginning = (() => Promise<Completion>) | "passed" | "held";

export function beginAction(action: Action, parts: RunParts): Beginning {
  const { step } = action;
  if (isCall(action) && lacksVariables(parts)) return "held";
  switch (action.kind) {
    case "run":
    case "undo":
      return beginStep(step, action.kind, parts);
    case "probe":
      return beginProbe(step, action.probe, parts);
    case "sleep":
      return beginSleep(step, parts);
    case "pass":
      return passPause(step, parts);
    default:
      return action satisfies never;
  }
}

/** Before its first call, a run looks for the variables that it may need later: so it does not end half-way for want of one. */
function lacksVariables({ ending, session, isWanted }: RunParts): boolean {
  if (ending.hasVariables !== undefined) return !ending.hasVariables;
  const lack = findLack(pendingCalls(session.state, isWanted).map(({ step }) => step));
  ending.hasVariables = lack === undefined;
  if (lack !== undefined) ending.cannotStart(lack.step, lack.thrown);
  return lack !== undefined;
}

function beginStep(step: StepState, kind: "run" | "undo", parts: RunParts): Beginning {
  const { ending, host, session } = parts;
  const { node } = step;
  if (node.kind !== "step") return "held";
  const code = kind === "run" ? node : node.options?.undo;
  // No step of a plan begins before all functions of the plan are there.
  if (code === undefined || ending.loading > 0) return "held";
  const call = describeCall(step, code, kind, session.state);
  const context = contextOf(step, kind, parts);
  let make: (context: StepContext) => Promise<CallEnd>;
  try {
    make = host.bind(call);
  } catch (thrown) {
    ending.cannotStart(node.id, thrown);
    return "held";
  }
  const { attempt } = context;
  const { id, name, options: { timeoutMs, database = false } = {} } = node;
  if (database && session.beginTransaction === undefined) {
    ending.cannotStart(id, new TypeError("It works in the database of its journal, which is not in PostgreSQL"));
    return "held";
  }
  const perform = (context: StepContext): Promise<CallEnd | Overdue> => {
    const traced = parts.trace.attempt({ step: id, name, ...call.name, attempt, kind: kind === "run" ? "step" : kind });
    return limitTime((timeout) => {
      const limited = timeout && { ...context, signal: AbortSignal.any([context.signal, timeout]) };
      return traced.follow(traced.within(() => make(limited ?? context)));
    }, { timeoutMs, clock: session.clock });
  };
  const type = kind === "run" ? "started" : "undoing";
  const begun = { type, step: id, attempt, run: session.state.runs.length } as const;
  if (database) return beginInTransaction({ kind, step, begun, context, perform }, session);
  session.add(begun);
  return async () => ({ kind, step, end: await perform(context) });
}

interface TransactionCall {
  readonly kind: "run" | "undo";
  readonly step: StepState;
  readonly begun: EventOf<"started" | "undoing">;
  readonly context: StepContext;
  readonly perform: (context: StepContext) => Promise<CallEnd | Overdue>;
}

/** How often a step may lose its connection before that counts as a failure: perhaps the step itself is the cause. */
const MAX_LOSSES = 3;

/** The beginning is recorded when the step has ended: until then nothing has happened. */
function beginInTransaction({ perform, context, ...call }: TransactionCall, session: Session): Beginning {
  session.begin(call.begun);
  const attempt = async (losses: number): Promise<Completion> => {
    const transaction = await session.beginTransaction?.();
    if (transaction === undefined) throw new TypeError("The journal has no transactions any more");
    try {
      // Waiting for its turn may have taken longer than the lease.
      session.requireOwned();
      const end = await perform({ ...context, database: () => transaction.database });
      const again = losses + 1 < MAX_LOSSES ? () => attempt(losses + 1) : undefined;
      return { ...call, end, open: { transaction, begun: call.begun, again } };
    } catch (error) {
      await transaction.rollback();
      throw error;
    }
  };
  return () => attempt(0);
}

function refuseDatabase(): never {
  throw new TypeError("Cannot use the database of the journal: plan the step with the option database: true");
}

/** A step whose probe is running, or does not know, begins nothing else. */
function beginProbe(step: StepState, probe: Code, parts: RunParts): Beginning {
  const { ending } = parts;
  if (ending.probed.has(step)) return "held";
  ending.probed.set(step, undefined);
  return async () => {
    let make: (context: StepContext) => Promise<ProbeFinding>;
    try {
      make = parts.host.bindProbe(describeCall(step, probe, "probe", parts.session.state));
    } catch (error) {
      return { kind: "probe", step, finding: { kind: "unknown", why: toStoredError(error).message } };
    }
    return { kind: "probe", step, finding: await make(contextOf(step, "probe", parts)) };
  };
}

/** The end of a sleep is recorded before it begins, so that a resume waits only for the rest of it. */
function beginSleep(step: StepState, { session }: RunParts): Beginning {
  const { node } = step;
  if (node.kind !== "sleep") return "held";
  const until = node.until ?? new Date(session.clock.now() + (node.ms ?? 0)).toISOString();
  session.add({ type: "waiting", step: node.id, for: "time", until });
  return "passed";
}

function passPause(step: StepState, { session }: RunParts): Beginning {
  const { node } = step;
  const signal = node.kind === "wait" ? session.state.signals.get(node.signal)?.first : undefined;
  session.add({ type: "finished", step: node.id, attempt: 1, ms: 0, ...storeValue(signal ?? {}) });
  return "passed";
}

function describeCall(step: StepState, code: Code, kind: CallKind, state: State): StepCall {
  const values = valuesOf(state);
  return {
    name: { module: state.modules[code.module]?.url ?? "", export: code.export },
    args: encodedArguments(step),
    values,
    undoes: kind === "undo" ? valueToUndo(step, values) : undefined,
    planning: kind === "run" ? { parent: step.node.id, next: step.children?.next ?? 1 } : undefined,
  };
}

function contextOf(step: StepState, kind: CallKind, parts: RunParts): StepContext {
  const { session } = parts;
  const { state } = session;
  const { id } = step.node;
  const attempts = kind === "undo" ? step.undoAttempts ?? 0 : step.attempts;
  return {
    signal: stopOf(parts),
    attempt: attempts + 1,
    idempotencyKey: idempotencyKey(state, step, kind),
    transactionId: state.id,
    stepId: id,
    progress: (report) => session.tellProgress(id, report),
    epoch: session.epoch,
    database: refuseDatabase,
  };
}

/** What a step has returned. A plan of which a part has not run has no value. */
function valueToUndo({ value = {}, children }: StepState, values: StepValues): Encoded {
  return children === undefined || succeeds(() => resolveValue(values, value)) ? value : {};
}
