import type { FileLook } from "../storage/look_at_file.ts";

/**
 * Says why a run would refuse a journal for what its file is. What nobody may find out here, because a look needs fewer
 * permissions than a run, counts for nothing.
 */
export function findRefusal({ refusal, distrust }: FileLook, isTrusted: boolean): string | undefined {
  if (refusal !== undefined) return refusal;
  if (distrust?.isKnown !== true || isTrusted) return undefined;
  return `${distrust.reason}. Look at it with inspect; --trust runs it all the same`;
}
