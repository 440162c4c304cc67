import { assertEquals } from "@std/assert";
import { DueClock } from "../../../lib/run/loop/due_clock.ts";
import { SYSTEM_CLOCK } from "../../../lib/run/session/clock.ts";
import type { StepState } from "../../../lib/state/step_state.ts";

const FAR = "9999-01-01T00:00:00.000Z";

function waiting(node: StepState["node"], dueAt?: string): StepState {
  return { node, status: "waiting", attempts: 1, marks: { dueAt } };
}

const STEP = { id: "1", kind: "step", module: 0, export: "a", args: [] } as const;

Deno.test("DueClock waits for the end of a pause, unless it is told to hurry", () => {
  const step = waiting(STEP, FAR);
  const clock = new DueClock(SYSTEM_CLOCK, false);
  assertEquals([clock.isDue(step), clock.isDue(waiting(STEP, "2000-01-01T00:00:00.000Z"))], [false, true]);
  assertEquals(clock.isDue(waiting(STEP)), true);
  const skipRetryDelay = new DueClock(SYSTEM_CLOCK, true);
  assertEquals(skipRetryDelay.isDue(step), true);
  skipRetryDelay.endHurry();
  assertEquals(skipRetryDelay.isDue(step), false);
});

Deno.test("DueClock hurries no sleep", () => {
  assertEquals(new DueClock(SYSTEM_CLOCK, true).isDue(waiting({ id: "1", kind: "sleep", until: FAR }, FAR)), false);
});
