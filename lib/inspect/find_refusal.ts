import type { FileLook } from "../storage/look_at_file.ts";

/** What a run goes by that looks at its file. */
export interface RefusalOptions {
  /** It is run whoever has written it. */
  readonly isTrusted: boolean;
  /** It is removed when all steps are done. */
  readonly isRemoved: boolean;
}

/**
 * Says why a run would refuse a journal for what its file is. What nobody may find out here, because a look needs fewer
 * permissions than a run, counts for nothing.
 */
export function findRefusal(
  { refusal, distrust, staying }: FileLook,
  { isTrusted, isRemoved }: RefusalOptions,
): string | undefined {
  if (refusal !== undefined) return refusal;
  if (distrust?.isKnown === true && !isTrusted) {
    return `${distrust.reason}. Look at it with inspect; --trust runs it all the same`;
  }
  return isRemoved ? staying : undefined;
}
