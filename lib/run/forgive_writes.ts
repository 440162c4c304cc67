import { isTerminalGone } from "../values/is_terminal_gone.ts";
import { processSlot } from "../values/process_slot.ts";
import { wrapWrites } from "../values/wrap_writes.ts";

/** What was found out before the first run. */
interface Found {
  /** What this process writes is seen on a terminal. */
  readonly isTerminal: boolean;
}

/**
 * Lets what this process writes to a terminal that somebody has closed be lost, as long as a run is open. Deno throws then,
 * and a step that has just done its work would fail because it says so, and run again.
 *
 * @returns Ends that.
 */
export function forgiveWrites(): () => void {
  if (!beganOnTerminal()) return () => {};
  return wrapWrites((write, written) => {
    const lose = (error: unknown): unknown => {
      if (!isTerminalGone(error)) throw error;
      // Whoever writes bytes writes again what is not taken.
      return written instanceof Uint8Array ? written.length : undefined;
    };
    try {
      const result = write();
      return result instanceof Promise ? result.catch(lose) : result;
    } catch (error) {
      return lose(error);
    }
  });
}

/** Asked once: a terminal that is gone is none any more, and another run of the same process may begin behind that. */
function beganOnTerminal(): boolean {
  return processSlot("terminal", isFound, () => ({
    isTerminal: Deno.stdout.isTerminal() || Deno.stderr.isTerminal(),
  })).isTerminal;
}

function isFound(value: unknown): value is Found {
  return typeof value === "object" && value !== null && "isTerminal" in value && typeof value.isTerminal === "boolean";
}
