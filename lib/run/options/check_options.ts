/**
 * Checks what the type checker cannot see in plain JavaScript: a misspelt option would be ignored silently.
 *
 * @param what What the options belong to, with its article.
 * @throws {TypeError} The options are no object, or one is unknown.
 */
export function checkOptions(what: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== "object" || options === null) throw new TypeError(`The options of ${what} are an object`);
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) throw unknownKey("option", key, what, known);
  }
}

/** Checks an option that cancels a transaction. */
export function checkSignal(what: string, signal: unknown): void {
  if (signal === undefined || signal instanceof AbortSignal) return;
  throw new TypeError(`The option "signal" of ${what} is an AbortSignal`);
}

/** Says that a name is not known, and which are. */
export function unknownKey(kind: string, key: string, what: string, known: readonly string[]): TypeError {
  return new TypeError(`Unknown ${kind} ${JSON.stringify(key)} of ${what}: use ${known.join(", ")}`);
}
