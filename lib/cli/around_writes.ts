/**
 * Calls functions before and after each writing of this process to the console and to `Deno.stdout` and `Deno.stderr`. Of
 * what other processes write nobody can be told, nor of what goes through the streams of these two.
 *
 * @returns Ends that.
 */
export function aroundWrites(before: () => void, after: () => void): () => void {
  const places: readonly (readonly [target: object, names: readonly string[]])[] = [
    [console, Object.keys(console)],
    [Deno.stdout, ["write", "writeSync"]],
    [Deno.stderr, ["write", "writeSync"]],
  ];
  const ends = places.flatMap(([target, names]) => names.map((name) => wrapMethod(target, name, before, after)));
  return () => ends.forEach((end) => end());
}

function wrapMethod(target: object, name: string, before: () => void, after: () => void): () => void {
  const original: unknown = Reflect.get(target, name);
  if (typeof original !== "function") return () => {};
  const wrapped = (...args: readonly unknown[]): unknown => {
    before();
    try {
      return Reflect.apply(original, target, args);
    } finally {
      after();
    }
  };
  Reflect.set(target, name, wrapped);
  // A step may have put a function of its own in its place, which is not ours to take away.
  return () => void (Reflect.get(target, name) === wrapped && Reflect.set(target, name, original));
}
