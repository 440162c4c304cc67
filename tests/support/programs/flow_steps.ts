/** Step functions for tests of groups, waits, plans of steps and rollbacks, in this process, and what they did. */

import { env, type Ref, type SubPlan } from "../../../lib/plan/ref.ts";
import { steps } from "../../../lib/plan/steps.ts";
import { plan } from "../../../lib/plan/sub_plan.ts";
import { context } from "../../../lib/process/step_context.ts";

/** What has been done and undone, in order. Reading it empties it. */
const log: string[] = [];
/** Words that change what steps do; removed by `calm`. */
const moods = new Set<string>();
const gates = new Map<string, Gate>();

interface Gate {
  readonly entered: PromiseWithResolvers<void>;
  readonly released: PromiseWithResolvers<void>;
}

/** Empties the log and returns what was in it. */
export function takeLog(): string[] {
  return log.splice(0);
}

/** Has steps fail whose text is this. */
export function upset(text: string): void {
  moods.add(text);
}

/** No step fails any more, and none is held. */
export function calm(): void {
  moods.clear();
  gates.clear();
}

/** Leaves a trace, and returns its text. */
export function add(text: string): string {
  if (moods.has(text)) throw new RangeError(`no ${text}`);
  log.push(`+${text}`);
  return text;
}

/** Fails once before it leaves a trace. */
export function addLate(text: string): string {
  if (context().attempt === 1) throw new RangeError(`not yet ${text}`);
  return add(text);
}

/** Takes the trace back. */
export function remove(value: string | undefined, text: string): void {
  if (moods.has(`-${text}`)) throw new RangeError(`no way back from ${text}`);
  log.push(value === text ? `-${text}` : `-${text} of ${value}`);
}

/** Takes the trace back, and returns a plan, which no undo may. */
export function removeByPlan(value: string, text: string): unknown {
  remove(value, text);
  return plan((t) => t.do(add, "never"));
}

/** Plans two traces, the second of which is a variable of the environment. */
export function addVariable(name: string): SubPlan<Ref<string>> {
  return plan((t) => {
    t.do(add, "inner");
    return t.do(add, env(name));
  });
}

/** Leaves a trace of several texts. */
export function join(texts: readonly string[]): string {
  return add(texts.join("&"));
}

/** Takes it back. */
export function removeAll(value: string, texts: readonly string[]): void {
  remove(value, texts.join("&"));
}

/** Leaves a trace, and comes to its end when it is let, or when it is told to. */
export async function hold(name: string): Promise<string> {
  log.push(`+${name}`);
  const { entered, released } = gateOf(name);
  entered.resolve();
  const { signal } = context();
  signal.addEventListener("abort", () => released.reject(signal.reason));
  await released.promise;
  return name;
}

/** Undoes `hold`, and is held as well. */
export async function letGo(_value: string | undefined, name: string): Promise<void> {
  await hold(`-${name}`);
}

/** Resolves when a step is held. */
export function entered(name: string): Promise<void> {
  return gateOf(name).entered.promise;
}

/** Lets a step end. */
export function release(name: string): void {
  gateOf(name).released.resolve();
}

/** Lets a step fail. */
export function breakOff(name: string): void {
  gateOf(name).released.reject(new RangeError(`${name} is broken`));
}

/** Reports how far it is. */
export function reportTwice(): void {
  context().progress(0.5);
  context().progress("nearly there");
}

/** Reports what is no share of anything. */
export function reportBeyond(): void {
  for (const share of [-1, 2, NaN]) context().progress(share);
}

/** A plan of one step for each text, if there are any; its value is what they have returned. */
export function addEach(texts: readonly string[]): SubPlan<readonly Ref<string>[]> | readonly string[] {
  log.push(`plans ${texts.join("")}`);
  if (texts.length === 0) return [];
  return plan((t) => texts.map((text) => t.do(add, text).with({ undo: remove })));
}

/** Takes back what the step itself did, besides the steps of its plan. */
export function forget(value: readonly string[] | undefined, texts: readonly string[]): void {
  log.push(`forgets ${texts.join("")}: ${value?.join("")}`);
}

/** A plan with a group and another plan in it. */
export function addNested(
  text: string,
): SubPlan<{ readonly first: Ref<string>; readonly rest: Ref<readonly string[]> }> {
  log.push(`plans ${text}`);
  return plan((t) => {
    const first = t.parallel((p) => {
      p.do(add, `${text}1`);
      return p.do(add, `${text}2`);
    });
    const rest: Ref<readonly string[]> = t.do(addEach, [`${text}3`, `${text}4`]) as never;
    return { first, rest };
  });
}

/** Returns a plan inside of another value, where it is not recognized. */
export function hidePlan(): unknown {
  log.push("hides");
  return { steps: [new Map([["deep", plan((t) => t.do(add, "hidden"))]])] };
}

/** A plan whose second step is not to be found. */
export function planMissing(): SubPlan<void> {
  log.push("plans");
  return plan((t) => {
    t.do(add, "first");
    t.do(steps<{ missing(): void }>(import.meta.url).missing);
  });
}

/** Knows nothing, or what its mood says. */
export function wasAdded(text: string): { done: true; value: string } | { done: false } | { done: "unknown" } {
  if (moods.has("happened")) return { done: true, value: text };
  return moods.has("missing") ? { done: false } : { done: "unknown" };
}

function gateOf(name: string): Gate {
  const gate = gates.get(name) ?? { entered: Promise.withResolvers(), released: Promise.withResolvers() };
  // There may be no handler for the abort.
  gate.released.promise.catch(() => {});
  gates.set(name, gate);
  return gate;
}
