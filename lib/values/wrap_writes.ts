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
