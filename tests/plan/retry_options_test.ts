import { assertThrows } from "@std/assert";
import { PlanBuilder } from "../../lib/plan/plan_builder.ts";

const CASES: readonly (readonly [options: string, error: typeof TypeError | typeof RangeError, message: string])[] = [
  ['{"retry":3}', TypeError, ' option "retry" of a step '],
  ['{"retry":{"attempts":3}}', TypeError, ' option "attempts" of "retry": '],
  ['{"retry":{"maxAttempts":0}}', RangeError, '"maxAttempts" of "retry" is a number from 1 '],
  ['{"retry":{"maxAttempts":1.5}}', RangeError, '"maxAttempts" of "retry" is a whole number, not 1.5'],
  ['{"retry":{"delayMs":-1}}', RangeError, '"delayMs" of "retry" is a number from 0'],
  ['{"retry":{"delayMs":"1s"}}', RangeError, "not 1s"],
  ['{"retry":{"factor":0.5}}', RangeError, '"factor"'],
  ['{"retry":{"jitter":2}}', RangeError, '"jitter" of "retry" is a number from 0 to 1, not 2'],
  ['{"retry":{"nonRetryable":"TypeError"}}', TypeError, '"nonRetryable" of "retry" '],
  ['{"timeoutMs":0}', RangeError, '"timeoutMs" is a number of milliseconds above 0, not 0'],
  ['{"timeoutMs":"5s"}', RangeError, "not 5s"],
];

for (const [options, error, message] of CASES) {
  Deno.test(`with() refuses ${options}`, () => {
    const t = new PlanBuilder().planner({});
    assertThrows(() => t.do(Math.max, 1).with(JSON.parse(options)), error, message);
    assertThrows(() => t.with(JSON.parse(options)), error, message);
  });
}
