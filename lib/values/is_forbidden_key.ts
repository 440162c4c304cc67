/**
 * Tells whether a key is one that code which copies or merges objects may follow to a prototype, and so change objects
 * that it never meant to touch. Such keys are neither stored nor read.
 */
export function isForbiddenKey(key: string): boolean {
  return key === "__proto__" || key === "constructor" || key === "prototype";
}
