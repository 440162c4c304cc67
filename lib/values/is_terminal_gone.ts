/** Tells whether an error of reading from or writing to a terminal says that somebody has closed it. */
export function isTerminalGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EIO";
}
