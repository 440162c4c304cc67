/** Step functions of the state machine: they do to the world what it says about the part whose key they are given. */

import type { Ref } from "../../lib/plan/ref.ts";
import { steps } from "../../lib/plan/steps.ts";
import type { SubPlan } from "../../lib/plan/step_value.ts";
import { plan } from "../../lib/plan/sub_plan.ts";
import { choosePlan, type MachineFunctions, planMachine, valueOf } from "./machine_plan.ts";
import { type MachineWorld, stage } from "./machine_world.ts";

const NAMED = steps<MachineFunctions & { readonly actInside: MachineFunctions["act"] }>(import.meta.url);
/** A spread would find nothing: only who asks for a member gets it. */
const NAMED_INSIDE = {
  act: NAMED.actInside,
  planParts: NAMED.planParts,
  takeBack: NAMED.takeBack,
  findOut: NAMED.findOut,
  wonder: NAMED.wonder,
};

/** Has an effect. */
export async function act(key: string, ...args: readonly unknown[]): Promise<string> {
  const world = currentWorld();
  const { pauses: [before, after] } = world.call(key);
  await begin(world, key, before);
  const value = valueOf(key, args);
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
  const { undo, pauses: [before, after] } = world.call(key);
  world.do("undo begun", key, JSON.stringify(value));
  await world.giveWay(before);
  if (undo === "failing" && world.count("undo failed", key) === 0) {
    world.do("undo failed", key);
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
  world.do("begun", key);
  await world.giveWay(pauses);
  const part = world.call(key);
  const isRefused = part.kind === "step" && part.isOnce && findOut(key).done;
  if (!isRefused && world.count("failed", key) >= part.failures) return;
  world.do("failed", key);
  throw new Error(`Part ${key} cannot be done yet`);
}

function currentWorld(): MachineWorld {
  if (stage.world === undefined) throw new Error("There is no world to work on");
  return stage.world;
}
