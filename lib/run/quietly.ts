/** Does work that must not touch the run, whatever comes of it: nothing at all, if it throws. */
export function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
