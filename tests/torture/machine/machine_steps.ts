/** Step functions of the state machine: they do to the world what it says about the part whose key they are given. */

import type { Ref, SubPlan } from "../../../lib/plan/ref.ts";
import { steps } from "../../../lib/plan/steps.ts";
import { plan } from "../../../lib/plan/sub_plan.ts";
import { context } from "../../../lib/process/step_context.ts";
import { choosePlan, FINAL_ERROR, type MachineFunctions, planMachine, valueOf } from "./machine_plan.ts";
import { type CallPart, currentWorld, type MachineWorld } from "./machine_world.ts";

const NAMED = steps<MachineFunctions & { readonly actInside: MachineFunctions["act"] }>(import.meta.url);
/** A spread would find nothing: only who asks for a member gets it. */
const NAMED_INSIDE = {
  act: NAMED.actInside,
  planParts: NAMED.planParts,
  takeBack: NAMED.takeBack,
  findOut: NAMED.findOut,
  wonder: NAMED.wonder,
};

/** How often a part can be aborted too early; without a limit, a case could go on without end. */
const MAX_LOST_RACES = 2;

/** How often a part hangs permanently in its process; after that it is only late. */
const MAX_HUNG = 2;
/** How long after an abort a late part continues: within the grace period, at its end, after it. */
const LATE_MS = [3, 4_999, 5_000, 5_001, 5_001, 5_001, 5_002, 5_010, 60_000];

/** What no journal can hold. */
class Unstorable {
  constructor(readonly value: string) {}
}

/** Has an effect. */
export function act(key: string, ...args: readonly unknown[]): Promise<unknown> {
  return attend(key, async (world) => {
    const part = world.call(key);
    const { pauses: [before, after] } = part;
    const outstay = await begin(world, key, before);
    const value = valueOf(key, args, world.rewinds(key));
    world.do("effect", key, value);
    await outstay();
    await world.giveWay(after);
    return part.kind === "step" && part.isUnstorable ? new Unstorable(value) : value;
  });
}

/** Has an effect; is never called but by plans that steps have returned. */
export function actInside(key: string, ...args: readonly unknown[]): Promise<unknown> {
  return act(key, ...args);
}

/** Returns a plan. */
export function planParts(key: string, ...args: readonly unknown[]): Promise<SubPlan<Ref<unknown>[]>> {
  return attend(key, async (world) => {
    const part = world.call(key);
    const outstay = await begin(world, key, part.pauses[0]);
    const chosen = choosePlan(key, args, part);
    if (chosen === undefined) throw new Error(`Part ${key} plans nothing`);
    world.do("effect", key, "plan");
    await outstay();
    await world.giveWay(part.pauses[1]);
    const functions = part.isAdorned ? { act: actInside, planParts, takeBack, findOut, wonder } : NAMED_INSIDE;
    // It is left when the plan has been read.
    await world.gate.enter(context().stepId);
    return plan((t) => planMachine(t, chosen.parts, chosen.prefix, functions));
  });
}

/** Takes the effect of a step back. */
export function takeBack(value: unknown, key: string, ..._args: readonly unknown[]): Promise<void> {
  return attend(key, async (world) => {
    const { undo, limit, pauses: [before, after] } = world.call(key);
    world.do("undo begun", key, JSON.stringify(value));
    await world.giveWay(before);
    const outstays = world.below(3);
    if (outstays === 0) await outstayLimit(world, key);
    if (undo === "failing" && world.count("undo failed", key) === 0) {
      if (limit === "fails") await toldToStop();
      world.do("undo failed", key);
      if (limit === "fails") throw context().signal.reason;
      throw new Error(`Part ${key} cannot be undone yet`);
    }
    world.do("undone", key);
    if (outstays === 1) await outstayLimit(world, key);
    await world.giveWay(after);
  });
}

/** Finds out whether the effect of a step is there. */
export function findOut(key: string): { done: true; value: string } | { done: false } {
  const world = currentWorld();
  const value = world.effectOf(key);
  return value === undefined || world.count("undone", key) > 0 ? { done: false } : { done: true, value };
}

/** Cannot find it out. */
export function wonder(): { done: "unknown" } {
  return { done: "unknown" };
}

/** Notes when a call is told that its time is up, and when it comes to its end. */
async function attend<T>(key: string, work: (world: MachineWorld) => Promise<T>): Promise<T> {
  const world = currentWorld();
  const { signal } = context();
  const note = () => {
    if (signal.reason instanceof DOMException && signal.reason.name === "TimeoutError") world.do("told", key);
  };
  signal.addEventListener("abort", note);
  try {
    return await work(world);
  } finally {
    signal.removeEventListener("abort", note);
    world.do("over", key);
  }
}

/** Returns what to wait for after its effect: a part that exceeds its limit does so before or after the effect. */
async function begin(world: MachineWorld, key: string, pauses: number): Promise<() => Promise<void>> {
  const part = world.call(key);
  const { signal, idempotencyKey } = context();
  world.do("begun", key, idempotencyKey);
  report(world, part.reports);
  await world.giveWay(pauses);
  const isLaterOut = world.below(2) === 0;
  if (!isLaterOut) await outstayLimit(world, key);
  if (part.limit === "finishes") await toldToStop();
  const failures = world.count("failed", key);
  const isRefused = part.kind === "step" && part.isOnce && findOut(key).done;
  const isTooLate = part.limit === "races" && signal.aborted && failures < MAX_LOST_RACES;
  if (!isRefused && !isTooLate && failures >= part.failures) {
    return () => isLaterOut ? outstayLimit(world, key) : Promise.resolve();
  }
  if (part.limit === "fails") await toldToStop();
  world.do("failed", key);
  if (isTooLate || part.limit === "fails") throw signal.reason;
  throw failure(key, part);
}

/** Waits for the abort, and then some time, or permanently. */
async function outstayLimit(world: MachineWorld, key: string): Promise<void> {
  const { limit } = world.call(key);
  if (limit !== "late" && limit !== "never") return;
  await toldToStop();
  if (limit === "never" && world.count("hung", key) < MAX_HUNG) {
    world.do("hung", key);
    await world.hang();
  }
  await world.clock.delay(LATE_MS[world.below(LATE_MS.length)] ?? 0);
}

function report(world: MachineWorld, times: number): void {
  const { stepId, progress } = context();
  for (let left = times; left > 0; left -= 1) {
    world.reports.push(left === 1 ? { step: stepId, text: "nearly there" } : { step: stepId, fraction: 1 / left });
    progress(left === 1 ? "nearly there" : 1 / left);
  }
}

async function toldToStop(): Promise<void> {
  const { signal } = context();
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}

function failure(key: string, { isFinal }: CallPart): Error {
  const error = new Error(`Part ${key} cannot be done yet`);
  if (isFinal === "no") return error;
  const final = isFinal === "itself" ? error : new Error("It is refused");
  final.name = FINAL_ERROR;
  return final === error ? error : new Error(error.message, { cause: final });
}
