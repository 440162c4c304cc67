import fc from "fast-check";
import type { SharedOptions } from "../../../lib/plan/step_options.ts";

/** A plan to be run by the state machine, or a part of one: what the author would write. */
export type PartSpec = StepSpec | SubPlanSpec | GroupSpec | SleepSpec | WaitSpec;

/** What a step and one that returns a plan have in common. */
interface CallSpec {
  /** Values of earlier parts that it gets, as indexes into those that it can see, taken round. */
  readonly refs: readonly number[];
  /** How many times it fails before it succeeds. */
  readonly failures: number;
  /** Its own retries, which overcome its failures; without them each failure ends a run. */
  readonly retry: RetrySpec | undefined;
  /** It fails with a final error, which is not retried, or with an error that has such a cause. */
  readonly isFinal: "no" | "itself" | "cause";
  /**
   * Its time limit, which is short. `fails`: it fails when it is aborted, and not before. `finishes`: it does its work when
   * it is aborted, and not before. `races`: it fails if it is aborted before it has ended. `deaf`: it ignores the abort.
   * `late`: once aborted, it takes some time until it continues, perhaps more than the grace period. `never`: likewise, but
   * at first it does not end at all in its process.
   */
  readonly limit: "none" | "fails" | "finishes" | "races" | "deaf" | "late" | "never";
  /** How many times it reports its progress. */
  readonly reports: number;
  /** What resume does when its outcome is unknown. */
  readonly policy: "ask" | "retry" | "probe" | "unsure";
  /** Whether it can be undone, and how many times that fails at first. */
  readonly undo: "none" | "plain" | "failing";
  /** How many times it gives way to others before and after its effect. */
  readonly pauses: readonly [before: number, after: number];
  /** It has a name, a time limit that it never reaches unless it has a short one, and says what it leaves to chance otherwise. */
  readonly isAdorned: boolean;
}

/** How the pauses between attempts grow. */
interface RetrySpec {
  /** By what. */
  readonly factor: number;
  /** The share that is left to chance. */
  readonly jitter: number;
  /** The longest, in milliseconds. */
  readonly maxDelayMs: number;
}

/** One call that has an effect. */
export interface StepSpec extends CallSpec {
  /** Tells it from the other parts. */
  readonly kind: "step";
  /** It fails where its effect is already. */
  readonly isOnce: boolean;
  /** Its value cannot be stored. */
  readonly isUnstorable: boolean;
}

/** A call that returns a plan. */
export interface SubPlanSpec extends CallSpec {
  /** Tells it from the other parts. */
  readonly kind: "subPlan";
  /** What it plans. */
  readonly parts: readonly PartSpec[];
  /** What it plans when its arguments are of the other half; nothing stands for the same. */
  readonly otherwise: readonly PartSpec[] | undefined;
}

/** Parts side by side, or one after another. */
export interface GroupSpec {
  /** Tells it from the other parts. */
  readonly kind: "parallel" | "sequence";
  /** How many may run at the same time. */
  readonly limit?: number | undefined;
  /** What is in it. */
  readonly parts: readonly PartSpec[];
}

/** A pause. */
export interface SleepSpec {
  /** Tells it from the other parts. */
  readonly kind: "sleep";
  /** How long, in milliseconds. One until a date may have its end before its beginning. */
  readonly ms: number;
  /** It is until a date. */
  readonly isDate: boolean;
}

/** A wait for a signal. */
export interface WaitSpec {
  /** Tells it from the other parts. */
  readonly kind: "wait";
  /** The number in the signal's name. */
  readonly signal: number;
}

/** What comes between a life and the next one. */
export type MoveSpec =
  /** The process dies: after so great a part of the life's records, at so great a part of what it did until the next. */
  | { readonly kind: "crash"; readonly record: number; readonly effect: number }
  /** The author cancels it after this number of turns. */
  | { readonly kind: "cancel"; readonly turns: number };

/** What happens in one case. */
export interface MachineSpec {
  /** The plan. */
  readonly parts: readonly PartSpec[];
  /** Steps that an operator may insert, in this order. */
  readonly inserts: readonly StepSpec[];
  /** What the steps of the author's own plan have in common. */
  readonly defaults: SharedOptions;
  /** What happens when a step fails for good. */
  readonly onFailure: "stop" | "rollback";
  /** What the operator does when it has failed permanently, or was cancelled. */
  readonly afterwards: "fix" | "rollback";
  /** What ends the lives of the processes that run it, one after another. The last one lives as long as it has to. */
  readonly moves: readonly MoveSpec[];
  /** Signals are sent as soon as possible, and not only when they are waited for. */
  readonly isEager: boolean;
  /** Appending takes time. */
  readonly isSlow: boolean;
  /** How many events a record can hold; events that belong together are then written one after the other. */
  readonly width: number | undefined;
  /** Chooses whose turn it is. */
  readonly seed: number;
}

