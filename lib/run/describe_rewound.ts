import { nameSteps } from "./describe_progress.ts";

/** Says what no rollback can take back, as the end of a sentence. */
export function describeRewound(ids: readonly string[]): string {
  const effects = ids.length === 1 ? "its effect then stays" : "their effects then stay";
  return `${nameSteps(ids).toLowerCase()} happened before the rewind, and ${effects}`;
}
