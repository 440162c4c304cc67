import type { Dropped, ModuleEntry, Recovered, StoredError, StoredOptions, StoredValue } from "../journal/stored.ts";
import type { PlanNode } from "../plan/node.ts";
import type { Encoded } from "../values/json.ts";

/** Status of a step. */
export type StepStatus =
  | "pending"
  | "started"
  | "finished"
  | "failed"
  | "unknown"
  | "skipped"
  | "waiting"
  | "undone";

/** Status of a transaction, as its journal alone shows it. */
export type TransactionStatus =
  | "pending"
  | "started"
  | "waiting"
  | "aborted"
  | "finished"
  | "cancelled"
  | "undone";

/** What is true of one node of the plan. Changed by `applyEvent` alone. */
export interface StepState {
  /** The node as planned, with the arguments as they are now. */
  node: PlanNode;
  /** Its status. */
  status: StepStatus;
  /** How many attempts were started. */
  attempts: number;
  /** How many attempts in a row were started and never ended. */
  interruptions: number;
  /** How many attempts have failed since counting began: at first, and anew after the run has ended because of it. */
  failedTries: number;
  /** Not before this time will it be tried again, as an ISO date; only while it waits for that. */
  retryAt: string | undefined;
  /** How often it was rewound: part of its idempotency key. */
  generation: number;
  /** An administrator or a probe said that it may run (again). */
  isApproved: boolean;
  /** When the last attempt was started, as an ISO date. */
  startedAt: string | undefined;
  /** How long the last attempt took, in milliseconds. */
  ms: number | undefined;
  /** Attempts that failed, in order. */
  failures: readonly Failure[] | undefined;
  /** Its value, if it is finished and somebody asks for it. */
  value: Encoded | undefined;
  /** Why it has no value although it is finished. */
  dropped: Dropped | undefined;
  /** What was decided about it, in order. */
  decisions: readonly Decision[] | undefined;
}

/** An attempt that failed. */
export interface Failure {
  /** The attempt, counted from 1. */
  readonly attempt: number;
  /** When it was written down, as an ISO date. */
  readonly at: string;
  /** How long the attempt took, in milliseconds. */
  readonly ms: number;
  /** What was thrown. */
  readonly error: StoredError;
}

/** What somebody said about a step. */
export interface Decision {
  /** What. */
  readonly decision: string;
  /** When, as an ISO date. */
  readonly at: string;
  /** Who. */
  readonly by?: string;
  /** Why. */
  readonly why?: string;
}

/** What the transaction waits for. */
export interface Wait {
  /** The step. */
  readonly step: string;
  /** What for. */
  readonly for: "signal" | "time" | "decision";
  /** Until when, as an ISO date. */
  readonly until?: string;
  /** The signal's name. */
  readonly signal?: string;
}

/** One run of the transaction by one process. */
export interface Run {
  /** Counted from 1. */
  readonly run: number;
  /** When it began, as an ISO date. */
  readonly at: string;
  /** Version of the library. */
  readonly library: string;
  /** Process id. */
  readonly pid?: number;
  /** Host name. */
  readonly host?: string;
  /** A torn append was cut off before. */
  readonly recovered?: Recovered;
}

/** Everything that is true of a transaction. Changed by `applyEvent` alone. */
export interface State {
  /** The transaction's id; empty before the first event. */
  id: string;
  /** Version of the library that planned. */
  library: string;
  /** URL of the home module, where it was when the plan was made or where an administrator said that it is now. */
  home: string;
  /** The module table. */
  modules: ModuleEntry[];
  /** What the author said about the transaction. */
  options: StoredOptions;
  /** Its status. */
  status: TransactionStatus;
  /** The plan is complete. */
  isReady: boolean;
  /** What the transaction returns, with refs in it. */
  value: StoredValue;
  /** The runs. */
  runs: Run[];
  /** The nodes in order of the plan. */
  readonly steps: StepState[];
  /** Position of each node in `steps`, by id. */
  readonly positions: Map<string, number>;
  /** The id of each node that has a name. */
  readonly names: Map<string, string>;
  /** Nodes whose values a later node, or the transaction's value, refers to. */
  readonly referenced: Set<string>;
  /** All values are kept, not only those that are referred to. */
  readonly keepsValues: boolean;
  /** Position before which all nodes are finished or skipped. */
  cursor: number;
  /** When the journal was made, as an ISO date. */
  openedAt: string;
  /** When the first step was started. */
  startedAt: string | undefined;
  /** When the last record was written. */
  lastAt: string;
  /** The step because of which the last run ended, and why if it never started. */
  aborted: { readonly step: string; readonly error?: StoredError } | undefined;
  /** What the last run ended to wait for. */
  waiting: Wait | undefined;
  /** Why it was cancelled. */
  cancelled: { readonly by?: string; readonly why?: string } | undefined;
}

/**
 * The state before the first event.
 *
 * @param options `keepsValues`: keep the value of every step, for somebody to look at; otherwise only of those that are
 * referred to.
 */
export function emptyState(options: { readonly keepsValues: boolean }): State {
  return {
    id: "",
    library: "",
    home: "",
    modules: [],
    options: {},
    status: "pending",
    isReady: false,
    value: {},
    runs: [],
    steps: [],
    positions: new Map(),
    names: new Map(),
    referenced: new Set(),
    keepsValues: options.keepsValues,
    cursor: 0,
    openedAt: "",
    startedAt: undefined,
    lastAt: "",
    aborted: undefined,
    waiting: undefined,
    cancelled: undefined,
  };
}

/** The node of an id, or nothing. */
export function findStep(state: State, id: string): StepState | undefined {
  const position = state.positions.get(id);
  return position === undefined ? undefined : state.steps[position];
}
