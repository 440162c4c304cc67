/** Step functions that return and take values of all kinds, for tests that compare a first run with a resume. */

/** What `give` returns, by name. Tests add to it. */
export const given = new Map<string, () => unknown>();
/** What `take` was called with, in order. */
export const taken: unknown[] = [];

let isReady = true;

/** Makes the step `pass` fail until it is called with `true`. */
export function setReady(ready: boolean): void {
  isReady = ready;
}

export function give(name: string): unknown {
  return given.get(name)?.();
}

export function pass(): void {
  if (!isReady) throw new Error("not ready");
}

export function take(...values: readonly unknown[]): number {
  taken.push(...values);
  return values.length;
}
