/** Shows all of the error at once, and returns its first line for the table. */
export function describeFailure(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  console.error(message);
  return message.split("\n")[0] ?? "";
}
