import { storeValue } from "../../journal/stored_value.ts";
import type { StepFunction } from "../../modules/step_function.ts";
import type { Code } from "../../plan/node.ts";
import { holdsSubPlan } from "../../plan/step_value.ts";
import type { Action } from "../../state/next_actions.ts";
import type { State } from "../../state/state.ts";
import type { StepState } from "../../state/step_state.ts";
import { encodedArguments } from "../../state/walk_steps.ts";
import { callProbe } from "../call/call_probe.ts";
import { callStep } from "../call/call_step.ts";
import { prepareExpansion } from "../call/expansion.ts";
import { limitTime } from "../call/limit_time.ts";
import { resolveValue } from "../call/resolve_value.ts";
import type { StepContext } from "../session/step_context.ts";
import { toStoredError } from "../session/stored_error.ts";
import type { TracedAttempt } from "../trace/run_trace.ts";
import type { Completion } from "./record_completion.ts";
import { type RunEnding, type RunParts, stopOf } from "./run_parts.ts";

/** What beginning something has led to. */
export type Beginning =
  /** A call, to be made as soon as its beginning is durable. */
  | { readonly kind: "call"; readonly call: () => Promise<Completion> }
  /** It is over already: something else may begin. */
  | { readonly kind: "passed" }
  /** It cannot begin now. */
  | { readonly kind: "held" };

const UNDO_PLAN =
  "An undo cannot return a plan, and nothing of this one has run: have the undo itself do what the steps " +
  "of the plan should do. What it did before it returned has happened; resume calls it again, unless --done or --skip says " +
  "what became of it";

const PASSED: Beginning = { kind: "passed" };
const HELD: Beginning = { kind: "held" };

/** Begins what can be done next: adds the event that says so, and prepares the call. */
export function beginAction(action: Action, ending: RunEnding, parts: RunParts): Beginning {
  const { step } = action;
  switch (action.kind) {
    case "run":
    case "undo":
      return beginStep(step, action.kind, ending, parts);
    case "probe":
      return beginProbe(step, action.probe, ending, parts);
    case "sleep":
      return beginSleep(step, parts);
    case "pass":
      return passPause(step, parts);
    default:
      return action satisfies never;
  }
}

function beginStep(step: StepState, kind: "run" | "undo", ending: RunEnding, parts: RunParts): Beginning {
  const { session, functions } = parts;
  const { node } = step;
  if (node.kind !== "step") return HELD;
  const code = kind === "run" ? node : node.options?.undo;
  if (code === undefined) return HELD;
  const module = session.state.modules[code.module]?.url ?? "";
  // That all of a plan's functions are there must be known before its first step begins.
  if (functions.isLoading) return HELD;
  let prepared: PreparedCall;
  try {
    prepared = prepareCall(step, code, kind, parts);
  } catch (thrown) {
    ending.failure ??= { step: node.id, error: toStoredError(thrown), thrown, hasStarted: false };
    return HELD;
  }
  const run = session.state.runs.length;
  const { attempt } = prepared.context;
  session.add({ type: kind === "run" ? "started" : "undoing", step: node.id, attempt, run });
  const traced = { ...tracedCall(step, module, code.export), attempt, kind: kind === "run" ? "step" : kind } as const;
  return { kind: "call", call: () => makeCall(step, kind, prepared, traced, parts) };
}

function tracedCall({ node }: StepState, module: string, exported: string): Omit<TracedAttempt, "attempt" | "kind"> {
  return { step: node.id, name: node.name, module, export: exported };
}

async function makeCall(
  step: StepState,
  kind: "run" | "undo",
  { fn, args, context }: PreparedCall,
  traced: TracedAttempt,
  parts: RunParts,
): Promise<Completion> {
  const { clock } = parts;
  const trace = parts.trace.attempt(traced);
  const { timeoutMs } = step.node.kind === "step" ? step.node.options ?? {} : {};
  const expand = kind === "undo"
    ? refusePlan
    : (value: unknown) => prepareExpansion(value, fn, step, parts.session.state);
  const end = await limitTime(async (timeout) => {
    const signal = timeout === undefined ? context.signal : AbortSignal.any([context.signal, timeout]);
    const called = await trace.within(() => callStep(fn, args, { ...context, signal }, { clock, expand }));
    trace.end(called.kind, called.kind === "failed" ? called.thrown : undefined);
    return called;
  }, { timeoutMs, clock });
  return { kind, step, end };
}

