import { nameSteps } from "./describe_progress.ts";

/** Says what no rollback can take back, as the end of a sentence. */
export function describeRewound(ids: readonly string[]): string {
  const effects = ids.length === 1 ? "its effect then stays" : "their effects then stay";
  return `${nameSteps(ids).toLowerCase()} happened before the rewind, and ${effects}`;
}

/** Says the same in a line of its own, if there is something to say. */
export function rewoundLines(ids: readonly string[]): readonly string[] {
  if (ids.length === 0) return [];
  const text = describeRewound(ids);
  return [text.charAt(0).toUpperCase() + text.slice(1)];
}
