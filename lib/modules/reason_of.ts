import { safeText } from "../values/safe_text.ts";

/** Puts what was thrown into a message of our own: its first line, without the full stop that Deno may end it with. */
export function reasonOf(error: unknown): string {
  return (safeText(error).split("\n")[0] ?? "").replace(/\.$/, "");
}
