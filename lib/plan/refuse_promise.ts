/**
 * Refuses what a callback returned that should have planned, and was async.
 *
 * @throws {TypeError} The value is a promise.
 */
export function refusePromise(value: unknown): void {
  if (typeof value !== "object" || value === null || !("then" in value) || typeof value.then !== "function") return;
  // What goes wrong in it later follows from this, and nobody waits for it.
  Promise.resolve(value).catch(() => {});
  throw new TypeError("Cannot plan in an async function: plan first, then let the steps do what takes time");
}
