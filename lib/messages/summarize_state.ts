import { isGroup } from "../plan/node.ts";
import { type DerivedStatuses, deriveStatuses, doneOf, seenStatus } from "../state/progress.ts";
import { findStep, nextRetry, openAbort, type Queued, type State, type Wait } from "../state/state.ts";
import type { StepState, StepStatus } from "../state/step_state.ts";
import { walkSteps } from "../state/walk_steps.ts";
import type { Listing } from "../storage/open_journal.ts";
import type { ReadJournal } from "../storage/store.ts";
import { escapeForTerminal, formatError } from "../text/escape.ts";
import { formatTime } from "../text/format_time.ts";
import { withoutUndefined } from "../values/json.ts";
import { exportedCommands, nextCommands } from "./next_commands.ts";

/** How a list sees a journal that can be folded. */
export interface SummarizedState extends Listing {
  readonly status: ReturnType<typeof seenStatus> | "exported" | "incomplete" | "newer";
}

/** Says in a few words how far a transaction is, why it does not continue, and what to type next. */
export function summarizeState(state: State, read: Omit<ReadJournal, "tornBytes">): SummarizedState {
  const { isHeld, unknown, exported } = read;
  const seen = seenStatus(state, isHeld);
  const known = exported !== undefined ? "exported" : state.isReady || isHeld ? seen : "incomplete";
  const status = unknown === undefined ? known : "newer";
  const statuses = deriveStatuses(state, isHeld);
  const step = stepOf(state, seen, statuses);
  const { home, openedAt, lastAt, name, queued } = state;
  return withoutUndefined<SummarizedState>({
    status,
    // A journal that was cut short before its first record tells nothing.
    ...(openedAt === "" ? {} : { home, openedAt, lastAt }),
    name,
    queued,
    progress: doneOf(statuses.counts),
    step: step && { id: step.node.id, name: nameOf(step), status: statuses.statusOf(step) },
    retry: status === "aborted" ? retryOf(state) : undefined,
    reason: reasonOf(state, status, { step, status: step && statuses.statusOf(step), unknown, file: exported?.file }),
    next: nextOf(state, read),
  });
}

function nextOf(state: State, { journal, isHeld, isAtRest, unknown, exported }: Omit<ReadJournal, "tornBytes">) {
  if (isHeld || unknown !== undefined || !state.isReady) return [];
  return exported === undefined ? nextCommands(state, journal, { isAtRest }) : exportedCommands(journal, exported);
}

function nameOf({ node }: StepState): string {
  return node.name ?? (node.kind === "step" ? node.export : node.kind);
}

function firstWait({ waits }: State): Wait | undefined {
  return waits.values().next().value;
}

/** The step that failed, needs a decision, or runs. */
function stepOf(state: State, status: SummarizedState["status"], statuses: DerivedStatuses): StepState | undefined {
  switch (status) {
    case "waiting":
      return findStep(state, firstWait(state)?.step ?? "");
    case "aborted":
      return findStep(state, openAbort(state)?.step ?? "");
    case "started":
      return findFirst(state, "started", statuses);
    case "interrupted":
      return findFirst(state, "unknown", statuses);
    default:
      return undefined;
  }
}

/** A group, and a step that has returned a plan, only have the status of a step that is in them. */
function findFirst({ root }: State, wanted: StepStatus, { ownStatusOf }: DerivedStatuses): StepState | undefined {
  for (const step of walkSteps(root)) if (!isGroup(step.node) && ownStatusOf(step) === wanted) return step;
  return undefined;
}

interface Concerned {
  readonly step: StepState | undefined;
  readonly status: StepStatus | undefined;
  readonly unknown: string | undefined;
  /** That has it, if it was exported. */
  readonly file: string | undefined;
}

function reasonOf(
  state: State,
  status: SummarizedState["status"],
  { step, status: stepStatus, unknown, file }: Concerned,
): string | undefined {
  switch (status) {
    case "newer":
      return unknown === undefined ? undefined : describeNewer(unknown);
    case "exported":
      return `${file ?? "a file"} has it`;
    case "incomplete":
      return "no step ever ran; prune --incomplete removes it";
    case "aborted": {
      const aborted = openAbort(state);
      const error = aborted?.error ?? findStep(state, aborted?.step ?? "")?.failures?.at(-1)?.error;
      return [error && formatError(error), describeRetry(retryOf(state))].filter(Boolean).join("; ") || undefined;
    }
    case "interrupted":
      return step === undefined || step.marks?.isApproved === true ? undefined : unknownOutcome(step);
    case "waiting": {
      const wait = firstWait(state);
      if (wait !== undefined && wait.for !== "decision") return describeWait(state, wait);
      return stepStatus === "finished" || stepStatus === "skipped" ? "its value is missing" : unknownOutcome(step);
    }
    case "cancelled":
      return state.cancelled?.why;
    case "pending":
      return state.queued && describeQueued(state.queued);
    default:
      return undefined;
  }
}

/** When workers may try a transaction again, as it is shown. */
export function retryOf(state: State): Listing["retry"] {
  const retry = nextRetry(state);
  return retry && { ...retry, at: new Date(retry.at).toISOString() };
}

/** Whether there is a worker that does so is not known. */
export function describeRetry(retry: Listing["retry"]): string | undefined {
  if (retry === undefined) return undefined;
  const { at, number, most } = retry;
  return `workers with --retry-failed try it again at ${formatTime(at)} (${number} of ${most})`;
}

function describeWait({ signals }: State, wait: Wait): string {
  if (wait.for !== "signal") return `waits${wait.until === undefined ? "" : ` until ${formatTime(wait.until)}`}`;
  const { signal = "" } = wait;
  const isThere = (signals.get(signal)?.length ?? 0) > 0;
  return `${isThere ? "has received" : "waits for"} the signal ${JSON.stringify(signal)}`;
}

function unknownOutcome(step: StepState | undefined): string {
  return step?.marks?.undo === "begun" ? "outcome of its undo unknown" : "outcome unknown";
}

/** Says in which queue a transaction was put, and for when. Not escaped. */
export function describeQueued({ queue, priority = 0, dueAt }: Partial<Queued>): string {
  const order = priority === 0 ? "" : `, priority ${priority}`;
  return `in queue ${JSON.stringify(queue)}${order}${dueAt === undefined ? "" : `, due ${formatTime(dueAt)}`}`;
}

export function describeNewer(unknown: string): string {
  return `${unknown} is not known to this version`;
}

/** A transaction that has come to rest, as a list shows it. */
interface Resting extends Pick<Listing, "status" | "step" | "reason"> {
  readonly journal: string;
}

/** Says on one line that a transaction is at rest, and why. Escaped. */
export function describeRest({ journal, status, step, reason }: Resting): string {
  const where = step === undefined ? "" : `, step ${step.id} ${step.name}`;
  const why = reason === undefined ? "" : `: ${reason}`;
  return escapeForTerminal(`${journal}: ${status}${where}${why}`);
}
