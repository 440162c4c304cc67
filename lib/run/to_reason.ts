import type { Reason } from "../journal/decided.ts";

const MAX_BY = 200;
const MAX_WHY = 10_000;

/**
 * Who decides, and why, as it is stored.
 *
 * @param refuse Makes the error for what is too long.
 */
export function toReason(
  { by, why }: { readonly by?: string | undefined; readonly why?: string | undefined },
  refuse: (why: string) => Error,
): Reason {
  if ((by?.length ?? 0) > MAX_BY) throw refuse(`who decides is told in ${MAX_BY} characters or fewer`);
  if ((why?.length ?? 0) > MAX_WHY) throw refuse(`why is told in ${MAX_WHY} characters or fewer`);
  return { ...(by === undefined ? {} : { by }), ...(why === undefined ? {} : { why }) };
}
