import type { Planner } from "../../../lib/plan/planner.ts";
import type { Ref, SubPlan } from "../../../lib/plan/ref.ts";
import type { RetryOptions } from "../../../lib/plan/retry_options.ts";
import type { PartSpec } from "./machine_spec.ts";
import { type CallPart, currentWorld } from "./machine_world.ts";
import type { EditedArgument } from "./model/model_node.ts";

/** The functions that a plan of the state machine calls, or their names. */
export interface MachineFunctions {
  /** A step. */
  readonly act: (key: string, ...args: readonly unknown[]) => Promise<unknown>;
  /** A step that returns a plan. */
  readonly planParts: (key: string, ...args: readonly unknown[]) => Promise<SubPlan<Ref<unknown>[]>>;
  /** Takes either back. */
  readonly takeBack: (value: unknown, key: string, ...args: readonly unknown[]) => Promise<void>;
  /** Finds out whether a step has happened. */
  readonly findOut: (key: string) => { done: true; value: string } | { done: false };
  /** Cannot find it out. */
  readonly wonder: () => { done: "unknown" };
}

/** No step takes so long. */
const LONG_MS = 600_000;
/** The time limit of calls that have one. */
const SHORT_MS = 1;
/** The name of errors that no retry mends. */
export const FINAL_ERROR = "MachineRefusal";

/**
 * Plans parts.
 *
 * @param prefix What their keys begin with.
 * @param visible Refs to the values of what comes before; those of the parts are added.
 * @returns Refs to the values of the parts alone.
 */
export function planMachine(
  t: Planner,
  parts: readonly PartSpec[],
  prefix: string,
  functions: MachineFunctions,
  visible: Ref<unknown>[] = [],
): Ref<unknown>[] {
  return parts.flatMap((part, index): Ref<unknown>[] => {
    const key = `${prefix}${index}`;
    const inside = (planner: Planner) =>
      planMachine(
        planner,
        part.kind === "parallel" || part.kind === "sequence" ? part.parts : [],
        `${key}.`,
        functions,
        visible,
      );
    switch (part.kind) {
      case "sleep":
        t.sleep(part.isDate ? new Date(currentWorld().clock.now() + part.ms) : part.ms);
        return [];
      case "parallel":
        return t.parallel(inside, part.limit === undefined ? {} : { limit: part.limit });
      case "sequence":
        return t.sequence(inside);
      case "wait": {
        const signal = t.waitFor(`s${part.signal}`, { name: nameOf(key) });
        visible.push(signal);
        return [signal];
      }
      case "step":
      case "subPlan": {
        const step = planCall(t, key, part, functions, pick(part.refs, visible));
        visible.push(step);
        return [step];
      }
      default:
        return part satisfies never;
    }
  });
}

function planCall(
  t: Planner,
  key: string,
  part: CallPart,
  { act, planParts, takeBack, findOut, wonder }: MachineFunctions,
  args: readonly Ref<unknown>[],
): Ref<unknown> {
  const shared = {
    ...(part.isAdorned ? { name: nameOf(key), timeoutMs: LONG_MS, interrupted: "ask" as const } : {}),
    ...(part.limit === "none" ? {} : { timeoutMs: SHORT_MS }),
    ...(part.retry === undefined ? {} : { retry: retryOf(part, part.retry) }),
    ...(part.undo === "none" ? {} : { undo: takeBack }),
  };
  // Only the step itself can make its plan.
  if (part.kind === "subPlan") {
    const step = t.do(planParts, key, ...args);
    return part.policy === "ask" ? step.with(shared) : step.with({ ...shared, interrupted: "retry" });
  }
  const step = t.do(act, key, ...args);
  const probe = part.policy === "probe" ? findOut : wonder;
  // To be asked is what comes of saying nothing, if the defaults say nothing either.
  return part.policy === "ask"
    ? step.with(shared)
    : step.with({ ...shared, interrupted: part.policy === "retry" ? "retry" : probe });
}

