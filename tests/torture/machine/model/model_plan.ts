import { assert } from "@std/assert";
import type { PlanNode } from "../../../../lib/plan/node.ts";
import {
  hasEffect,
  inOrder,
  isAllDone,
  isAtWork,
  isInsertKey,
  keyOf,
  type ModelNode,
  newNode,
  parentOf,
} from "./model_node.ts";

/** The plan that the model knows: a tree of nodes. */
export class ModelPlan {
  /** How often it was rewound. */
  rewinds = 0;
  /** How many steps were inserted to stay. */
  inserts = 0;
  /** The nodes that are in no other. */
  readonly root: ModelNode[] = [];
  readonly #byId = new Map<string, ModelNode>();
  readonly #used = new Set<string>();
  #remembered: { readonly step: ModelNode; readonly was: ModelNode }[] = [];
  readonly #rewound = new Set<string>();

  /** All nodes, in the order in which they were planned. */
  get planned(): ModelNode[] {
    return [...this.#byId.values()];
  }

  /** All nodes, in the order of the plan. */
  get all(): ModelNode[] {
    return inOrder(this.root);
  }

  /** Adds nodes, each at the end of what it is in. No id comes twice, also when the first one is gone. */
  add(nodes: readonly PlanNode[]): void {
    for (const node of nodes) {
      this.siblings(node.id).push(this.#enter(node));
    }
  }

  /** Adds a node after another one, in the same group. */
  insert(node: PlanNode, after: string | undefined): void {
    if (node.kind === "step" && isInsertKey(keyOf({ node }))) this.inserts += 1;
    const siblings = this.siblings(node.id);
    siblings.splice(1 + siblings.findIndex((step) => step.node.id === after), 0, this.#enter(node));
  }

  /** Skips a node, with everything in it that has not ended. */
  leaveOut(step: ModelNode): void {
    for (const part of inOrder([step])) if (part === step || part.status !== "finished") part.status = "skipped";
  }

  /** Notes what a node is, and what is in it, before a decision about it. */
  remember(step: ModelNode): void {
    this.#remembered = inOrder([step]).map((part) => ({ step: part, was: { ...part } }));
  }

  /** Makes a node what it was before the last decision, which was about it. */
  takeBack(step: ModelNode): void {
    assert(this.#remembered[0]?.step === step, `${step.node.id} was decided about`);
    for (const { step: part, was } of this.#remembered) Object.assign(part, was);
    this.#remembered = [];
  }

  /** The node of an id, or nothing. */
  find(id: string): ModelNode | undefined {
    return this.#byId.get(id);
  }

  /** The node of an id. */
  node(id: string): ModelNode {
    const found = this.find(id);
    assert(found !== undefined, `${id} is planned`);
    return found;
  }

  /** What a node is called in the plan of the machine: a wait by its name, all else by its key. */
  callName(id: string): string {
    const step = this.node(id);
    return step.node.kind === "wait" ? step.node.name ?? "" : keyOf(step);
  }

  /** What is in the same group or plan as a node, with that node. */
  siblings(id: string): ModelNode[] {
    const parent = parentOf(id);
    return parent === "" ? this.root : this.node(parent).children;
  }

  /** A node and all after it, in the order of the plan. */
  from(step: ModelNode): ModelNode[] {
    const { all } = this;
    return all.slice(all.indexOf(step));
  }

  /** All nodes after one, and not in it; all if there is none. */
  behind(id: string | undefined): ModelNode[] {
    if (id === undefined) return this.all;
    const step = this.node(id);
    return this.from(step).slice(inOrder([step]).length);
  }

  /** Whether it can be run again from a step on: something from there on was begun. */
  canRewind(step: ModelNode): boolean {
    return this.from(step).some(({ status, attempts }) => status !== "pending" || attempts > 0);
  }

  /** All from a step on is as if it had never run; what a step has returned as a plan is gone. */
  rewind(step: ModelNode): void {
    assert(!this.root.some(isAtWork), "nothing runs when it is rewound");
    this.rewinds += 1;
    const steps = this.from(step);
    for (const step of steps) if (hasEffect(step)) this.#rewound.add(step.node.id);
    for (const step of steps) this.#reset(step);
    // What it lies in takes part again.
    for (let place = parentOf(step.node.id); place !== ""; place = parentOf(place)) {
      const group = this.find(place);
      if (group?.status === "skipped" && !group.isRemoved) group.status = "pending";
    }
  }

  /** The steps that had happened, or may have, when they were rewound, and stand, or stood, after one that stays. */
  rewoundBehind(id: string | undefined): string[] {
    const behind = new Set(this.behind(id).map(({ node }) => node.id));
    return [...this.#rewound].filter((gone) => {
      let place = gone;
      while (this.find(place) === undefined) place = parentOf(place);
      return behind.has(place);
    });
  }

  /** What runs must run at the right time: in its group, in the plan, in what a step returned. */
  checkPlace(id: string): void {
    const siblings = this.siblings(id);
    const parent = this.find(parentOf(id))?.node;
    if (parent?.kind !== "parallel") {
      const before = siblings.slice(0, siblings.findIndex(({ node }) => node.id === id));
      assert(isAllDone(before), `${id} starts before what it follows has ended`);
    } else if (parent.limit !== undefined) {
      const count = siblings.filter(isAtWork).length;
      assert(count <= parent.limit, `${count} of group ${parent.id} run, ${parent.limit} may`);
    }
  }

  #enter(node: PlanNode): ModelNode {
    assert(!this.#used.has(node.id), `${node.id} is planned once`);
    this.#used.add(node.id);
    const entry = newNode(node);
    this.#byId.set(node.id, entry);
    return entry;
  }

  #reset(step: ModelNode): void {
    // It went with the one that had returned it.
    if (this.find(step.node.id) !== step || step.isRemoved) return;
    const { attempts, children, node, edit } = step;
    Object.assign(step, newNode(node), { attempts, children, edit });
    if (node.kind !== "step") return;
    for (const child of inOrder(children)) this.#byId.delete(child.node.id);
    children.length = 0;
  }
}
