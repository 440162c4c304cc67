import type { PlanNode } from "../plan/node.ts";
import type { Json } from "../values/json.ts";
import type { ModuleEntry } from "./stored.ts";
import type { StoredValue } from "./stored_value.ts";

/** Who decided, and why. */
export interface Reason {
  /** Who: a user's name, or `probe` when the step's probe function found out. */
  readonly by?: string;
  /** Why, in the administrator's words. */
  readonly why?: string;
}

/** An administrator, or a probe, said something about a step. */
export type Decided =
  | DecidedPlain
  | DecidedDone
  | DecidedEdit
  | DecidedInsert
  | DecidedRollback;

/** `retry`: run it (again); `skip`: leave it out; `remove`: it is planned no more; `rewind`: run again from it on; `undecide`: take the last decision back. */
interface DecidedPlain extends Reason {
  /** Tells it from the other events. */
  readonly type: "decided";
  /** What. */
  readonly decision: "retry" | "skip" | "remove" | "rewind" | "undecide";
  /** The step. */
  readonly step: string;
}

/** The step counts as finished, with this value. Without `value` nobody may refer to it. */
interface DecidedDone extends Reason, StoredValue {
  /** Tells it from the other events. */
  readonly type: "decided";
  /** What. */
  readonly decision: "done";
  /** The step. */
  readonly step: string;
  /** A value was given: tells a given `undefined` from none. */
  readonly given?: true;
}

/** The step gets other arguments. */
export interface DecidedEdit extends Reason {
  /** Tells it from the other events. */
  readonly type: "decided";
  /** What. */
  readonly decision: "edit";
  /** The step. */
  readonly step: string;
  /** The arguments, encoded. */
  readonly args: Json;
  /** What in `args` is not plain JSON. */
  readonly argsMeta?: Json;
}

/** More nodes are planned, behind the step. */
export interface DecidedInsert extends Reason {
  /** Tells it from the other events. */
  readonly type: "decided";
  /** What. */
  readonly decision: "insert";
  /** The node before the new ones; absent when they come first. */
  readonly after?: string;
  /** The new nodes. */
  readonly nodes: readonly PlanNode[];
  /** Added to the end of the module table. */
  readonly modules?: readonly ModuleEntry[];
}

/** What has happened is to be undone, in reverse order. */
export interface DecidedRollback extends Reason {
  /** Tells it from the other events. */
  readonly type: "decided";
  /** What. */
  readonly decision: "rollback";
  /** The first step that stays as it is; absent when all are undone. */
  readonly to?: string;
}
