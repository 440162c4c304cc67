/**
 * A database was asked to commit, and its answer was lost: `once` cannot know whether the work has happened. A retry of the
 * step finds out.
 *
 * @example
 * ```ts
 * import { CommitUnknown } from "@x/resumable-tx/postgres";
 *
 * export function mayRetry(error: unknown): boolean {
 *   return error instanceof CommitUnknown;
 * }
 * console.log(mayRetry(new CommitUnknown(new Error("Connection terminated unexpectedly")))); // true
 * ```
 */
export class CommitUnknown extends Error {
  /** The name of the class. */
  override readonly name = "CommitUnknown";

  /** Thrown by `once`. */
  constructor(cause: unknown) {
    super(
      "Whether once() has committed is unknown: the answer of the server was lost. If it has, a retry of the step " +
        "returns the stored value and repeats nothing",
      { cause },
    );
  }
}
