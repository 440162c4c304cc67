import { isError, nameOfThrown, readMember } from "./is_error.ts";

/** So many causes are followed: a chain may be a circle, or made as it is read. */
const MAX_CAUSES = 1000;

/** The names of what was thrown and of its causes, whole and down to where a journal holds none. Never throws. */
export function* errorNames(thrown: unknown): Generator<string, void> {
  let error = thrown;
  for (let depth = 0; depth <= MAX_CAUSES; depth += 1) {
    yield nameOfThrown(error);
    error = isError(error) ? readMember(error, "cause") : undefined;
    if (error === undefined) return;
  }
}