/** What an undo returns is ignored, but somebody who returns a plan means it to run. */
function refusePlan(value: unknown): Promise<undefined> {
  return holdsSubPlan(value) ? Promise.reject(new TypeError(UNDO_PLAN)) : Promise.resolve(undefined);
}

/** While it is asked, and when it does not know, the step is a question to nobody else. */
function beginProbe(step: StepState, probe: Code, ending: RunEnding, parts: RunParts): Beginning {
  if (ending.probed.has(step)) return HELD;
  ending.probed.set(step, undefined);
  const call = async (): Promise<Completion> => {
    let prepared: PreparedCall;
    try {
      prepared = prepareCall(step, probe, "probe", parts);
    } catch (error) {
      return { kind: "probe", step, finding: { kind: "unknown", why: toStoredError(error).message } };
    }
    return { kind: "probe", step, finding: await callProbe(prepared.fn, prepared.args, prepared.context) };
  };
  return { kind: "call", call };
}

/** The end of a sleep is written down before it begins: whoever goes on after a crash waits for what is left of it. */
function beginSleep(step: StepState, { session, clock }: RunParts): Beginning {
  const { node } = step;
  if (node.kind !== "sleep") return HELD;
  const until = node.until ?? new Date(clock.now() + (node.ms ?? 0)).toISOString();
  session.add({ type: "waiting", step: node.id, for: "time", until });
  return PASSED;
}

function passPause(step: StepState, { session }: RunParts): Beginning {
  const { node } = step;
  const signal = node.kind === "wait" ? session.state.signals.get(node.signal)?.[0] : undefined;
  session.add({ type: "finished", step: node.id, attempt: 1, ms: 0, ...storeValue(signal ?? {}) });
  return PASSED;
}

/** A call that can be made. */
interface PreparedCall {
  /** The function. */
  readonly fn: StepFunction;
  /** Its arguments, with everything filled in. */
  readonly args: readonly unknown[];
  /** What the function can ask about itself. */
  readonly context: StepContext;
}

/** What a call is for. */
type CallKind = "run" | "undo" | "probe";

/**
 * Prepares the call of a step's function, of its undo, or of its probe. Everything that can go wrong before a function is
 * called goes wrong here.
 */
function prepareCall(step: StepState, code: Code, kind: CallKind, parts: RunParts): PreparedCall {
  const { session, functions } = parts;
  const { state } = session;
  const { id } = step.node;
  const module = state.modules[code.module]?.url ?? "";
  const fn = functions.get({ module, export: code.export });
  if (fn === undefined) throw new TypeError(`The function ${code.export} of ${module} was not loaded`);
  const args = resolveValue(state, encodedArguments(step)) ?? [];
  if (!Array.isArray(args)) throw new TypeError("The arguments in the journal are not a list");
  const attempts = kind === "undo" ? step.undoAttempts ?? 0 : step.attempts;
  const context: StepContext = {
    signal: stopOf(parts),
    attempt: attempts + 1,
    idempotencyKey: `${state.id}/${id}/${step.generation ?? 0}${kind === "undo" ? "/undo" : ""}`,
    transactionId: state.id,
    stepId: id,
    progress: (report) => session.tellProgress(id, report),
  };
  return { fn, args: kind === "undo" ? [valueToUndo(step, state), ...args] : args, context };
}

/** What a step has returned. Of a plan that has not come to its end there is no value. */
function valueToUndo(step: StepState, state: State): unknown {
  if (step.children === undefined) return resolveValue(state, step.value ?? {});
  try {
    return resolveValue(state, step.value ?? {});
  } catch {
    return undefined;
  }
}
