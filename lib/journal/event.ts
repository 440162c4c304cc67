import type { PlanNode } from "../plan/node.ts";
import type { Decided, Reason } from "./decided.ts";
import type { Dropped, ModuleChange, ModuleEntry, Recovered, Runner, StoredError, StoredOptions } from "./stored.ts";
import type { StoredValue } from "./stored_value.ts";

/** The format that this version writes, and the newest that it reads. */
export const FORMAT = 1;

/**
 * One fact about a transaction. The shapes are part of the file format: a golden journal holds each of them, and a shape
 * changes only by a new format number. `parse_event.ts` has the validator for each.
 */
export type Event =
  | Opened
  | Planned
  | Ready
  | Started
  | Finished
  | Failed
  | Retrying
  | Expanded
  | Waiting
  | Signalled
  | Decided
  | Resumed
  | Aborted
  | Cancelled
  | Undoing
  | Undone
  | Ended;

/** The words that events are known by. */
export type EventType = Event["type"];

/** The journal was created. Always the first event. */
export interface Opened extends Runner {
  /** Tells it from the other events. */
  readonly type: "opened";
  /** The format of the journal. */
  readonly format: number;
  /** The transaction's id. */
  readonly id: string;
  /** Version of the library that planned. */
  readonly library: string;
  /** URL of the home module. */
  readonly home: string;
  /** The module table. */
  readonly modules: readonly ModuleEntry[];
  /** Options of the transaction. */
  readonly options: StoredOptions;
}

/** A part of the plan, in order. Large plans take several. */
export interface Planned {
  /** Tells it from the other events. */
  readonly type: "planned";
  /** The nodes. A group stands before its children. */
  readonly nodes: readonly PlanNode[];
}

/** The plan is complete. Without this event nothing ever ran. */
export interface Ready extends StoredValue {
  /** Tells it from the other events. `value` is the transaction's value, with refs in it. */
  readonly type: "ready";
  /** How many nodes were planned. */
  readonly nodes: number;
}

/** An attempt begins: written before the function is called. */
export interface Started {
  /** Tells it from the other events. */
  readonly type: "started";
  /** The step. */
  readonly step: string;
  /** The attempt, counted from 1. */
  readonly attempt: number;
  /** The run of the transaction: 1, and one more for each resume. */
  readonly run: number;
}

/** An attempt ended well. The step never runs again. */
export interface Finished extends StoredValue {
  /** Tells it from the other events. */
  readonly type: "finished";
  /** The step. */
  readonly step: string;
  /** The attempt. */
  readonly attempt: number;
  /** How long it took, in milliseconds. */
  readonly ms: number;
  /** Stands in place of a value that could not be stored. */
  readonly dropped?: Dropped;
  /** The step returned a plan: so many `expanded` events hold it; `value` may have refs to its nodes. */
  readonly expands?: number;
}

/** An attempt ended with an error. */
export interface Failed {
  /** Tells it from the other events. */
  readonly type: "failed";
  /** The step. */
  readonly step: string;
  /** The attempt. */
  readonly attempt: number;
  /** How long it took, in milliseconds. */
  readonly ms: number;
  /** What was thrown. */
  readonly error: StoredError;
  /** It was the step's undo that failed. */
  readonly undo?: true;
}

/** Another attempt will be made. */
export interface Retrying {
  /** Tells it from the other events. */
  readonly type: "retrying";
  /** The step. */
  readonly step: string;
  /** The attempt to come. */
  readonly attempt: number;
  /** Not before this time. */
  readonly until: string;
}

/** A part of the plan that a step returned. Void unless the step's `finished` counts it. */
export interface Expanded {
  /** Tells it from the other events. */
  readonly type: "expanded";
  /** The step that returned the plan. */
  readonly step: string;
  /** Its nodes. */
  readonly nodes: readonly PlanNode[];
  /** Added to the end of the module table. */
  readonly modules?: readonly ModuleEntry[];
}

/** The transaction cannot go on by itself. */
export interface Waiting {
  /** Tells it from the other events. */
  readonly type: "waiting";
  /** The step that waits. */
  readonly step: string;
  /** What for. */
  readonly for: "signal" | "time" | "decision";
  /** Until when, if for a time. */
  readonly until?: string;
  /** The signal's name, if for a signal. */
  readonly signal?: string;
}

/** A signal arrived. It is kept until a wait takes it. */
export interface Signalled extends StoredValue {
  /** Tells it from the other events. */
  readonly type: "signalled";
  /** The signal's name. */
  readonly signal: string;
  /** Who sent it. */
  readonly by?: string;
}

/** A process went on with the journal. Every step that was started before and has no end is `unknown` from here on. */
export interface Resumed extends Runner {
  /** Tells it from the other events. */
  readonly type: "resumed";
  /** The run: one more than the run before. */
  readonly run: number;
  /** Version of the library that resumes. */
  readonly library: string;
  /** Modules that moved or changed. */
  readonly modules?: readonly ModuleChange[];
  /** A torn last append was cut off. */
  readonly recovered?: Recovered;
}

/** The run has ended because of this step: it failed for good, or could not be started. */
export interface Aborted {
  /** Tells it from the other events. */
  readonly type: "aborted";
  /** The step. */
  readonly step: string;
  /** Why it could not be started; a step that failed has its error in `failed`. */
  readonly error?: StoredError;
}

/** Nothing further will run. */
interface Cancelled extends Reason {
  /** Tells it from the other events. */
  readonly type: "cancelled";
}

/** The step's undo function begins. */
export interface Undoing {
  /** Tells it from the other events. */
  readonly type: "undoing";
  /** The step. */
  readonly step: string;
  /** The attempt, counted from 1. */
  readonly attempt: number;
  /** The run. */
  readonly run: number;
}

/** The step's effect was taken back; without `step`, the rollback as a whole is complete. */
export interface Undone {
  /** Tells it from the other events. */
  readonly type: "undone";
  /** The step. */
  readonly step?: string;
  /** The attempt. */
  readonly attempt?: number;
  /** How long it took, in milliseconds. */
  readonly ms?: number;
}

/** All steps are finished or skipped. */
interface Ended {
  /** Tells it from the other events. */
  readonly type: "ended";
}