const FRACTION = fc.integer({ min: 0, max: 1000 }).map((number) => number / 1000);

/** Time may pass while other steps run for long. */
const PAUSES = fc.oneof({ weight: 5, arbitrary: fc.nat(2) }, { weight: 1, arbitrary: fc.constant(20) });

const CALL = {
  refs: fc.array(fc.nat(9), { maxLength: 2 }),
  failures: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, {
    weight: 1,
    arbitrary: fc.integer({ min: 1, max: 2 }),
  }),
  retry: fc.option(
    fc.record({
      factor: fc.constantFrom(1, 2, 3),
      jitter: fc.constantFrom(0, 0.5, 1),
      maxDelayMs: fc.constantFrom(2, 10, 6_000),
    }),
    { nil: undefined, freq: 2 },
  ),
  isFinal: fc.constantFrom("no", "no", "no", "itself", "cause"),
  limit: fc.oneof(
    { weight: 4, arbitrary: fc.constant("none" as const) },
    { weight: 3, arbitrary: fc.constantFrom("fails", "finishes", "races", "deaf", "late", "never") },
  ),
  reports: fc.nat(2),
  policy: fc.constantFrom("ask", "retry", "probe", "unsure"),
  undo: fc.constantFrom("none", "plain", "plain", "failing"),
  pauses: fc.tuple(PAUSES, PAUSES),
  isAdorned: fc.boolean(),
} as const;

const STEP: fc.Arbitrary<StepSpec> = fc.record({
  kind: fc.constant("step"),
  ...CALL,
  isOnce: fc.boolean(),
  isUnstorable: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});
/** What is inserted has no options but a name. */
const INSERT: fc.Arbitrary<StepSpec> = STEP.map((step) => ({
  ...step,
  retry: undefined,
  limit: "none",
  policy: "ask",
  undo: "none",
  isUnstorable: false,
}));
const LEAF: fc.Arbitrary<PartSpec> = fc.oneof(
  { weight: 8, arbitrary: STEP },
  {
    weight: 1,
    arbitrary: fc.oneof(
      fc.record({
        kind: fc.constant("sleep"),
        ms: fc.constantFrom(0, 0, 0.5, 1, 5_500, 86_400_000),
        isDate: fc.constant(false),
      }),
      fc.record({ kind: fc.constant("sleep"), ms: fc.constantFrom(-5, 0, 5, 5_500), isDate: fc.constant(true) }),
    ),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("wait"), signal: fc.nat(1) }) },
);

function partsAt(depth: number, minLength: number): fc.Arbitrary<readonly PartSpec[]> {
  return fc.array(partAt(depth), { minLength, maxLength: 4 });
}

function partAt(depth: number): fc.Arbitrary<PartSpec> {
  if (depth === 0) return LEAF;
  const parts = partsAt(depth - 1, 0);
  return fc.oneof(
    { weight: 6, arbitrary: LEAF },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant("parallel"), limit: fc.constantFrom(undefined, 1, 2, 3), parts }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("sequence"), parts }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("subPlan"),
        ...CALL,
        parts,
        otherwise: fc.option(partsAt(depth - 1, 0), { nil: undefined }),
      }),
    },
  );
}

const MOVE: fc.Arbitrary<MoveSpec> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("crash"), record: FRACTION, effect: FRACTION }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("cancel"), turns: fc.nat(30) }) },
);

const DEFAULTS: fc.Arbitrary<SharedOptions> = fc.record({
  interrupted: fc.constantFrom("ask", "retry"),
  retry: fc.constantFrom({ maxAttempts: 2, delayMs: 1 }, { maxAttempts: 3, delayMs: 0 }),
  timeoutMs: fc.constantFrom(1, 600_000),
}, { requiredKeys: [] });

/** Draws plans and what happens to them. */
export const machineSpec: fc.Arbitrary<MachineSpec> = fc.record({
  parts: partsAt(3, 1),
  inserts: fc.array(INSERT, { maxLength: 3 }),
  defaults: fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: DEFAULTS }),
  onFailure: fc.constantFrom("stop", "stop", "rollback"),
  afterwards: fc.constantFrom("fix", "fix", "rollback"),
  moves: fc.array(MOVE, { maxLength: 5 }),
  isEager: fc.boolean(),
  isSlow: fc.boolean(),
  width: fc.constantFrom(undefined, undefined, 1, 2),
  seed: fc.nat(),
});
