import { formatCall } from "../inspect/format/format_call.ts";
import { redactSecrets } from "../inspect/redact/redact_secrets.ts";
import type { Event } from "../journal/event.ts";
import type { ModuleEntry } from "../journal/stored.ts";
import { isGroup, type PlanNode } from "../plan/node.ts";
import type { StepProgress } from "../run/options/transaction_options.ts";
import { emptyState } from "../state/state.ts";
import type { ProgressView } from "./format_progress.ts";

/** More than any line has room for. */
const MAX_TEXT = 1000;

/** Keeps account of how far a transaction is, from its events: those in the journal, and those that happen now. */
export class RunProgress {
  readonly #nodes = new Map<string, PlanNode>();
  readonly #done = new Set<string>();
  readonly #running = new Set<string>();
  readonly #reported = new Map<string, StepProgress>();
  #modules: readonly ModuleEntry[] = [];
  #call: { readonly step: string; readonly text: string } | undefined;
  #finished = 0;
  #finishedMs = 0;
  #startedAt: number | undefined;
  #settledMs = 0;

  /**
   * Takes an event.
   *
   * @param event The event.
   * @param now The clock, if it has happened in this run; nothing if it was read from the journal.
   */
  add(event: Event, now?: number): void {
    if (now !== undefined) this.#startedAt ??= now;
    switch (event.type) {
      case "opened":
        this.#modules = event.modules;
        return;
      case "planned":
      case "expanded":
        return this.#plan(event.nodes);
      case "started":
        this.#done.delete(event.step);
        if (now !== undefined) this.#running.add(event.step);
        return;
      case "finished":
        this.#finished += 1;
        this.#finishedMs += event.ms;
        return this.#settle(event.step, now, { isSettled: true });
      case "undoing":
        if (now !== undefined) this.#running.add(event.step);
        return;
      case "undone":
        if (event.step !== undefined) this.#settle(event.step, now, { isSettled: true });
        return;
      case "failed":
        return this.#settle(event.step, now, { isSettled: false });
      case "decided":
        if (event.decision === "rollback") return this.#turnBack();
        if (event.decision === "insert") return this.#plan(event.nodes);
        if (event.decision === "done" || event.decision === "skip") this.#finish(event.step);
        if (event.decision === "remove") this.#nodes.delete(event.step);
        return;
    }
  }

  /** Takes what a step says of itself. It may be anything: it comes from the step's code. */
  report(progress: StepProgress): void {
    this.#reported.set(String(progress.step), progress);
  }

  /** What to show at a moment. */
  view(now: number): ProgressView {
    const elapsedMs = now - (this.#startedAt ?? now);
    const [step] = this.#running;
    const [done, all] = [this.#done.size, this.#nodes.size];
    const expectedMs = this.#expect(all - done);
    return {
      done,
      all,
      elapsedMs,
      ...(step === undefined ? {} : { call: this.#callOf(step), others: this.#running.size - 1 }),
      ...(expectedMs === undefined ? {} : { expectedMs }),
      ...describeReport(step === undefined ? undefined : this.#reported.get(step)),
    };
  }

  #plan(nodes: readonly PlanNode[]): void {
    for (const node of nodes) {
      // A group is done when its steps are, and those count.
      if (!isGroup(node)) this.#nodes.set(node.id, node);
    }
  }

  /** From now on what has to be undone is what counts. */
  #turnBack(): void {
    for (const [id, node] of this.#nodes) {
      const hasUndo = node.kind === "step" && node.options?.undo !== undefined;
      if (!hasUndo || !this.#done.has(id)) this.#nodes.delete(id);
    }
    this.#done.clear();
  }

  #finish(step: string): void {
    if (this.#nodes.has(step)) this.#done.add(step);
  }

  #settle(step: string, now: number | undefined, { isSettled }: { readonly isSettled: boolean }): void {
    this.#running.delete(step);
    this.#reported.delete(step);
    if (isSettled) this.#finish(step);
    if (now !== undefined) this.#settledMs = now - (this.#startedAt ?? now);
  }

  /** The steps that are left will take as long as those before did on average: all that can be known of them. */
  #expect(left: number): number | undefined {
    return this.#finished === 0 ? undefined : this.#settledMs + left * this.#finishedMs / this.#finished;
  }

  #callOf(step: string): string {
    if (this.#call?.step !== step) this.#call = { step, text: this.#formatCall(step) };
    return this.#call.text;
  }

  #formatCall(step: string): string {
    const node = this.#nodes.get(step);
    if (node === undefined) return `step ${step}`;
    return formatCall({ ...emptyState({ keepsValues: false }), modules: [...this.#modules] }, node, redactSecrets);
  }
}

/** The types promise more than a step keeps. */
function describeReport(reported: StepProgress | undefined): Pick<ProgressView, "fraction" | "text"> {
  const { fraction, text }: { readonly fraction?: unknown; readonly text?: unknown } = reported ?? {};
  return {
    ...(typeof fraction === "number" ? { fraction } : {}),
    ...(typeof text === "string" ? { text: text.slice(0, MAX_TEXT) } : {}),
  };
}
