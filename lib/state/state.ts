import type { Reason, Runner } from "../journal/event.ts";
import type { ModuleEntry, Recovered, StoredError, StoredOptions } from "../journal/stored.ts";
import { findSameName } from "../text/suggest_name.ts";
import type { Encoded } from "../values/json.ts";
import { type Queue, StepIndex } from "./step_index.ts";
import { type Container, emptyContainer, type StepState } from "./step_state.ts";

/**
 * Status of a transaction, as its journal alone shows it.
 *
 * @example
 * ```ts
 * import type { TransactionStatus } from "@x/resumable-tx";
 *
 * // The journals of these have nothing left that could run.
 * const CLOSED: ReadonlySet<TransactionStatus> = new Set(["finished", "cancelled", "undone"]);
 * console.log(CLOSED.has("aborted")); // false: it is resumed when the cause is fixed
 * ```
 */
export type TransactionStatus =
  | "pending"
  | "started"
  | "waiting"
  | "aborted"
  | "finished"
  | "cancelled"
  | "undone";

export type ClosedStatus = Extract<TransactionStatus, "finished" | "cancelled" | "undone">;

/** Nothing is left that could run. */
export function isClosed(status: TransactionStatus): status is ClosedStatus {
  return status === "finished" || status === "cancelled" || status === "undone";
}

export interface Rollback {
  /** The step that stays as it is, with everything before it; absent when all are undone. */
  readonly to?: string;
  /** What is to be undone, the last first. */
  readonly queue: readonly StepState[];
  readonly queued: ReadonlySet<StepState>;
  /** All steps before it are undone, or left. */
  cursor: number;
  /** No value that an undo function gets is lost, so that the first one may run. */
  hasValues: boolean;
}

/**
 * What the transaction waits for.
 *
 * @example
 * ```ts
 * import { Transaction, type Wait } from "@x/resumable-tx";
 *
 * // For a scheduler: when to come back, if time is what is missing.
 * export async function findDue(journal: string): Promise<string | undefined> {
 *   const { waits }: { readonly waits: readonly Wait[] } = await Transaction.inspect(journal);
 *   return waits.flatMap(({ until }) => until ?? []).sort().at(0);
 * }
 * ```
 */
export interface Wait {
  /** Id of the step that waits. */
  readonly step: string;
  /** What it waits for. */
  readonly for: "signal" | "time" | "decision";
  /** Until when, as an ISO date. */
  readonly until?: string;
  /** The signal's name. */
  readonly signal?: string;
}

/** One run of the transaction by one process. */
export interface Run extends Runner {
  /** Counted from 1. */
  readonly run: number;
  /** When it began, as an ISO date. */
  readonly at: string;
  /** Version of the library. */
  readonly library: string;
  /** A torn append was cut off before. */
  readonly recovered?: Recovered;
  /** A worker has tried again what had failed: the number of the try. */
  readonly retry?: number;
}

/** When a transaction that was enqueued is to run. */
export interface Queued {
  readonly queue: string;
  /** Lower ones come first. */
  readonly priority: number;
  /** Not before this time, as an ISO date. */
  readonly dueAt?: string;
}

/** When a transaction is due that was enqueued and that no process has begun yet; nothing if it is due at once. */
export function firstDueAt({ queued, status, runs }: State): string | undefined {
  return status === "pending" && runs.length === 1 ? queued?.dueAt : undefined;
}

/** When workers may try again what has failed. */
export interface NextRetry {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Counted from 1. */
  readonly number: number;
  /** How often its author lets them. */
  readonly most: number;
}

const FIRST_RETRY_MS = 60_000;
const LONGEST_RETRY_MS = 6 * 60 * 60_000;

/** When workers may try an aborted transaction again; nothing if they may not. The pause after each failure is twice as long. */
export function nextRetry({ status, options, rollback, retries, ranAt }: State): NextRetry | undefined {
  const { retryFailed: most = 0, onFailure } = options;
  if (status !== "aborted" || rollback !== undefined || onFailure === "rollback" || retries >= most) return undefined;
  const pause = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** retries);
  return { at: Date.parse(ranAt) + pause, number: retries + 1, most };
}

