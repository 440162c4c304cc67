/**
 * Says in words what was thrown. Anything can be: an object that cannot become text, an error whose message is a getter that
 * throws in turn. Never throws, and never says more than a few lines.
 *
 * @param thrown What was thrown.
 * @param maxLength How many UTF-16 units are enough.
 */
export function safeText(thrown: unknown, maxLength = 1000): string {
  let text: string;
  try {
    text = String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    text = "something that cannot be shown";
  }
  return text.length <= maxLength ? text : `${text.slice(0, maxLength - 1)}…`;
}
