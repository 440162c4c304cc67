import { isGroup } from "../plan/node.ts";
import { openAbort, type State, type TransactionStatus } from "./state.ts";
import type { Container, StepState, StepStatus } from "./step_state.ts";

/**
 * How far a transaction is, as plain data.
 *
 * @example
 * ```ts
 * import type { Progress } from "@x/resumable-tx";
 *
 * export function toPercent({ done, all }: Progress): string {
 *   return all === 0 ? "" : `${Math.floor(100 * done / all)} %`;
 * }
 * console.log(toPercent({ status: "started", isRollback: false, done: 1, all: 4, running: ["2"], counts: {} })); // 25 %
 * ```
 */
export interface Progress {
  /** Status of the transaction. */
  readonly status: TransactionStatus;
  /** Whether completed steps are being undone. Then `done` and `all` count the steps to undo. */
  readonly isRollback: boolean;
  /** How many steps, sleeps and waits are finished or skipped. */
  readonly done: number;
  /** How many steps, sleeps and waits the plan has so far. A step that returns a plan adds the steps of that plan. */
  readonly all: number;
  /** Ids of the running steps, in the order in which they started. */
  readonly running: readonly string[];
  /** How many steps, sleeps and waits have each status. A status that no step has is absent. */
  readonly counts: Readonly<Partial<Record<StepStatus, number>>>;
}

export type StatusCounts = Progress["counts"];

export type OpenStatusCounts = { -readonly [K in keyof StatusCounts]: StatusCounts[K] };

/** Visits every step. */
export function progressOf(state: State): Progress {
  const counts = countSteps(state.root);
  const { done, all } = state.rollback === undefined ? doneOf(counts) : undoneOf(state.rollback.queue);
  return Object.freeze({
    status: state.status,
    isRollback: state.rollback !== undefined,
    done,
    all,
    running: Object.freeze(Array.from(state.running, ({ node }) => node.id)),
    counts: Object.freeze(counts),
  });
}

export function doneOf(counts: StatusCounts): Pick<Progress, "done" | "all"> {
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return { done: (counts.finished ?? 0) + (counts.skipped ?? 0), all };
}

interface UndoProgress extends Pick<Progress, "done" | "all"> {
  /** Ids of the steps that are settled and not undone: it was decided that their effect stays. */
  readonly kept: readonly string[];
}

/** How many of the steps that a rollback undoes are undone, did not happen, or keep their effect by decision. */
export function undoneOf(queue: readonly StepState[]): UndoProgress {
  const kept = queue.filter(({ marks }) => marks?.undo === "left").map(({ node }) => node.id);
  const settled = queue.filter(({ status }) => status === "undone" || status === "skipped").length;
  return { done: settled + kept.length, all: queue.length, kept };
}

interface CountOptions {
  /** The status that a step counts with; its own unless given. */
  readonly statusOf?: (step: StepState) => StepStatus;
  /** Receives the counts of each group, and of each plan that a step has returned. */
  readonly nested?: Map<StepState, StatusCounts>;
}

/** Counts the steps, sleeps and waits in a container. A group counts through what is in it. */
export function countSteps(container: Container, options: CountOptions = {}): StatusCounts {
  const { statusOf = ({ status }) => status, nested } = options;
  const counts: OpenStatusCounts = {};
  for (const step of container.children) {
    if (!isGroup(step.node)) addToStatusCounts(counts, statusOf(step));
    if (step.children === undefined || isGone(step)) continue;
    const inner = countSteps(step.children, options);
    nested?.set(step, inner);
    for (const status of STATUSES) if (inner[status] !== undefined) addToStatusCounts(counts, status, inner[status]);
  }
  return counts;
}

export function addToStatusCounts(counts: OpenStatusCounts, status: StepStatus, count = 1): void {
  counts[status] = (counts[status] ?? 0) + count;
}

const STATUSES = ["finished", "skipped", "undone", "failed", "unknown", "started", "waiting", "pending"] as const;

/** Whether the plan that a step had returned is gone since a rewind, and no other has replaced it. */
function isGone({ node, status, children, marks }: StepState): boolean {
  return !isGroup(node) && status !== "finished" && status !== "undone" && marks?.undo !== "begun" &&
    children?.children.length === 0;
}

/**
 * The status of a transaction as a reader sees it. A run that died while a step was running was interrupted, even if it also
 * waited. If steps only outlast it, it ended.
 */
export function seenStatus(state: State, isHeld: boolean): TransactionStatus | "interrupted" {
  const { status, running } = state;
  // Something was decided about the step that had failed: nothing has to be fixed before the rest can run.
  if (status === "aborted" && openAbort(state) === undefined) return isHeld ? "started" : "interrupted";
  const isRunning = status === "started" || (status === "waiting" && running.size > 0);
  if (!isRunning) return status;
  if (isHeld) return "started";
  const isOutlasted = status === "waiting" && [...running].every(({ marks }) => marks?.isOverdue === true);
  return isOutlasted ? "waiting" : "interrupted";
}

/** The statuses of nodes as a reader sees them. */
export interface DerivedStatuses {
  /** Of steps, sleeps and waits by themselves. Groups count through what is in them. */
  readonly counts: StatusCounts;
  /** A group has the status of the child that matters most; a step whose plan is not done is `failed` or `started`. */
  readonly statusOf: (step: StepState) => StepStatus;
  readonly ownStatusOf: (step: StepState) => StepStatus;
  /** The counts of everything in a group, or in the plan that a step has returned; nothing for other nodes. */
  readonly within: (step: StepState) => StatusCounts | undefined;
}

/** Of the statuses of its children, a group has the first of these, and of the others once none is pending. */
const FIRST_OF_ALL: readonly StepStatus[] = ["failed", "unknown", "started", "waiting"];
const SETTLED: readonly StepStatus[] = ["finished", "undone", "skipped"];

/** Derives what the state does not say: a group has a status, and unless a process holds the journal, no step is running. */
export function deriveStatuses(state: State, isHeld: boolean): DerivedStatuses {
  const nested = new Map<StepState, StatusCounts>();
  const ownStatusOf = ({ status }: StepState) => status === "started" && !isHeld ? "unknown" : status;
  const counts = countSteps(state.root, { statusOf: ownStatusOf, nested });
  const isUndoing = state.rollback !== undefined || state.status === "undone";
  return {
    counts,
    ownStatusOf,
    statusOf: (step) => {
      const inner = nested.get(step) ?? {};
      if (isGroup(step.node) && step.status !== "skipped") return groupStatus(inner, state.status === "finished");
      // Its function has finished, but its value does not exist before the plan that it returned is done.
      if (step.status !== "finished" || isUndoing || !hasOpenPart(inner)) return ownStatusOf(step);
      return inner.failed === undefined ? "started" : "failed";
    },
    within: (step) => nested.get(step),
  };
}

function hasOpenPart({ pending, started, waiting, unknown, failed }: StatusCounts): boolean {
  return (pending ?? started ?? waiting ?? unknown ?? failed) !== undefined;
}

function groupStatus(counts: StatusCounts, isOver: boolean): StepStatus {
  const has = (status: StepStatus) => counts[status] !== undefined;
  const settled = SETTLED.find(has);
  const open = has("pending") ? (settled === undefined ? "pending" : "started") : undefined;
  return FIRST_OF_ALL.find(has) ?? open ?? settled ?? (isOver ? "finished" : "pending");
}
