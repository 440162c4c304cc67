import { summarizeState } from "../../messages/summarize_state.ts";
import { nextActions } from "../../state/next_actions.ts";
import { firstDueAt, isClosed, nextRetry, restOf, type State } from "../../state/state.ts";
import type { Release } from "../../storage/open_journal.ts";
import { ANY_JOURNAL } from "../../storage/locator_scheme.ts";

/**
 * `interrupted`: only a signal has ended its run, and any process may continue; `amended`: it was changed and not run;
 * `enqueued`: it was only recorded.
 */
interface Ended {
  readonly ending: "ended" | "interrupted" | "amended" | "enqueued";
  /** The columns say that nothing of it was left to run. */
  readonly wasOver?: boolean | undefined;
  /** Before it was amended, it waited for a signal or a person. */
  readonly wasWaiting?: boolean | undefined;
  /** How often this worker tries again what has failed. */
  readonly retryFailed?: number | undefined;
}

/** What a store with columns shows of a transaction when this process gives it up. */
export function releaseOf(state: State, ended: Ended): Release {
  const [wait] = state.waits.values();
  const { aborted } = state;
  const listing = summarizeState(state, { journal: ANY_JOURNAL, isHeld: false, isAtRest: true });
  const retry = ended.ending === "ended" ? nextRetry(state) : undefined;
  const isTried = retry !== undefined && retry.number <= (ended.retryFailed ?? 0);
  const status = isTried ? "sleeping" : statusAfter(state, ended);
  return {
    status,
    // What has got its answer is due at once, although another branch may sleep.
    dueAt: isTried ? retry.at : ended.ending === "amended" && status === "ready" ? undefined : dueAt(state),
    steps: listing.progress?.all,
    finished: listing.progress?.done,
    atStep: state.status === "aborted" ? aborted?.step : wait?.step,
    error: listing.status === "aborted" ? listing.reason : undefined,
    listing,
    rest: isTried ? undefined : restOf(state),
  };
}

/** What the columns would say of a transaction that nobody owns, whether its last process has given it up or died. */
export function standingOf(state: State): Pick<Release, "status" | "dueAt"> {
  if (state.status === "waiting" && !state.isHeldBack && canContinue(state)) return { status: "ready" };
  return { status: statusAfter(state, { ending: endingOf(state) }), dueAt: dueAt(state) };
}

function endingOf({ status, running, isHeldBack, queued, runs }: State): Ended["ending"] {
  if (isHeldBack) return "ended";
  if (status === "pending" && queued !== undefined && runs.length === 1) return "enqueued";
  // While other steps were running, it did not only wait.
  const hasDied = status === "waiting" && running.size > 0;
  return status === "started" || status === "pending" || hasDied ? "interrupted" : "ended";
}

function statusAfter(state: State, { ending, wasOver = false, wasWaiting = false }: Ended): Release["status"] {
  switch (ending) {
    case "interrupted":
      return "ready";
    case "ended":
      return restStatus(state);
    case "amended":
      return wasWaiting && canContinue(state) ? "ready" : amendedStatus(state, wasOver);
    case "enqueued":
      return queuedStatus(state);
    default:
      return ending satisfies never;
  }
}

function queuedStatus(state: State): "ready" | "sleeping" {
  return firstDueAt(state) === undefined ? "ready" : "sleeping";
}

/** A run that has ended without an event that says so waits for a person; one that was enqueued, for a process. */
function restStatus(state: State): Release["status"] {
  switch (state.status) {
    case "waiting":
      return dueAt(state) === undefined ? "asking" : "sleeping";
    case "pending":
      return state.queued !== undefined && state.runs.length === 1 ? queuedStatus(state) : "asking";
    case "started":
      return "asking";
    default:
      return state.status;
  }
}

/** A repair leaves the status as it is, unless nothing can run any more, or something can again. */
function amendedStatus(state: State, wasOver: boolean): Release["status"] {
  const { status } = state;
  return isClosed(status) || wasOver ? restStatus(state) : undefined;
}

/** It has got what it waited for: a signal, or an answer. */
function canContinue(state: State): boolean {
  if (state.status !== "waiting" && state.status !== "started") return false;
  const { actions, isEnd } = nextActions(state, { isDue: (step) => step.marks?.dueAt === undefined });
  return isEnd || actions.length > 0;
}

function dueAt(state: State): number | undefined {
  const { status, waits } = state;
  const first = firstDueAt(state);
  if (first !== undefined) return Date.parse(first);
  const times = Array.from(waits.values(), ({ until }) => until === undefined ? NaN : Date.parse(until));
  const due = Math.min(...times.filter((time) => !Number.isNaN(time)));
  return status === "waiting" && Number.isFinite(due) ? due : undefined;
}
