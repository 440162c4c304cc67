import { assertEquals } from "@std/assert";
import { DueClock, SYSTEM_CLOCK } from "../../../lib/run/session/clock.ts";
import { SeededRandom } from "../../support/seeded_random.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";
import type { StepState } from "../../../lib/state/step_state.ts";

const BEGIN = Date.parse("2026-11-23T02:15:00.000Z");
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

Deno.test("DueClock notices within 30 seconds that the machine was suspended past the end of a pause", async () => {
  for (const node of [STEP, { id: "1", kind: "sleep", ms: 50_000 }, { id: "1", kind: "sleep", until: FAR }] as const) {
    const virtual = new VirtualClock(BEGIN, new SeededRandom(1));
    const until = new Date(BEGIN + 50_000).toISOString();
    const step = waiting(node, until);
    const clock = new DueClock(virtual, false);
    assertEquals([clock.isDue(step), clock.msLeft(step)], [false, 50_000]);
    const waits = clock.waitFor([step], new AbortController().signal);
    virtual.suspend(3_50_000);
    assertEquals(virtual.msToNext, 30_000);
    virtual.pass(30_000);
    await waits;
    assertEquals(clock.isDue(step), true);
  }
});

Deno.test("DueClock makes no pause longer when the clock is set back", async () => {
  const virtual = new VirtualClock(BEGIN, new SeededRandom(1));
  const step = waiting({ id: "1", kind: "sleep", ms: 50_000 }, new Date(BEGIN + 50_000).toISOString());
  const clock = new DueClock(virtual, false);
  const waits = clock.waitFor([step], new AbortController().signal);
  virtual.suspend(-3_50_000);
  virtual.pass(30_000);
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  assertEquals([virtual.msToNext, clock.isDue(step)], [20_000, false]);
  virtual.pass(20_000);
  await waits;
  assertEquals(clock.isDue(step), true);
});

Deno.test("DueClock stops waiting at once when it is aborted", async () => {
  const virtual = new VirtualClock(BEGIN, new SeededRandom(1));
  const stop = new AbortController();
  const waits = new DueClock(virtual, false).waitFor([waiting(STEP, FAR)], stop.signal);
  stop.abort();
  await waits;
  assertEquals(virtual.msToNext, undefined);
});
