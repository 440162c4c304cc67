import { summarizeState } from "../../messages/summarize_state.ts";
import { firstDueAt, type State } from "../../state/state.ts";
import type { Release } from "../../storage/open_journal.ts";
import { ANY_JOURNAL } from "../../storage/locator_scheme.ts";

/**
 * What a store with columns shows of a transaction when this process gives it up. `interrupted`: only
 * a signal has ended its run, and any process may continue; `amended`: it was changed and not run; `enqueued`: it was only
 * recorded.
 */
export function releaseOf(
  state: State,
  { ending }: { readonly ending: "ended" | "interrupted" | "amended" | "enqueued" },
): Release {
  const [wait] = state.waits.values();
  const { aborted } = state;
  const listing = summarizeState(state, { journal: ANY_JOURNAL, isHeld: false, isAtRest: true });
  return {
    status: statusAfter(state, ending),
    dueAt: dueAt(state),
    steps: listing.progress?.all,
    finished: listing.progress?.done,
    atStep: state.status === "aborted" ? aborted?.step : wait?.step,
    error: listing.status === "aborted" ? listing.reason : undefined,
    listing,
  };
}

function statusAfter(state: State, ending: "ended" | "interrupted" | "amended" | "enqueued"): Release["status"] {
  switch (ending) {
    case "interrupted":
      return "ready";
    case "ended":
      return restStatus(state);
    case "amended":
      return overStatus(state);
    case "enqueued":
      return firstDueAt(state) === undefined ? "ready" : "sleeping";
    default:
      return ending satisfies never;
  }
}

/** A run that has ended without an event that says so waits for a person. */
function restStatus(state: State): Release["status"] {
  switch (state.status) {
    case "waiting":
      return dueAt(state) === undefined ? "asking" : "sleeping";
    case "pending":
    case "started":
      return "asking";
    default:
      return state.status;
  }
}

/** A repair leaves the status as it is, unless nothing can run any more. */
function overStatus({ status }: State): Release["status"] {
  return status === "finished" || status === "cancelled" || status === "undone" ? status : undefined;
}

function dueAt(state: State): number | undefined {
  const { status, waits } = state;
  const first = firstDueAt(state);
  if (first !== undefined) return Date.parse(first);
  const times = Array.from(waits.values(), ({ until }) => until === undefined ? NaN : Date.parse(until));
  const due = Math.min(...times.filter((time) => !Number.isNaN(time)));
  return status === "waiting" && Number.isFinite(due) ? due : undefined;
}
