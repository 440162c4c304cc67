import { processSlot } from "./process_slot.ts";

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
export function ignoreFailedWrites(): () => void {
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

/**
 * Puts a function around each writing of this process to the console and to `Deno.stdout` and `Deno.stderr`. What other
 * processes write it does not see, nor what goes through the streams of these two.
 *
 * @param around Gets what writes, and its first argument, and returns what the caller gets.
 * @returns Takes it away.
 */
export function wrapWrites(around: (write: () => unknown, written: unknown) => unknown): () => void {
  const places: readonly (readonly [target: object, names: readonly string[]])[] = [
    [console, Object.keys(console)],
    [Deno.stdout, ["write", "writeSync"]],
    [Deno.stderr, ["write", "writeSync"]],
  ];
  const ends = places.flatMap(([target, names]) => names.map((name) => wrapMethod(target, name, around)));
  return () => ends.forEach((end) => end());
}

function wrapMethod(target: object, name: string, around: Parameters<typeof wrapWrites>[0]): () => void {
  const original: unknown = Reflect.get(target, name);
  if (typeof original !== "function") return () => {};
  const wrapped = (...args: readonly unknown[]): unknown =>
    around(() => Reflect.apply(original, target, args), args[0]);
  Reflect.set(target, name, wrapped);
  // A step may have put a function of its own in its place, which is not ours to take away.
  return () => void (Reflect.get(target, name) === wrapped && Reflect.set(target, name, original));
}

/** Tells whether an error of reading from or writing to a terminal says that somebody has closed it. */
export function isTerminalGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EIO";
}