function retryOf({ failures, pauses: [before], isFinal }: CallPart, retry: RetryOptions): RetryOptions {
  const nonRetryable = [FINAL_ERROR, ...(isFinal === "no" ? [] : ["TimeoutError"])];
  return { maxAttempts: failures + 1, delayMs: 3 * before, ...retry, nonRetryable };
}

/** The name of a part whose key is not one. */
export function nameOf(key: string): string {
  return `part_${key.replaceAll(".", "_")}`;
}

/** What the values of parts depend on besides the plan. */
export interface MachineFacts {
  /** The values of the signals that the waits have taken, by the waits' names. */
  readonly taken: ReadonlyMap<string, unknown>;
  /** How often a part was rewound after it had begun. */
  readonly rewinds: (key: string) => number;
  /** The arguments that a part was given by an edit. */
  readonly edited: (key: string) => readonly EditedArgument[] | undefined;
  /** The value that a decision gave to a part that has not happened. */
  readonly said: (key: string) => { readonly value: unknown } | undefined;
  /** The values so far, by the parts' keys; those of waits by their names. */
  readonly values: Map<string, unknown>;
}

/**
 * Says what the values of parts are, as {@linkcode planMachine} plans them.
 *
 * @param onCall Is told the key of each part that calls a function.
 */
export function evaluateMachine(
  parts: readonly PartSpec[],
  prefix: string,
  facts: MachineFacts,
  visible: unknown[] = [],
  onCall: (key: string) => void = () => {},
): unknown[] {
  return parts.flatMap((part, index): unknown[] => {
    const key = `${prefix}${index}`;
    switch (part.kind) {
      case "sleep":
        return [];
      case "parallel":
      case "sequence":
        return evaluateMachine(part.parts, `${key}.`, facts, visible, onCall);
      case "wait":
        visible.push(facts.taken.get(nameOf(key)));
        facts.values.set(nameOf(key), facts.taken.get(nameOf(key)));
        return [facts.taken.get(nameOf(key))];
      case "step":
      case "subPlan": {
        const value = evaluateCall(key, part, facts, visible, onCall);
        facts.values.set(key, value);
        visible.push(value);
        return [value];
      }
      default:
        return part satisfies never;
    }
  });
}

function evaluateCall(
  key: string,
  part: CallPart,
  facts: MachineFacts,
  visible: readonly unknown[],
  onCall: (key: string) => void,
): unknown {
  const said = facts.said(key);
  if (said !== undefined) return said.value;
  onCall(key);
  const read = (arg: EditedArgument) => "of" in arg ? facts.values.get(arg.of) : arg.literal;
  const args = facts.edited(key)?.map(read) ?? pick(part.refs, visible);
  const chosen = choosePlan(key, args, part);
  if (chosen === undefined) return valueOf(key, args, facts.rewinds(key));
  return evaluateMachine(chosen.parts, chosen.prefix, facts, [], onCall);
}

/** What a planning step plans, and what the keys of its parts begin with. */
export function choosePlan(
  key: string,
  args: readonly unknown[],
  part: PartSpec,
): { readonly parts: readonly PartSpec[]; readonly prefix: string } | undefined {
  if (part.kind !== "subPlan") return undefined;
  const { parts, otherwise } = part;
  return otherwise !== undefined && hash(JSON.stringify([key, args])) % 2 === 1
    ? { parts: otherwise, prefix: `${key}.x` }
    : { parts, prefix: `${key}.` };
}

/** Makes the value of a step from its key, its arguments and how often it was rewound; short for any arguments. */
export function valueOf(key: string, args: readonly unknown[], rewinds: number): string {
  const name = rewinds === 0 ? key : `${key}~${rewinds}`;
  return args.length === 0 ? name : `${name}#${hash(JSON.stringify(args)).toString(36)}`;
}

function hash(text: string): number {
  let sum = 0;
  for (let index = 0; index < text.length; index += 1) sum = (Math.imul(sum, 31) + text.charCodeAt(index)) >>> 0;
  return sum;
}

function pick<T>(refs: readonly number[], visible: readonly T[]): T[] {
  return visible.length === 0 ? [] : refs.flatMap((ref) => visible.slice(ref % visible.length).slice(0, 1));
}
