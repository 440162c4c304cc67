import { holdsSubPlan } from "../plan/holds_sub_plan.ts";
import type { Code } from "../plan/node.ts";
import type { Action } from "../state/next_actions.ts";
import type { StepState } from "../state/step_state.ts";
import { callProbe } from "./call_probe.ts";
import { callStep } from "./call_step.ts";
import { prepareExpansion } from "./expansion.ts";
import { limitTime } from "./limit_time.ts";
import { prepareCall, type PreparedCall } from "./prepare_call.ts";
import type { Arrival } from "./record_arrival.ts";
import type { RunEnding } from "./run_ending.ts";
import type { TracedAttempt } from "./run_trace.ts";
import type { RunParts } from "./run_parts.ts";
import { toStoredError } from "./stored_error.ts";

/** What beginning something has led to. */
export type Beginning =
  /** A call, to be made as soon as its beginning is durable. */
  | { readonly kind: "call"; readonly call: () => Promise<Arrival> }
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
): Promise<Arrival> {
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
  const call = async (): Promise<Arrival> => {
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
  const value = {
    ...(signal?.value === undefined ? {} : { value: signal.value }),
    ...(signal?.meta === undefined ? {} : { valueMeta: signal.meta }),
  };
  session.add({ type: "finished", step: node.id, attempt: 1, ms: 0, ...value });
  return PASSED;
}
