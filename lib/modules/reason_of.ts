/** Puts what was thrown into a message of our own: its first line, without the full stop that Deno may end it with. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split("\n")[0] ?? "").replace(/\.$/, "");
}
