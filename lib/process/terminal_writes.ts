import { processFact } from "./process_slot.ts";

/**
 * While a run is open, ignores failed writes of this process to a terminal that was closed. Deno would throw: a step that
 * has just done its work would fail because it reports that, and run again.
 *
 * @returns A function that ends this.
 */
export function ignoreFailedWrites(): () => void {
  // A closed terminal is no longer a terminal, and another run of this process may begin after that.
  if (!processFact("terminal", () => Deno.stdout.isTerminal() || Deno.stderr.isTerminal())) return () => {};
  return wrapWrites((write, written) => {
    const ignore = (error: unknown): unknown => {
      if (!isTerminalGone(error)) throw error;
      // A caller writes again the bytes that were not accepted.
      return written instanceof Uint8Array ? written.length : undefined;
    };
    try {
      const result = write();
      return result instanceof Promise ? result.catch(ignore) : result;
    } catch (error) {
      return ignore(error);
    }
  });
}

/**
 * Wraps every write of this process to the console, `Deno.stdout` and `Deno.stderr` in a function. Does not cover the
 * writes of other processes, nor the streams of `Deno.stdout` and `Deno.stderr`.
 *
 * @param around Gets the write and its first argument, and returns what the caller gets.
 * @returns A function that ends this.
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
  // A step may have replaced it with a function of its own, which must stay.
  return () => void (Reflect.get(target, name) === wrapped && Reflect.set(target, name, original));
}

/** Tells whether reading from or writing to a terminal failed because the terminal was closed. */
export function isTerminalGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EIO";
}
