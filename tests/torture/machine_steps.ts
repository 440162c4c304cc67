/** Step functions of the state machine: they do to the world what it says about the part whose key they are given. */

import { context } from "../../lib/run/step_context.ts";
import type { Ref } from "../../lib/plan/ref.ts";
import { steps } from "../../lib/plan/steps.ts";
import type { SubPlan } from "../../lib/plan/step_value.ts";
import { plan } from "../../lib/plan/sub_plan.ts";
import { choosePlan, FINAL_ERROR, type MachineFunctions, planMachine, valueOf } from "./machine_plan.ts";
import { type CallPart, type MachineWorld, stage } from "./machine_world.ts";

const NAMED = steps<MachineFunctions & { readonly actInside: MachineFunctions["act"] }>(import.meta.url);
/** A spread would find nothing: only who asks for a member gets it. */
const NAMED_INSIDE = {
  act: NAMED.actInside,
  planParts: NAMED.planParts,
  takeBack: NAMED.takeBack,
  findOut: NAMED.findOut,
  wonder: NAMED.wonder,
};

/** So often a part can be told to stop too early; whoever goes on for ever with that would never come to an end. */
const MAX_LOST_RACES = 2;

/** Has an effect. */
export async function act(key: string, ...args: readonly unknown[]): Promise<string> {
  const world = currentWorld();
  const { pauses: [before, after] } = world.call(key);
  await begin(world, key, before);
  const value = valueOf(key, args, world.rewinds(key));
  world.do("effect", key, value);
  await world.giveWay(after);
  return value;
}

/** Has an effect; is never called but by plans that steps have returned. */
export function actInside(key: string, ...args: readonly unknown[]): Promise<string> {
  return act(key, ...args);
}

/** Returns a plan. */
export async function planParts(key: string, ...args: readonly unknown[]): Promise<SubPlan<Ref<unknown>[]>> {
  const world = currentWorld();
  const part = world.call(key);
  await begin(world, key, part.pauses[0]);
  const chosen = choosePlan(key, args, part);
  if (chosen === undefined) throw new Error(`Part ${key} plans nothing`);
  world.do("effect", key, "plan");
  await world.giveWay(part.pauses[1]);
  const functions = part.isAdorned ? { act: actInside, planParts, takeBack, findOut, wonder } : NAMED_INSIDE;
  return plan((t) => planMachine(t, chosen.parts, chosen.prefix, functions));
}

/** Takes the effect of a step back. */
export async function takeBack(value: unknown, key: string, ..._args: readonly unknown[]): Promise<void> {
  const world = currentWorld();
  const { undo, limit, pauses: [before, after] } = world.call(key);
  world.do("undo begun", key, JSON.stringify(value));
  await world.giveWay(before);
  if (undo === "failing" && world.count("undo failed", key) === 0) {
    if (limit === "fails") await toldToStop();
    world.do("undo failed", key);
    if (limit === "fails") throw context().signal.reason;
    throw new Error(`Part ${key} cannot be undone yet`);
  }
  world.do("undone", key);
  await world.giveWay(after);
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

async function begin(world: MachineWorld, key: string, pauses: number): Promise<void> {
  const part = world.call(key);
  const { signal, idempotencyKey } = context();
  world.do("begun", key, idempotencyKey);
  report(world, part.reports);
  await world.giveWay(pauses);
  if (part.limit === "finishes") await toldToStop();
  const failures = world.count("failed", key);
  const isRefused = part.kind === "step" && part.isOnce && findOut(key).done;
  const isTooLate = part.limit === "races" && signal.aborted && failures < MAX_LOST_RACES;
  if (!isRefused && !isTooLate && failures >= part.failures) return;
  if (part.limit === "fails") await toldToStop();
  world.do("failed", key);
  if (isTooLate || part.limit === "fails") throw signal.reason;
  throw failure(key, part);
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

function currentWorld(): MachineWorld {
  if (stage.world === undefined) throw new Error("There is no world to work on");
  return stage.world;
}
