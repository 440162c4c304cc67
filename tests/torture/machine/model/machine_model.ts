import { assert, assertEquals } from "@std/assert";
import type { Event } from "../../../../lib/journal/event.ts";
import {
  canBeUndone,
  hasEffect,
  hasUndo,
  inOrder,
  isAllDone,
  keyOf,
  type ModelNode,
  neededToUndo,
  parentOf,
} from "./model_node.ts";
import { ModelPlan } from "./model_plan.ts";
import { ModelSignals } from "./model_signals.ts";

/**
 * A second, simple reading of a journal, which knows the rules of what may follow what. It shares no code with the state
 * that the library folds.
 */
export class MachineModel {
  /** The values that waits have taken, by the waits' names. */
  readonly taken = new Map<string, unknown>();
  /** How the transaction has ended, if it has. */
  end: "finished" | "undone" | "cancelled" | undefined;
  /** It is being rolled back. */
  isRollback = false;
  /** The step that stays as it is when the rest is undone, with all before it and all in it. */
  #kept: string | undefined;
  /** The undos that have begun in the last run, with the value that each was to get. */
  readonly undoings: { readonly key: string; readonly value: string | undefined }[] = [];
  /** The plan. */
  readonly plan = new ModelPlan();
  readonly #signals = new ModelSignals();
  /** Steps whose failure lets nothing start in this run. */
  readonly #stopping = new Set<string>();
  #rollsBack = false;
  #run = 1;

  /** The ids of the steps because of whose failure everything is to be undone, and nothing was decided about. */
  get dueSteps(): string[] {
    const due = this.isRollback ? [] : this.plan.planned.filter(({ isDue, status }) => isDue && status === "failed");
    return due.map(({ node }) => node.id);
  }

  /** The ids of all steps. */
  get ids(): string[] {
    return this.plan.planned.map(({ node }) => node.id);
  }

  /** The steps that had happened, or may have, when they were rewound, and stand, or stood, after the one that stays. */
  rewoundBehind(to = this.#kept): string[] {
    return this.plan.rewoundBehind(to);
  }

  /** The steps that have happened, or may have, after the one that stays, and cannot be undone. */
  leftBehind(to = this.#kept): string[] {
    return this.plan.behind(to).filter((step) => hasEffect(step) && !hasUndo(step)).map(({ node }) => node.id);
  }

