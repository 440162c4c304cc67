import { checkKeys } from "./node_options.ts";

/**
 * When a failed attempt of a step is retried. The defaults are those of `retry` in `@std/async`.
 *
 * @example
 * ```ts
 * import type { RetryOptions } from "@x/resumable-tx";
 *
 * const options: RetryOptions = { maxAttempts: 10, delayMs: 500, maxDelayMs: 30_000, nonRetryable: ["TypeError"] };
 * console.log(options);
 * ```
 */
export interface RetryOptions {
  /**
   * Maximum number of failed attempts in one run, the first included. A resume after that counts from the beginning.
   * Interrupted attempts do not count.
   *
   * @default {5}
   */
  readonly maxAttempts?: number;
  /**
   * Pause before the second attempt, in milliseconds.
   *
   * @default {1000}
   */
  readonly delayMs?: number;
  /**
   * Factor by which the pause grows from attempt to attempt; at least 1.
   *
   * @default {2}
   */
  readonly factor?: number;
  /**
   * The longest pause, in milliseconds.
   *
   * @default {60_000}
   */
  readonly maxDelayMs?: number;
  /**
   * Share of the pause that is random, 0 to 1, so that steps that failed together are not retried together.
   *
   * @default {1}
   */
  readonly jitter?: number;
  /**
   * Names of errors that no further attempt can fix, such as `"TypeError"`. The error and the first 1000 errors of its
   * `cause` chain are checked, although the journal keeps four.
   *
   * @default {[]}
   */
  readonly nonRetryable?: readonly string[];
}

export const RETRY_DEFAULTS: Required<RetryOptions> = {
  maxAttempts: 5,
  delayMs: 1000,
  factor: 2,
  maxDelayMs: 60_000,
  jitter: 1,
  nonRetryable: [],
};

/** The longest sleep, pause between attempts and time limit, in milliseconds: 31 years. */
export const MAX_PAUSE_MS = 1e12;
/** By how much a pause between attempts can grow. */
export const MAX_FACTOR = 1e6;

const RANGES: Readonly<Record<Exclude<keyof RetryOptions, "nonRetryable">, readonly [min: number, max: number]>> = {
  maxAttempts: [1, 10_000_000],
  delayMs: [0, MAX_PAUSE_MS],
  factor: [1, MAX_FACTOR],
  maxDelayMs: [0, MAX_PAUSE_MS],
  jitter: [0, 1],
};

export function checkRetryOptions(retry: RetryOptions): void {
  if (typeof retry !== "object" || retry === null) throw new TypeError('The option "retry" of a step is an object');
  checkKeys('"retry"', retry, [...Object.keys(RANGES), "nonRetryable"]);
  for (const [key, [min, max]] of Object.entries(RANGES)) {
    const value: unknown = Reflect.get(retry, key);
    if (value === undefined) continue;
    if (typeof value !== "number" || !(value >= min && value <= max)) {
      throw new RangeError(`The option "${key}" of "retry" is a number from ${min} to ${max}, not ${String(value)}`);
    }
  }
  if (retry.maxAttempts !== undefined && !Number.isInteger(retry.maxAttempts)) {
    throw new RangeError(`The option "maxAttempts" of "retry" is a whole number, not ${retry.maxAttempts}`);
  }
  const names: unknown = retry.nonRetryable ?? [];
  if (!Array.isArray(names) || names.some((name) => typeof name !== "string" || name === "" || name.length > 200)) {
    throw new TypeError('The option "nonRetryable" of "retry" is a list of names of errors');
  }
}

/**
 * Computes the pause before the next attempt, in milliseconds; nothing if there is none. It grows by a factor up to a
 * limit, and a share of it is random. After "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015). `failures`
 * is at least 1, `names` are those of what was thrown and of its causes, `random` is from 0 to 1.
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
  // The power may be infinite, and 0 times infinity is no number.
  const pause = delayMs === 0 ? 0 : Math.min(delayMs * factor ** (failures - 1), maxDelayMs);
  return Math.round(pause * (1 - jitter * random));
}
