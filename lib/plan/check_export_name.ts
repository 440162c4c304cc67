/**
 * Names that no step function may have: an exported `then` takes the place of its module in `await import()`, the others
 * mean something else on ordinary objects.
 */
const RESERVED: ReadonlySet<string> = new Set(["then", "__proto__", "constructor", "prototype"]);

/** Whether an export of this name can be a step function. `default` can. */
export function isUsableExportName(name: string): boolean {
  return !RESERVED.has(name);
}

/**
 * Checks that an export of this name can be a step function.
 *
 * @throws {TypeError} The name is reserved.
 */
export function checkExportName(name: string): void {
  if (isUsableExportName(name)) return;
  throw new TypeError(
    `Cannot use the export ${JSON.stringify(name)} as a step: the name is reserved. Export it as another`,
  );
}
