import { canRun } from "../../journal/encode_record.ts";
import { functionKey, type FunctionName, loadFunctions, type StepFunction } from "../../modules/load_functions.ts";
import { holdsSubPlan, readSubPlan } from "../../plan/returned_value.ts";
import { safeText } from "../../text/escape.ts";
import { encodeValue } from "../../values/encode_value.ts";
import { withoutUndefined } from "../../values/json.ts";
import { attempt, once } from "../../values/shape.ts";
import { ValueTooLarge } from "../../values/value_walk.ts";
import type { Clock } from "../session/clock.ts";
import { prepareContexts, runInContext, type StepContext } from "../../process/step_context.ts";
import { nameReturnedPlan } from "./plan_nodes.ts";
import { resolveValue } from "./resolve_value.ts";
import {
  BrokenBuiltins,
  type CallEnd,
  failedCall,
  type FinishedCall,
  type ProbeFinding,
  refusedCall,
  type ReturnedPlan,
  type StepCall,
  type StepHost,
} from "./step_host.ts";

const HIDDEN_PLAN =
  "The step has returned a sub-plan inside of a larger value, where it would be lost: return plan(…) " +
  "itself, and let its callback return the value";

const UNDO_PLAN =
  "An undo cannot return a plan, and no step of this plan has run: do their work in the undo itself. What the undo did " +
  "before it returned has happened. resume calls it again, unless you pass --done or --skip";

/** Most steps return no plan. */
const loadPlanning = once(() => import("../../plan/sub_plan.ts"));

interface InProcessOptions {
  readonly clock: Clock;
  /** Functions that the program passed itself, by `functionKey`: they need no import. */
  readonly known?: ReadonlyMap<string, StepFunction> | undefined;
  /** The transaction is being resumed: a module that is loaded must not start one. */
  readonly isResumed: boolean;
}

interface Callable {
  readonly fn: StepFunction;
  readonly args: readonly unknown[];
}

export class InProcessHost implements StepHost {
  readonly #functions = new Map<string, StepFunction>();
  readonly #known: Map<string, StepFunction>;
  readonly #isResumed: boolean;
  readonly #clock: Clock;

  constructor({ clock, known = new Map(), isResumed }: InProcessOptions) {
    this.#clock = clock;
    this.#known = new Map(known);
    this.#isResumed = isResumed;
  }

