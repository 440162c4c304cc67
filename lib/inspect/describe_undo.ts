import type { StepState } from "../state/step_state.ts";
import { formatTime } from "./format_time.ts";

/**
 * Says that a step would be undone, and when.
 *
 * @param isHurried A pause between two attempts is not waited for.
 */
export function describeUndo({ isUndoing, undoAttempts = 0, dueAt }: StepState, isHurried: boolean): string {
  if (isUndoing !== true) return "will be undone";
  const again = `will be undone, as attempt ${undoAttempts + 1} to do so`;
  return dueAt === undefined || isHurried ? again : `${again}, not before ${formatTime(dueAt)} UTC`;
}