/** Everything that is true of a transaction. Changed by `applyEvent` alone. */
export class State {
  /** Empty before the first event. */
  id = "";
  /** Version of the library that planned. */
  library = "";
  /** URL of the home module: where it was when the plan was made, or where an administrator said that it is now. */
  home = "";
  modules: ModuleEntry[] = [];
  options: StoredOptions = {};
  /** The author's name for the transaction in its store. */
  name: string | undefined = undefined;
  /** It was enqueued: recorded without being run. */
  queued: Queued | undefined = undefined;
  status: TransactionStatus = "pending";
  /** The plan is complete. */
  isReady = false;
  /** What the transaction returns, with refs in it. */
  value: Encoded = {};
  runs: Run[] = [];
  readonly root: Container = emptyContainer();
  /** Every node, by id, in the order in which they became part of the plan. */
  readonly byId: StepIndex = new StepIndex();
  /** How many nodes the author planned. */
  planned = 0;
  /** The id of each node that has a name. */
  readonly names: Map<string, string> = new Map();
  /** Nodes whose values a later node, or the transaction's value, refers to. */
  readonly referenced: Set<string> = new Set();
  /** All values are kept, not only those that are referred to. */
  readonly keepsValues: boolean;
  /** Steps that are running, or were when their process died. */
  running: Set<StepState> = new Set();
  /** Steps that have failed since a run began, and may have used up their attempts. */
  readonly failed: Set<StepState> = new Set();
  /** How many runs have begun: one more than `runs` while the event of a run is not complete. */
  begun = 0;
  /** How many attempts were started, of all steps. */
  starts = 0;
  /** How many attempts, sleeps and waits have finished, and how long they took together, in milliseconds. */
  finishes = 0;
  finishedMs = 0;
  /** How many decisions were taken that can be undone, about all steps. */
  decided = 0;
  /** Signals that no wait has taken yet, by name. */
  readonly signals: Map<string, Queue<Encoded>> = new Map();
  /** The rollback that has begun, and is not complete. */
  rollback: Rollback | undefined = undefined;
  /** The last rollback that is complete. */
  undone: Rollback | undefined = undefined;
  /** Ids of steps that had happened, or may have, when they were rewound, and were not undone. Some are no longer planned. */
  readonly rewound: Set<string> = new Set();
  /** When the journal was created, as an ISO date. */
  openedAt = "";
  /** When the first step was started. */
  startedAt: string | undefined = undefined;
  /** When the last record was written. */
  lastAt = "";
  /** When the last one was written that only a run writes: others may come much later. */
  ranAt = "";
  /** The step because of which the last run ended, and why if it never started. */
  aborted: { readonly step: string; readonly error?: StoredError } | undefined = undefined;
  /** What the transaction waits for, as far as it was recorded, by step. */
  readonly waits: Map<string, Wait> = new Map();
  cancelled: Reason | undefined = undefined;
  /** The last run has ended so that only a person continues it: it failed, was stopped, or is over. */
  isHeldBack = false;
  /** How often workers have tried it again after it had failed, since a person has helped. */
  retries = 0;
  /** The present run, or the last one, began after a failure; and nobody but a person has begun it. */
  beginsAfter: "failure" | "help" | undefined = undefined;
  /** How often it has asked a person, aborted or ended. */
  rests = 0;
  /** The requests of other processes that are answered, by id: for what reason they were refused, if they were. */
  readonly answered: Map<string, string | undefined> = new Map();
  /** How many nodes were visited for decisions that concern more than one step: see {@linkcode countVisits}. */
  visits = 0;

  constructor({ keepsValues }: Pick<State, "keepsValues">) {
    this.keepsValues = keepsValues;
  }
}

/** How many nodes such decisions may visit, for each node of the plan, attempt and decision. */
const MAX_VISITS = 1000;

/** Whether decisions that concern more than one step may still visit a number of nodes. */
export function mayVisit({ visits, byId, starts, finishes, decided, runs }: State, count: number): boolean {
  return visits + count <= MAX_VISITS * (byId.added + starts + finishes + decided + runs.length);
}

/** Counts what such a decision, or the end of all steps, visits. Without a limit, reading many would take quadratic time. */
export function countVisits(state: State, count: number): void {
  const isAllowed = mayVisit(state, count);
  state.visits += count;
  if (!isAllowed) throw new ImpossibleEvent("too many decisions were taken that concern large parts of the plan");
}

export function findStep(state: State, id: string): StepState | undefined {
  return state.byId.get(id);
}

export function knownStep(state: State, id: string): StepState {
  const step = findStep(state, id);
  if (step === undefined) throw new ImpossibleEvent(`there is no step ${id} in the plan`);
  return step;
}

/** The step because of which the last run ended, unless something has been decided about it that lets the next run continue. */
export function openAbort(state: State): State["aborted"] {
  const { aborted } = state;
  if (aborted === undefined) return undefined;
  const step = findStep(state, aborted.step);
  if (step === undefined) return aborted;
  const { status, marks } = step;
  // In a rollback, a finished step is one whose undo could not be started.
  const isOver = state.rollback === undefined
    ? status === "skipped" || status === "finished"
    : status === "undone" || marks?.undo === "left";
  return isOver || marks?.isApproved === true ? undefined : aborted;
}

/**
 * In which way it is at rest, and which time that is: a person may want to know each time. Nothing if it can continue by
 * itself, or if somebody has answered already.
 */
export function restOf(state: State): string | undefined {
  const { status, rests, waits, signals } = state;
  switch (status) {
    case "pending":
    case "started":
      return undefined;
    case "waiting": {
      const isAsking = waits.values().some((wait) =>
        wait.for === "decision" || (wait.for === "signal" && !signals.has(wait.signal ?? ""))
      );
      return isAsking ? `${status} ${rests}` : undefined;
    }
    case "aborted":
      return openAbort(state) === undefined ? undefined : `${status} ${rests}`;
    case "finished":
    case "cancelled":
    case "undone":
      return `${status} ${rests}`;
    default:
      return status satisfies never;
  }
}

/** A request of another process was refused. The journal stays when the transaction finishes, so that this can be seen. */
export function hasRefusals({ answered }: State): boolean {
  return answered.values().some((refusal) => refusal !== undefined);
}

/** The id of a step, given by number, or by name in any Unicode form. Any other word is returned as it is. */
export function toStepId(state: State, step: string): string {
  const { names } = state;
  const name = names.has(step) ? step : findSameName(step, names.keys());
  return name === undefined ? step : names.get(name) ?? step;
}

/** An event that cannot have happened after the events before it. In a journal it is damage. */
export class ImpossibleEvent extends Error {
  override readonly name = "ImpossibleEvent";
}
