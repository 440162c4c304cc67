import { assertEquals } from "@std/assert";
import { DecisionRefused } from "../../../lib/errors/decision_errors.ts";
import { decideJournal } from "../../../lib/run/amend/amend_journal.ts";
import { editJournal, insertJournal, readStepToEdit } from "../../../lib/run/amend/edit_journal.ts";
import type { SeededRandom } from "../../support/seeded_random.ts";
import { type EditedArgument, insertKey, keyOf, type ModelNode } from "./model/model_node.ts";
import { JOURNAL } from "./machine_life.ts";
import type { MachineModel } from "./model/machine_model.ts";
import type { MachineStore } from "./machine_store.ts";
import type { MachineWorld } from "./machine_world.ts";

const REPAIRS = ["insert", "insert", "insert", "edit", "edit", "done", "skip", "remove"] as const;
const STEPS = import.meta.resolve("./machine_steps.ts");

/** What the operator can see, and the chance that chooses. */
interface Sight {
  readonly store: MachineStore;
  readonly model: MachineModel;
  readonly world: MachineWorld;
  readonly chance: SeededRandom;
}

/**
 * Decides something that stays: a new step, other arguments, the value of a step that has not happened, or that a step
 * is skipped that no other needs. What is refused changes nothing.
 *
 * @returns What was decided; nothing if it was refused, or nothing could be.
 */
export async function repairForGood(sight: Sight): Promise<string | undefined> {
  const { store, model, chance } = sight;
  const { records } = store;
  const repair = REPAIRS[chance.below(REPAIRS.length)] ?? "insert";
  const step = model.plan.planned[chance.below(model.plan.planned.length)];
  try {
    if (repair === "insert") return await insert(sight, step);
    if (step === undefined) return undefined;
    const { id, kind } = step.node;
    if (repair === "skip" || repair === "remove") {
      await decideJournal(store, JOURNAL, { step: id, decision: repair });
      return `${repair} ${id}`;
    }
    // What has happened with other arguments, or with another value, is another matter.
    if (kind !== "step" || sight.world.effectOf(keyOf(step)) !== undefined) return undefined;
    if (repair === "edit") return await edit(sight, step);
    if (step.status === "pending" && refersToOthers(step)) return undefined;
    const value = `said ${chance.below(100)}`;
    await decideJournal(store, JOURNAL, { step: id, decision: "done", result: { value } });
    return `${value} of ${id}`;
  } catch (error) {
    if (!(error instanceof DecisionRefused)) throw error;
    assertEquals(store.records, records);
    return undefined;
  }
}

/** What its undo would get may never be there. */
function refersToOthers({ node, edit = [] }: ModelNode): boolean {
  return node.kind === "step" && (node.argsMeta !== undefined || edit.some((arg) => "of" in arg));
}

/** A step that comes after another one, or before all; it may get the value of a third one. */
async function insert(
  { store, model, world, chance }: Sight,
  step: ModelNode | undefined,
): Promise<string | undefined> {
  const number = model.plan.inserts;
  const spec = world.spec.inserts[number];
  if (spec === undefined) return undefined;
  const { planned } = model.plan;
  const other = chance.below(2) === 0 ? planned[chance.below(planned.length)]?.node.id : undefined;
  const after = chance.below(4) === 0 ? undefined : step?.node.id;
  const key = insertKey(number);
  const inserted = await insertJournal(store, JOURNAL, {
    after,
    module: STEPS,
    export: "act",
    args: [key, ...(other === undefined ? [] : [{ $ref: other }])],
    ...(spec.isAdorned ? { name: `inserted_${number}` } : {}),
  });
  return `insert ${key} as ${inserted.step} after ${after ?? "nothing"}`;
}

/** Drops arguments, or puts them in another order, and adds one; why it does says what they are. */
async function edit({ store, model, chance }: Sight, step: ModelNode): Promise<string | undefined> {
  const { id } = step.node;
  const { args: [key, ...args] } = await readStepToEdit(store, JOURNAL, id);
  const kept = args.filter(() => chance.below(3) > 0).reverse();
  const all = [...kept, ...(chance.below(3) > 0 ? [`edited ${chance.below(100)}`] : [])];
  const meant = all.map((arg): EditedArgument => {
    const target: unknown = Reflect.get(Object(arg), "$ref");
    return target === undefined ? { literal: arg } : { of: model.plan.callName(String(target)) };
  });
  const { isChanged } = await editJournal(store, JOURNAL, {
    step: id,
    args: [key, ...all],
    why: JSON.stringify(meant),
  });
  return isChanged ? `edit ${id}: ${JSON.stringify(meant)}` : undefined;
}
