import { isTerminalGone } from "../values/is_terminal_gone.ts";
import { wrapWrites } from "../values/wrap_writes.ts";

/**
 * Lets what this process writes to a terminal that somebody has closed be lost, as long as a run is open. Deno throws then,
 * and a step that has just done its work would fail because it says so, and run again.
 *
 * @returns Ends that.
 */
export function forgiveWrites(): () => void {
  if (!Deno.stdout.isTerminal() && !Deno.stderr.isTerminal()) return () => {};
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
