import { RETRY_DEFAULTS, type RetryOptions } from "../plan/retry_options.ts";

/**
 * Says how long to wait before the next attempt: a pause that grows by a factor up to a limit, of which a share is left
 * to chance. After "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015).
 *
 * @param retry The step's options.
 * @param failures How many attempts have failed since counting began, at least 1.
 * @param names The names of what was thrown and of its causes.
 * @param random A number from 0 to 1.
 * @returns Milliseconds, or nothing if there is to be no further attempt.
 */
export function retryDelay(
  retry: RetryOptions,
  failures: number,
  names: Iterable<string>,
  random: number,
): number | undefined {
  const { maxAttempts, delayMs, factor, maxDelayMs, jitter, nonRetryable } = { ...RETRY_DEFAULTS, ...retry };
  if (failures >= maxAttempts) return undefined;
  if (nonRetryable.length > 0) {
    for (const name of names) if (nonRetryable.includes(name)) return undefined;
  }
  const pause = Math.min(delayMs * factor ** (failures - 1), maxDelayMs);
  return Math.round(pause * (1 - jitter * random));
}