  has(names: readonly FunctionName[]): boolean {
    return names.every((name) => this.#functions.has(functionKey(name)));
  }

  async prepare(names: readonly FunctionName[]): Promise<void> {
    prepareContexts();
    const missing = names.filter((name) => !this.#functions.has(functionKey(name)));
    const loaded = await loadFunctions(missing, { known: this.#known, forResume: this.#isResumed });
    for (const [key, fn] of loaded) this.#functions.set(key, fn);
  }

  bind(call: StepCall): (context: StepContext) => Promise<CallEnd> {
    const callable = this.#decode(call);
    return (context) => this.#call(callable, call, context);
  }

  bindProbe(call: StepCall): (context: StepContext) => Promise<ProbeFinding> {
    const { fn, args } = this.#decode(call);
    return async (context) => {
      try {
        const answer = await runInContext(context, () => fn(...args));
        if (!canRun()) throw new BrokenBuiltins();
        return readAnswer(answer);
      } catch (error) {
        if (!canRun()) throw new BrokenBuiltins();
        return { kind: "unknown", why: `its probe failed: ${safeText(error)}` };
      }
    };
  }

  #decode({ name, args: encoded, values, undoes }: StepCall): Callable {
    const fn = this.#functions.get(functionKey(name));
    if (fn === undefined) throw new TypeError(`The function ${name.export} of ${name.module} was not loaded`);
    const args = resolveValue(values, encoded) ?? [];
    if (!Array.isArray(args)) throw new TypeError("The arguments in the journal are not a list");
    return { fn, args: undoes === undefined ? args : [resolveValue(values, undoes), ...args] };
  }

  /**
   * A step that has returned is finished even if its value cannot be stored, since its effect has happened. If it
   * returned a plan that cannot be carried out, or a plan inside of a larger value, the step has failed: nothing of that
   * plan has begun.
   */
  async #call({ fn, args }: Callable, call: StepCall, context: StepContext): Promise<CallEnd> {
    const begin = this.#clock.elapsed();
    let value: unknown;
    let plan: ReturnedPlan | undefined;
    try {
      value = await runInContext(context, () => fn(...args));
    } catch (thrown) {
      if (!canRun()) throw lostEnd(call, context, true);
      return failedCall(thrown, this.#msSince(begin));
    }
    // Before anything else uses what the step may have replaced: an endless loop would also ignore signals.
    if (!canRun()) throw lostEnd(call, context, false);
    try {
      const reading = this.#readPlan(value, fn, call);
      if (reading !== undefined) plan = await reading;
    } catch (thrown) {
      return refusedCall(thrown, this.#msSince(begin));
    }
    const ms = this.#msSince(begin);
    if (plan !== undefined) return { kind: "finished", ms, plan };
    const end = storeValue(value, ms);
    if (end.dropped === undefined || !holdsSubPlan(value)) return end;
    return refusedCall(new TypeError(HIDDEN_PLAN), ms);
  }

  #readPlan(value: unknown, fn: StepFunction, call: StepCall): Promise<ReturnedPlan | undefined> | undefined {
    const { planning } = call;
    if (planning === undefined) {
      // What an undo returns is ignored, but an author who returns a plan means it to run.
      if (holdsSubPlan(value)) throw new TypeError(UNDO_PLAN);
      return undefined;
    }
    return readSubPlan(value) && this.#buildPlan(value, fn, call);
  }

  async #buildPlan(value: unknown, fn: StepFunction, { name, planning }: StepCall): Promise<ReturnedPlan | undefined> {
    const { buildSubPlan } = await loadPlanning();
    const plan = planning && buildSubPlan(value, planning);
    return plan && await nameReturnedPlan(plan, { fn, module: name.module, known: this.#known });
  }

  /** Milliseconds to three digits, which is as far as they mean anything. */
  #msSince(begin: number): number {
    return Math.round((this.#clock.elapsed() - begin) * 1000) / 1000;
  }
}

/** What is lost of a call that has broken JavaScript itself: its end cannot be recorded. */
function lostEnd({ undoes }: StepCall, { stepId: step, attempt }: StepContext, hasFailed: boolean): BrokenBuiltins {
  const end = { step, attempt, ms: 0 };
  if (hasFailed) return new BrokenBuiltins({ type: "failed", ...end, error: { name: "Error", message: "" } });
  return new BrokenBuiltins({ type: undoes === undefined ? "finished" : "undone", ...end });
}

function storeValue(returned: unknown, ms: number): FinishedCall {
  try {
    const { value, meta } = encodeValue(returned);
    return { kind: "finished", ms, value, meta };
  } catch (error) {
    const bytes = error instanceof ValueTooLarge ? error.bytes : undefined;
    return { kind: "finished", ms, dropped: withoutUndefined({ reason: safeText(error), bytes }) };
  }
}

function readAnswer(answer: unknown): ProbeFinding {
  const done: unknown = Reflect.get(Object(answer), "done");
  if (done === true) {
    // That the step happened is what counts. If its value cannot be stored, it is asked for when it is needed.
    return { kind: "done", ...attempt(() => ({ given: true, ...encodeValue(Object(answer).value) } as const)) };
  }
  if (done === false) return { kind: "notDone" };
  if (done === "unknown") return { kind: "unknown", why: "its probe could not find out" };
  return { kind: "unknown", why: 'its probe gave no answer: it must return { done: true | false | "unknown" }' };
}
