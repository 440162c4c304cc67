import type { SeededRandom } from "../../support/seeded_random.ts";
import type { KillSpec } from "./kill_spec.ts";

/** When a process is to die. */
export type KillPlan =
  /** By its own hand, at a call that it makes; so the moment can be repeated. */
  | { readonly kind: "inside"; readonly hook: string }
  /** By another's hand, some time after it has reached a call. Chance and the system decide where it is then. */
  | { readonly kind: "marked"; readonly hook: string; readonly delayMs: number }
  /** By another's hand, some time after it was started. */
  | { readonly kind: "timed"; readonly delayMs: number }
  /** Not at all. */
  | { readonly kind: "never" };

const MODES = ["before", "after", "torn"] as const;
/** Making a journal takes about this number of calls, and so does its end. */
const CALLS_AROUND = 10;
const CALLS_PER_STEP = 3;
/** A process that is younger has done nothing yet. */
const LEAST_AGE_MS = 30;

/** Draws when to kill a process that has a number of steps to run. */
export function drawKill(spec: KillSpec, stepsLeft: number, chance: SeededRandom): KillPlan {
  const lastCall = CALLS_AROUND + CALLS_PER_STEP * stepsLeft + (isLarge(spec) ? CALLS_AROUND : 0);
  const call = 1 + chance.below(lastCall);
  switch (chance.below(8)) {
    case 0:
      return { kind: "timed", delayMs: LEAST_AGE_MS + chance.below(60) };
    case 1:
    case 2:
      return { kind: "marked", hook: `mark ${call} 0`, delayMs: chance.below(4) };
    default:
      return { kind: "inside", hook: `${MODES[chance.below(MODES.length)] ?? "before"} ${call} ${chance.below(100)}` };
  }
}

function isLarge(spec: KillSpec): boolean {
  return spec.steps.some(({ padding }) => padding > 100_000);
}
