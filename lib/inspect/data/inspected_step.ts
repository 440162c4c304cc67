import type { Dropped, StoredError } from "../../journal/stored.ts";
import type { NodeOptions } from "../../plan/node.ts";
import type { Decision, Failure, StepStatus } from "../../state/step_state.ts";
import type { Json } from "../../values/json.ts";

/**
 * One step, or another node of the plan.
 *
 * @example
 * ```ts
 * import { type InspectedStep, Transaction } from "@x/resumable-tx";
 *
 * export async function findSlowest(journal: string): Promise<InspectedStep | undefined> {
 *   const { steps } = await Transaction.inspect(journal);
 *   return steps.toSorted((a, b) => (b.ms ?? 0) - (a.ms ?? 0))[0];
 * }
 * ```
 */
export interface InspectedStep {
  /** Its id. */
  readonly id: string;
  /** The author's name for it. */
  readonly name?: string;
  /** Which kind of node it is. */
  readonly kind: "step" | "sleep" | "wait" | "parallel" | "sequence";
  /** Id of the group that it is in, or of the step that returned it; absent if there is none. */
  readonly parent?: string;
  /** How many groups and steps it is in. */
  readonly depth: number;
  /** Of a group: how many of its children may run at the same time, if the author has set a limit. */
  readonly limit?: number;
  /** Of a wait: the name of the signal. */
  readonly signal?: string;
  /** Of a wait that is over: when its signal arrived, as an ISO date, and who sent it. */
  readonly sent?: { readonly at: string; readonly by?: string };
  /**
   * How many steps, sleeps and waits in the group, or in the plan that the step has returned, have each status. A status
   * that none has is absent.
   */
  readonly within?: Readonly<Partial<Record<StepStatus, number>>>;
  /** URL of the step function's module. */
  readonly module?: string;
  /** The export's name in that module. */
  readonly export?: string;
  /** The arguments as stored: a list; absent if there are none. */
  readonly args?: Json;
  /** What in `args` is not plain JSON. */
  readonly argsMeta?: Json;
  /** Its options. */
  readonly options?: NodeOptions;
  /** The step on one line, for people: `state.greeting = readFile("/tmp/our_test_file")`. */
  readonly call: string;
  /**
   * Its status. If no process holds the journal, a `started` step is `unknown`. A group has the status of the child that
   * matters most, and is `started` if only a part of it is done. A step that returned a plan is `finished` when that plan
   * is done; before that, it is `failed` if a part of the plan is, and `started` otherwise.
   */
  readonly status: StepStatus;
  /** What resume does if its outcome is unknown and there is no decision. */
  readonly policy: "ask" | "retry" | "probe";
  /** Its last attempt did not stop at its time limit, and its outcome is unknown; absent otherwise. */
  readonly isOverdue?: true;
  /** By decision, it runs (again), and it has not yet. */
  readonly isApproved: boolean;
  /** It does not continue before this time, an ISO date: a sleep, or the delay before another attempt. */
  readonly dueAt?: string;
  /** How many attempts were started. */
  readonly attempts: number;
  /** Of a step: how often it was rewound. Part of its idempotency key. */
  readonly generation?: number;
  /**
   * Of a step: ids of what had happened, or may have happened, when it was rewound, and was not undone: its own, and those
   * of a plan that it had returned and that was removed.
   */
  readonly rewound?: readonly string[];
  /** The state of its undo, in a rollback; absent if there is none. */
  readonly undo?: {
    /** Its effect is being undone: `status` is that of its undo function. */
    readonly isUnderWay: boolean;
    /** How many attempts to undo it were started. */
    readonly attempts: number;
    /** By decision, its effect stays. */
    readonly isLeft: boolean;
  };
  /** When the last attempt was started, as an ISO date. */
  readonly startedAt?: string;
  /** Milliseconds from the transaction's start to that of the last attempt; negative if the clock was set back. */
  readonly offsetMs?: number;
  /** How long the last attempt took, in milliseconds. */
  readonly ms?: number;
  /** Its value as stored, if it is finished and has one. */
  readonly value?: Json;
  /** What in `value` is not plain JSON. */
  readonly valueMeta?: Json;
  /** Its value, cut to one line for people. */
  readonly valueText?: string;
  /** Why it has no value although it is finished. */
  readonly dropped?: Dropped;
  /** A later step, or the transaction's value, refers to its value. */
  readonly isReferenced: boolean;
  /** Attempts that failed, in order. */
  readonly failures: readonly Failure[];
  /** The decisions about it, in order. */
  readonly decisions: readonly Decision[];
}

/** One attempt of a step, or one to undo it. */
export interface InspectedAttempt {
  readonly kind: "run" | "undo";
  /** Counted from 1, separately for each kind. */
  readonly attempt: number;
  /** When it was started, as an ISO date. */
  readonly startedAt: string;
  /** How long it took, in milliseconds; absent if that is not known. */
  readonly ms?: number;
  /** How it ended. `interrupted`: its outcome is unknown; `started`: it is running. */
  readonly end: "finished" | "failed" | "interrupted" | "started";
  readonly error?: StoredError;
  /** It did not stop at its time limit, and the run ended without it. `end` is then its late end. */
  readonly overdue?: { readonly limitMs?: number };
}
