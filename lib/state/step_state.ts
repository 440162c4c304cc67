import type { Dropped, StoredError } from "../journal/stored.ts";
import { isGroup, type PlanNode } from "../plan/node.ts";
import type { Encoded } from "../values/json.ts";

/**
 * Status of a step.
 *
 * @example
 * ```ts
 * import type { Inspection, StepStatus } from "@x/resumable-tx";
 *
 * const DONE: readonly StepStatus[] = ["finished", "skipped"];
 * export function shareDone({ counts }: Pick<Inspection, "counts">): number {
 *   const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
 *   return sum(DONE.map((status) => counts[status] ?? 0)) / sum(Object.values(counts));
 * }
 * console.log(shareDone({ counts: { finished: 2, skipped: 1, pending: 1 } })); // 0.75
 * ```
 */
export type StepStatus =
  | "pending"
  | "started"
  | "finished"
  | "failed"
  | "unknown"
  | "skipped"
  | "waiting"
  | "undone";

/** What is true of one node of the plan. Changed by `applyEvent` alone. What is seldom said is absent until it is. */
export interface StepState {
  /** The node as planned, with the arguments as they are now. */
  node: PlanNode;
  /** That of a group is `pending` or `skipped`: everything else follows from its children. */
  status: StepStatus;
  attempts: number;
  /** When the last attempt was started, as an ISO date. */
  startedAt?: string;
  /** How long the last attempt took, in milliseconds. */
  ms?: number;
  /** Its value, if it is finished and something refers to it. */
  value?: Encoded;
  /** What else decisions can change. Replaced, never changed in place: see {@linkcode mark}. */
  marks?: Marks;
  /** What runs in it: the children of a group, or the steps of the plan that it returned. */
  children?: Container;
  /** Parts of the plan that it has returned, until its end counts them. */
  draft?: PlanNode[][];
  /** Grows in place, as the next two do: a copy for each would take a journal of many of them the square of its length. */
  failures?: Failure[];
  undoAttempts?: number;
  /** How often it was rewound: part of its idempotency key. */
  generation?: number;
  decisions?: Decision[];
  /** How many of them were taken before it was last rewound. */
  endedDecisions?: number;
  /** What it was before each decision that can still be undone. */
  undecided?: Undecided[];
}

/** What is true of few steps, and seldom. */
export interface Marks {
  /** `begun`: it is being undone, and its status is that of its undo function. `left`: its effect stays by decision. */
  readonly undo?: "begun" | "left";
  /** How many attempts in a row were started and never ended. */
  readonly interruptions?: number;
  /** An attempt was interrupted, and may have happened. Later attempts do not change this. */
  readonly isUncertain?: true;
  /** It may have happened with other arguments than it has now, which its undo would get. */
  readonly isEdited?: true;
  /** Its last attempt was aborted at its time limit, did not end, and is no longer waited for. */
  readonly isOverdue?: true;
  /** How many attempts have failed since counting began: at first, and again after a run has ended because of it. */
  readonly failedTries?: number;
  /** It failed for good, and what has happened will be undone because of that, unless something else is decided about it. */
  readonly rollsBack?: true;
  /** It does not continue before this time, an ISO date: a sleep, or the pause before another attempt. */
  readonly dueAt?: string;
  /** An administrator or a probe said that it may run (again). */
  readonly isApproved?: true;
  /** It is finished by decision, or has a value that was given by decision: both can be decided again. */
  readonly isGiven?: true;
  /** Why it has no value although it is finished. */
  readonly dropped?: Dropped;
  readonly isRemoved?: true;
}

/** Sets marks of a step; those that are `undefined` are removed. */
export function mark(step: StepState, marks: Marks): void {
  step.marks = { ...step.marks, ...marks };
}

/** Whether its undo function has begun, and is not done. */
export function isUndoing({ marks }: StepState): boolean {
  return marks?.undo === "begun";
}

