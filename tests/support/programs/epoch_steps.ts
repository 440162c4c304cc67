/**
 * Steps that tell which owner of their journal calls them.
 *
 * @module
 */
import type { Home } from "../../../lib/plan/function_place.ts";
import { context } from "../../../lib/process/step_context.ts";

export const EPOCHS: Home = import.meta;

/** How often `epochLater` fails before it succeeds. */
export const failures = { left: 0 };

export function epochNow(): number {
  return context().epoch;
}

export function epochLater(): number {
  failures.left -= 1;
  if (failures.left >= 0) throw new RangeError("not now");
  return context().epoch;
}
