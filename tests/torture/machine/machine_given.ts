import { assert, assertEquals } from "@std/assert";
import { DecisionRefused } from "../../../lib/errors/decision_errors.ts";
import { decideJournal } from "../../../lib/run/amend/amend_journal.ts";
import type { SeededRandom } from "../../support/seeded_random.ts";
import { hasUndo, keyOf, type ModelNode } from "./model/model_node.ts";
import { JOURNAL, type Life } from "./machine_life.ts";
import type { MachineModel } from "./model/machine_model.ts";
import type { MachineStore } from "./machine_store.ts";
import type { MachineWorld } from "./machine_world.ts";

/**
 * Says in a rollback that a step did happen, with a value for its undo, right or wrong; or gives that anew. Where the
 * step has returned its value, or the outcome of its undo with that value is unknown, this is refused and changes nothing.
 *
 * @returns The value that was given, and to which step; nothing if it was refused.
 */
export async function giveValue(
  store: MachineStore,
  model: MachineModel,
  world: MachineWorld,
  chance: SeededRandom,
): Promise<string | undefined> {
  const all = model.behind.filter((step) => isToBeUndone(step) && world.effectOf(keyOf(step)) !== undefined);
  const open = all.filter(takesValue);
  const steps = open.length === 0 || chance.below(4) === 0 ? all : open;
  const step = steps[chance.below(Math.max(1, steps.length))];
  if (step === undefined) return undefined;
  const { id } = step.node;
  const value = chance.below(2) === 0 ? world.effectOf(keyOf(step)) : `mistaken ${chance.below(100)}`;
  const { records } = store;
  try {
    await decideJournal(store, JOURNAL, { step: id, decision: "done", result: { value } });
  } catch (error) {
    if (!(error instanceof DecisionRefused)) throw error;
    assertEquals(store.records, records);
    if (!takesValue(step)) return undefined;
    // It stays what other steps have got; which they are depends on the plans that they are in.
    assert(
      !step.isUndoing && step.status === "finished" && error.message.includes("has used its value"),
      error.message,
    );
    return undefined;
  }
  assert(takesValue(step), `step ${id} took a value while it was ${step.status}`);
  return `${value} for ${id}`;
}

/** Checks that each undo got the value that was true when it began. */
export function checkUndoValues({ deeds, moments, found }: Life, model: MachineModel, world: MachineWorld): void {
  if (moments.length === found) return;
  const own = deeds.slice(deeds.findLastIndex(({ kind }) => kind === "crash") + 1);
  const called = own.filter(({ kind }) => kind === "undo begun");
  for (const key of new Set(called.map(({ key }) => key))) {
    if (world.call(key).kind !== "step") continue;
    assertEquals(
      called.filter((deed) => deed.key === key).map(({ value }) => value),
      model.undoings.filter((undoing) => undoing.key === key).map(({ value }) => value),
      `values that the undo of ${key} got`,
    );
  }
}

function isToBeUndone(step: ModelNode): boolean {
  if (!hasUndo(step) || step.isLeft) return false;
  return step.isUndoing || ["started", "unknown", "finished"].includes(step.status);
}

function takesValue({ status, isUndoing, isGiven, isLost, isApproved }: ModelNode): boolean {
  if (isUndoing) {
    return isGiven && (status === "failed" || status === "waiting" || (status === "unknown" && isApproved));
  }
  return status === "finished" ? isGiven || isLost : true;
}
