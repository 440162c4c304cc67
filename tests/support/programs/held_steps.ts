/** Step functions for tests that say themselves when a step comes to its end, and need to know when it has begun. */

interface Held {
  readonly begun: PromiseWithResolvers<void>;
  readonly end: PromiseWithResolvers<string>;
}

const held = new Map<string, Held>();

/** Ends when the test says so, and ignores its signal. */
export function hold(name: string): Promise<string> {
  const { begun, end } = find(name);
  begun.resolve();
  return end.promise;
}

/** Waits until a step has begun that holds, and says then how it shall end. */
export async function holding(name: string): Promise<Held["end"]> {
  const { begun, end } = find(name);
  await begun.promise;
  held.delete(name);
  return end;
}

function find(name: string): Held {
  const known = held.get(name);
  if (known !== undefined) return known;
  const made = { begun: Promise.withResolvers<void>(), end: Promise.withResolvers<string>() };
  held.set(name, made);
  return made;
}