  /** The signals that waits will still need, with how many of each are missing. */
  missingSignals(): string[] {
    return this.#signals.missing(
      this.plan.planned.flatMap(({ node, status }) =>
        node.kind === "wait" && (status === "pending" || status === "waiting") ? [node.signal] : []
      ),
    );
  }

  /** Takes an event in; fails if it may not follow what was before. */
  apply(event: Event): void {
    assert(this.end === undefined || event.type === "resumed" || event.type === "decided", "nothing follows the end");
    switch (event.type) {
      case "opened":
        this.#rollsBack = event.options.onFailure === "rollback";
        return;
      case "ready":
        return;
      case "planned":
        return this.plan.add(event.nodes);
      case "started":
        return this.#start(this.#node(event.step), event.attempt, event.run);
      case "finished":
        return this.#finish(this.#node(event.step), event);
      case "failed": {
        const step = this.#node(event.step);
        assertEquals([step.status, step.isUndoing], ["started", event.undo === true], `${event.step} fails`);
        assert(event.rollback !== true || (this.#rollsBack && !step.isUndoing), `${event.step} is to stop the run`);
        step.status = "failed";
        step.isDue = event.rollback === true;
        step.draft = [];
        this.#stopping.add(event.step);
        return;
      }
      case "retrying":
        assertEquals([this.#node(event.step).status, this.#node(event.step).isDue], ["failed", false]);
        this.#node(event.step).status = "waiting";
        this.#stopping.delete(event.step);
        return;
      case "expanded":
        assertEquals(this.#node(event.step).status, "started");
        this.#node(event.step).draft.push(...event.nodes);
        return;
      case "waiting":
        return this.#wait(this.#node(event.step), event);
      case "signalled":
        return this.#signals.send(event.signal, event.value);
      case "decided":
        return this.#decide(event);
      case "resumed":
        return this.#resume(event.run);
      case "aborted":
        this.#stopping.add(event.step);
        return;
      case "cancelled":
        this.end = "cancelled";
        return;
      case "stopped":
      case "refused":
      case "reclaimed":
        return;
      case "undoing":
        return this.#undo(this.#node(event.step), event.attempt, event.run);
      case "undone":
        return this.#endUndo(event.step);
      case "ended":
        assert(!this.isRollback && isAllDone(this.plan.root), "the end comes after all steps");
        this.end = "finished";
        return;
      default:
        event satisfies never;
    }
  }

  #start(step: ModelNode, attempt: number, run: number): void {
    const { id } = step.node;
    assert(!this.isRollback && this.#stopping.size === 0, `${id} starts although ${[...this.#stopping]} failed`);
    assert(["pending", "failed", "waiting", "unknown"].includes(step.status), `${id} starts while ${step.status}`);
    assertEquals([attempt, run], [step.attempts + 1, this.#run]);
    step.attempts = attempt;
    assertEquals(this.dueSteps, [], `${id} starts although everything is to be undone`);
    step.isApproved = false;
    step.isGiven = false;
    step.isLost = false;
    step.isDue = false;
    step.status = "started";
    for (let place = id; place !== ""; place = parentOf(place)) this.plan.checkPlace(place);
  }

  #finish(step: ModelNode, event: Extract<Event, { type: "finished" }>): void {
    const { node } = step;
    if (node.kind === "step") assertEquals([step.status, step.isUndoing], ["started", false], `${node.id} finishes`);
    else assert(step.status === "pending" || step.status === "waiting", `${node.id} is over while ${step.status}`);
    if (node.kind === "sleep") assert(step.until !== undefined, `${node.id} is over and has not begun`);
    if (node.kind === "wait") {
      const value = this.#signals.take(node.signal);
      assertEquals(event.value, value);
      assert(value !== undefined, `${node.id} has taken a signal that is not there`);
      this.taken.set(node.name ?? "", value);
    }
    step.status = "finished";
    step.value = JSON.stringify(event.value);
    step.isLost = event.dropped !== undefined;
    if (event.expands !== undefined) this.plan.add(step.draft);
    else assertEquals(step.draft, []);
    step.draft = [];
  }

  #wait(step: ModelNode, event: Extract<Event, { type: "waiting" }>): void {
    const { node } = step;
    if (event.for === "decision") {
      assert(
        step.status === "unknown" || step.status === "started" || (step.isLost && step.status === "finished"),
        `it is asked about ${node.id}, which is ${step.status}`,
      );
      // With that the run has ended, even if steps still run.
      this.#stopping.add(node.id);
      return;
    }
    if (node.kind !== "step") step.status = "waiting";
    if (node.kind !== "sleep") return;
    assertEquals(
      event.until,
      step.until ?? node.until ?? event.until,
      `${node.id} sleeps until another time than it was to`,
    );
    step.until = event.until;
  }

  #decide(event: Extract<Event, { type: "decided" }>): void {
    if (event.decision === "rollback") {
      const [, cause = ""] = /^step (\S+) failed$/.exec(event.why ?? "") ?? [];
      const isCaused = cause === "" || this.#stopping.has(cause) || this.dueSteps.includes(cause);
      assert(isCaused, `everything is undone because of step ${cause}, about which something else was decided`);
      this.isRollback = true;
      this.#kept = event.to;
      this.end = undefined;
      this.#stopping.clear();
      for (const step of this.behind) {
        step.isApproved = false;
        const isOpen = step.status === "failed" || (step.status === "waiting" && step.node.kind === "step");
        if (isOpen && step.isUncertain && hasUndo(step)) step.status = "unknown";
      }
      return;
    }
    if (event.decision === "insert") return event.nodes.forEach((node) => this.plan.insert(node, event.after));
    const step = this.#node(event.step);
    if (event.decision === "rewind") return this.#rewind(step);
    if (event.decision === "undecide") return this.plan.takeBack(step);
    this.plan.remember(step);
    step.isDue = false;
    if (event.decision === "edit") {
      step.edit = event.why === undefined ? undefined : JSON.parse(event.why);
      return;
    }
    if (event.decision === "remove") { for (const part of inOrder([step])) part.isRemoved = true; }
    const isAnew = event.decision === "done" && (step.isGiven || (step.isLost && event.given === true));
    const isBack = event.decision === "done" && step.node.kind === "step" && !step.isRemoved;
    const also = [...(isAnew ? ["finished"] : []), ...(isBack ? ["skipped"] : [])];
    const statuses = ["unknown", "failed", "waiting", "pending", ...also];
    assert(statuses.includes(step.status), `${event.step} is ${step.status}`);
    if (event.decision === "retry") {
      step.isApproved = true;
      if (event.by === "probe" && !step.isUndoing) step.isUncertain = false;
      return;
    }
    if (event.decision === "done" && (!step.isUndoing || event.given === true)) {
      step.value = JSON.stringify(event.value);
      step.isGiven = true;
      step.isLost = false;
      if (!step.isUndoing) step.status = "finished";
    } else if (step.isUndoing) {
      step.isUndoing = false;
      step.isLeft = event.decision === "skip";
      step.status = event.decision === "skip" ? "finished" : "undone";
    } else this.plan.leaveOut(step);
  }

  #resume(run: number): void {
    this.#run += 1;
    this.undoings.splice(0);
    assertEquals(run, this.#run);
    this.#stopping.clear();
    for (const step of this.plan.planned) {
      if (step.status !== "started") continue;
      step.status = "unknown";
      step.isUncertain ||= !step.isUndoing;
      step.draft = [];
    }
  }

  #undo(step: ModelNode, attempt: number, run: number): void {
    const { id } = step.node;
    assert(this.isRollback && this.#stopping.size === 0, `${id} is undone although ${[...this.#stopping]} failed`);
    const statuses = step.isUndoing ? ["failed", "waiting", "unknown"] : ["finished"];
    assert(statuses.includes(step.status), `${id} is undone while ${step.status}`);
    assertEquals([attempt, run], [step.undos + 1, this.#run]);
    const lost = this.behind.flatMap(neededToUndo).filter(({ isLost }) => isLost).map(({ node }) => node.id);
    assertEquals(lost, [], `${id} is undone while values are missing that undo functions get`);
    step.undos = attempt;
    step.isApproved = false;
    this.undoings.push({ key: keyOf(step), value: step.value });
    step.isUndoing = true;
    step.status = "started";
    const behind = this.behind;
    assert(behind.includes(step), `${id} is undone, and was to stay`);
    const later = behind.slice(behind.indexOf(step) + 1).find(canBeUndone);
    assertEquals(later?.node.id, undefined, `${id} is undone before a later step`);
  }

  /** What a rollback takes back, as far as it can, in the order of the plan. */
  get behind(): ModelNode[] {
    return this.plan.behind(this.#kept);
  }

  /** All from a step on is as if it had never run; what a step has returned as a plan is gone. */
  #rewind(from: ModelNode): void {
    assert(!this.isRollback && (this.end === undefined || this.end === "finished"), "it can be run again");
    this.end = undefined;
    this.#stopping.clear();
    this.plan.rewind(from);
  }

  #endUndo(id: string | undefined): void {
    if (id === undefined) {
      assert(this.isRollback && !this.behind.some(canBeUndone), "a rollback ends when everything is undone");
      this.end = "undone";
      return;
    }
    const step = this.#node(id);
    assertEquals([step.status, step.isUndoing], ["started", true], `${id} is undone`);
    step.status = "undone";
    step.isUndoing = false;
  }

  #node(id: string): ModelNode {
    return this.plan.node(id);
  }
}
