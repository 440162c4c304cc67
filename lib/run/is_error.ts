/** Whether something that was thrown is an error. A proxy may throw when it is asked what it is. */
export function isError(thrown: unknown): thrown is Error {
  try {
    return thrown instanceof Error;
  } catch {
    return false;
  }
}

/** Reads a member of an error, which may be a getter that throws. */
export function readMember(error: Error, key: string): unknown {
  try {
    return Reflect.get(error, key);
  } catch {
    return undefined;
  }
}

/** The name of what was thrown: an error's name, or the kind of value that it is. */
export function nameOfThrown(thrown: unknown): string {
  if (!isError(thrown)) return thrown === null ? "null" : typeof thrown;
  const name = readMember(thrown, "name");
  return typeof name === "string" ? name : "Error";
}
