import { assertEquals } from "@std/assert";
import { retryDelay } from "../../lib/plan/retry_options.ts";

const ERROR = ["Error"];

Deno.test("retryDelay() grows from failure to failure up to its limit", () => {
  const retry = { maxAttempts: 10, delayMs: 100, factor: 3, maxDelayMs: 1000, jitter: 0 };
  assertEquals([1, 2, 3, 4, 9].map((failures) => retryDelay(retry, failures, ERROR, 0.5)), [100, 300, 900, 1000, 1000]);
});

Deno.test("retryDelay() leaves a share of the pause to chance", () => {
  const retry = { delayMs: 1000, jitter: 0.5 };
  assertEquals([0, 0.5, 1].map((random) => retryDelay(retry, 1, ERROR, random)), [1000, 750, 500]);
});

Deno.test("retryDelay() gives up after the last attempt", () => {
  assertEquals([1, 2, 3].map((failures) => retryDelay({ maxAttempts: 3, delayMs: 0 }, failures, ERROR, 0)), [
    0,
    0,
    undefined,
  ]);
});

Deno.test("retryDelay() gives up on errors that no attempt mends, along the causes", () => {
  const retry = { nonRetryable: ["TypeError"] };
  assertEquals(retryDelay(retry, 1, ["TypeError"], 0), undefined);
  assertEquals(retryDelay(retry, 1, ["Error", "TypeError"], 0), undefined);
  assertEquals(retryDelay(retry, 1, ["Error", "Error"], 0), 1000);
});

Deno.test("retryDelay() has the defaults of @std/async", () => {
  assertEquals([1, 2, 3, 4].map((failures) => retryDelay({}, failures, ERROR, 0)), [1000, 2000, 4000, 8000]);
  assertEquals([retryDelay({}, 5, ERROR, 0), retryDelay({}, 1, ERROR, 1)], [undefined, 0]);
});

Deno.test("retryDelay() gives a pause within its limit for every option that is allowed", () => {
  const [delays, factors, failures] = [[0, 1, 1e12], [1, 1.5, 1e6], [1, 2, 53, 100, 9_999_999]];
  for (const delayMs of delays) {
    for (const factor of factors) {
      for (const maxDelayMs of [0, 1, 1e12]) {
        for (const failed of failures) {
          for (const random of [0, 0.5, 1]) {
            const retry = { maxAttempts: 10_000_000, delayMs, factor, maxDelayMs };
            const pause = retryDelay(retry, failed, ERROR, random) ?? -1;
            assertEquals([pause >= 0, pause <= maxDelayMs, Number.isInteger(pause)], [true, true, true], `${pause}`);
            if (delayMs === 0) assertEquals(pause, 0);
          }
        }
      }
    }
  }
});
