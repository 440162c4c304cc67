import type { StoredError } from "../journal/stored.ts";
import { functionKey } from "../modules/function_name.ts";
import type { StepFunction } from "../modules/step_function.ts";
import type { Code, PlanNode } from "../plan/node.ts";
import { PROBE } from "../state/apply_decision.ts";
import { nextAction } from "../state/next_action.ts";
import { encodedArguments } from "../state/encoded_arguments.ts";
import { encodedResult } from "../state/encoded_result.ts";
import type { StepState } from "../state/state.ts";
import { callProbe, type ProbeFinding } from "./call_probe.ts";
import { callStep } from "./call_step.ts";
import { resolveValue } from "./resolve_value.ts";
import type { Session } from "./session.ts";
import type { StopSignal, StopSignals } from "./stop_signals.ts";
import type { StepContext } from "./step_context.ts";
import { toStoredError } from "./stored_error.ts";

/** How a run ended. */
export type Outcome =
  | { readonly kind: "finished"; readonly value: unknown }
  | { readonly kind: "aborted"; readonly step: string; readonly error: StoredError; readonly thrown: unknown }
  | { readonly kind: "paused"; readonly step: string; readonly reason: "unknown" | "value"; readonly why?: string }
  | { readonly kind: "interrupted"; readonly signal: StopSignal };

/** What a run needs. */
export interface RunLoopOptions {
  /** The journal and what is true. Its last event is durable, or is added and will be with the first step's start. */
  readonly session: Session;
  /** The functions of all steps that may run, by `functionKey`. */
  readonly functions: ReadonlyMap<string, StepFunction>;
  /** Tells the run to stop. */
  readonly stop: StopSignals;
}

/**
 * Runs what is left of a transaction. This is the one place where the data turns round: state → what to do next → a step
 * is called → an event → journal → state.
 *
 * @throws {JournalUnwritable} The journal failed. The run has ended.
 */
export async function runLoop({ session, functions, stop }: RunLoopOptions): Promise<Outcome> {
  for (;;) {
    const next = nextAction(session.state);
    if (stop.received !== undefined && (next.kind === "run" || next.kind === "probe")) {
      await session.commit();
      return { kind: "interrupted", signal: stop.received };
    }
    switch (next.kind) {
      case "end":
        return await end(session);
      case "ask":
        return await pause(session, { step: next.step.node.id, reason: next.reason });
      case "probe": {
        const question = await probeStep(next.step, next.probe, { session, functions, stop });
        if (question !== undefined) return question;
        break;
      }
      case "stop":
        throw new TypeError("Cannot run an aborted transaction before it was resumed");
      case "run": {
        const failure = await runStep(next.step, { session, functions, stop });
        if (failure !== undefined) return failure;
        break;
      }
      default:
        next satisfies never;
    }
  }
}

/** Has a step's probe find out how the step ended, and takes its word as a decision. */
async function probeStep(step: StepState, probe: Code, options: RunLoopOptions): Promise<Outcome | undefined> {
  const { session } = options;
  const id = step.node.id;
  let finding: ProbeFinding;
  try {
    const { fn, args, context } = prepareCall(step, probe, options);
    finding = await callProbe(fn, args, context);
  } catch (error) {
    finding = { kind: "unknown", why: error instanceof Error ? error.message : String(error) };
  }
  if (finding.kind === "unknown") return await pause(session, { step: id, reason: "unknown", why: finding.why });
  if (finding.kind === "notDone") {
    session.add({ type: "decided", decision: "retry", step: id, by: PROBE });
  } else {
    const { kind: _kind, ...value } = finding;
    session.add({ type: "decided", decision: "done", step: id, by: PROBE, ...value });
  }
  return undefined;
}

/** Starts one step and waits for its end. Its end becomes durable with what follows. */
async function runStep(step: StepState, options: RunLoopOptions): Promise<Outcome | undefined> {
  const { session } = options;
  const id = step.node.id;
  let call: PreparedCall;
  try {
    call = prepareCall(step, step.node, options);
  } catch (thrown) {
    return await abort(session, { step: id, error: toStoredError(thrown), thrown, hasStarted: false });
  }
  const attempt = step.attempts + 1;
  session.add({ type: "started", step: id, attempt, run: session.state.runs.length });
  await session.commit();
  const end = await callStep(call.fn, call.args, call.context);
  if (end.kind === "finished") {
    const { kind: _kind, ...result } = end;
    session.add({ type: "finished", step: id, attempt, ...result });
    return undefined;
  }
  session.add({ type: "failed", step: id, attempt, ms: end.ms, error: end.error });
  return await abort(session, { step: id, error: end.error, thrown: end.thrown, hasStarted: true });
}

interface PreparedCall {
  readonly fn: StepFunction;
  readonly args: readonly unknown[];
  readonly context: StepContext;
}

/** Everything that can go wrong before a step's function is called goes wrong here. */
function prepareCall(
  step: StepState,
  code: PlanNode | Code,
  { session, functions, stop }: RunLoopOptions,
): PreparedCall {
  const { node } = step;
  const { state } = session;
  if (!("export" in code)) throw new TypeError(`This version cannot run a step of kind "${code.kind}"`);
  const module = state.modules[code.module]?.url ?? "";
  const fn = functions.get(functionKey({ module, export: code.export }));
  if (fn === undefined) throw new TypeError(`The function ${code.export} of ${module} was not loaded`);
  const args = resolveValue(state, encodedArguments(step)) ?? [];
  if (!Array.isArray(args)) throw new TypeError("The arguments in the journal are not a list");
  const context: StepContext = {
    signal: stop.signal,
    attempt: step.attempts + 1,
    idempotencyKey: `${state.id}/${node.id}/${step.generation}`,
    transactionId: state.id,
    stepId: node.id,
  };
  return { fn, args, context };
}

async function end(session: Session): Promise<Outcome> {
  let value: unknown;
  try {
    value = resolveValue(session.state, encodedResult(session.state));
  } catch (thrown) {
    const step = session.state.steps.at(-1)?.node.id ?? "1";
    return await abort(session, { step, error: toStoredError(thrown), thrown, hasStarted: false });
  }
  session.add({ type: "ended" });
  await session.commit();
  return { kind: "finished", value };
}

async function pause(session: Session, question: Omit<Extract<Outcome, { kind: "paused" }>, "kind">): Promise<Outcome> {
  session.add({ type: "waiting", step: question.step, for: "decision" });
  await session.commit();
  return { kind: "paused", ...question };
}

interface Abort {
  readonly step: string;
  readonly error: StoredError;
  readonly thrown: unknown;
  readonly hasStarted: boolean;
}

async function abort(session: Session, { step, error, thrown, hasStarted }: Abort): Promise<Outcome> {
  session.add({ type: "aborted", step, ...(hasStarted ? {} : { error }) });
  await session.commit();
  return { kind: "aborted", step, error, thrown };
}