/** A decision that can be undone, and what was true before it. */
export interface Undecided {
  readonly decision: string;
  /** How many attempts had been started then, of all steps. */
  readonly starts: number;
  /** How many decisions had been taken then, about all steps. */
  readonly order: number;
  /** The step, and what is in it, with everything that a decision changes of them. */
  readonly before: readonly {
    readonly step: StepState;
    readonly was: Pick<StepState, "node" | "status" | "value" | "marks">;
  }[];
}

/** Nodes that run in order or in parallel: those of the whole plan, of a group, or of a plan that a step returned. */
export interface Container {
  readonly children: StepState[];
  /** All children before it are settled. */
  cursor: number;
  /** Where runs of settled children behind the cursor end, by where they begin. A child before them may run for long. */
  settledRuns?: Map<number, number> | undefined;
  /** The number in the id of the next child. */
  next: number;
}

/**
 * An attempt that failed.
 *
 * @example
 * ```ts
 * import type { Failure } from "@x/resumable-tx";
 *
 * // Another attempt is hardly worth it if each ended in the same way.
 * export function isSteady(failures: readonly Failure[]): boolean {
 *   return failures.length > 1 && new Set(failures.map(({ error }) => error.message)).size === 1;
 * }
 * ```
 */
export interface Failure {
  /** The attempt, counted from 1. */
  readonly attempt: number;
  /** When it was recorded, as an ISO date. */
  readonly at: string;
  /** How long the attempt took, in milliseconds. */
  readonly ms: number;
  /** What was thrown. */
  readonly error: StoredError;
  /** It was an attempt to undo the step. */
  readonly undo?: true;
}

/**
 * What was decided about a step.
 *
 * @example
 * ```ts
 * import type { Decision } from "@x/resumable-tx";
 *
 * export function toMinutes(decisions: readonly Decision[]): readonly string[] {
 *   return decisions.map(({ at, by = "unknown", decision, why }) => `${at} ${by}: ${decision} (${why ?? "no reason"})`);
 * }
 * console.log(toMinutes([{ decision: "skip", at: "2026-11-23T02:15:00.123Z", by: "ana", why: "no mailbox" }]));
 * ```
 */
export interface Decision {
  /** What was decided. */
  readonly decision: string;
  /** When it was recorded, as an ISO date. */
  readonly at: string;
  /** Who decided. */
  readonly by?: string;
  /** Why, in their words. */
  readonly why?: string;
  /** The step was rewound after it, so it no longer counts. */
  readonly rewound?: true;
}

export function emptyContainer(): Container {
  return { children: [], cursor: 0, next: 1 };
}

/** Needed when nodes that were settled are open again. */
export function resetCursors(container: Container): void {
  resetCursor(container);
  for (const { children } of container.children) if (children !== undefined) resetCursors(children);
}

export function resetCursor(container: Container): void {
  container.cursor = 0;
  container.settledRuns = undefined;
}

/** Where the settled children end that begin at a position. Each is looked at once, however often this is asked. */
export function endOfSettled(container: Container, begin: number): number {
  const { children, settledRuns } = container;
  let end = begin;
  for (let step = children[end]; step !== undefined; step = children[end]) {
    const known = settledRuns?.get(end);
    if (known === undefined && !isSettled(step)) break;
    end = known ?? end + 1;
  }
  if (end > begin + 1) (container.settledRuns ??= new Map()).set(begin, end);
  return end;
}

/** Whether nothing is left to run among nodes. Moves the cursor past what is done, so that asking again costs nothing. */
export function isComplete(container: Container): boolean {
  const { children } = container;
  for (;;) {
    const step = children[container.cursor];
    if (step === undefined) return true;
    if (!isSettled(step)) return false;
    container.cursor += 1;
  }
}

/** Whether a node, with everything in it, does not need to run any more. */
export function isSettled(step: StepState): boolean {
  if (step.status === "skipped" || step.status === "undone") return true;
  if (!isGroup(step.node) && step.status !== "finished") return false;
  return step.children === undefined || isComplete(step.children);
}
