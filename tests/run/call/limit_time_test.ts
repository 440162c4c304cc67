import { assertEquals } from "@std/assert";
import { type CallEnd, limitTime } from "../../../lib/run/call/step_host.ts";
import { SYSTEM_CLOCK as clock } from "../../../lib/run/session/clock.ts";
import { MemoryStore } from "../../support/memory_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { takeEffects, untilStopped } from "../../support/programs/sample_steps.ts";
import { eventsOf, runSample } from "../../support/programs/sample_transaction.ts";

// The first timer that a process clears is seen as cleared only later (Deno 2.9.6).
clearTimeout(setTimeout(() => {}, 0));

const END: CallEnd = { kind: "finished", ms: 1, value: "v" };

Deno.test("limitTime() hands over an end that comes in time, and leaves no timer behind", async () => {
  assertEquals(await limitTime(() => Promise.resolve(END), { timeoutMs: 3_600_000, clock }), END);
  assertEquals(await limitTime(() => Promise.resolve(END), { timeoutMs: undefined, clock }), END);
});

Deno.test("limitTime() tells a call to stop, and counts what it does then", async () => {
  const end = await limitTime((timeout) =>
    new Promise((resolve) => {
      timeout?.addEventListener("abort", () => resolve({ ...END, value: timeout.reason.name }));
    }), { timeoutMs: 1, graceMs: 3_600_000, clock });
  assertEquals(end, { ...END, value: "TimeoutError" });
});

Deno.test("limitTime() leaves a call that does not stop, and hands over its late end", async () => {
  const { promise, resolve } = Promise.withResolvers<CallEnd>();
  const overdue = await limitTime(() => promise, { timeoutMs: 1, graceMs: 1, clock });
  assertEquals(overdue.kind, "overdue");
  resolve(END);
  assertEquals(overdue.kind === "overdue" ? await overdue.late : undefined, END);
});

Deno.test("SYSTEM_CLOCK.delay() ends early when it is told to, and at once when it was before", async () => {
  const abort = new AbortController();
  const wait = clock.delay(3_600_000, abort.signal);
  abort.abort();
  await wait;
  await clock.delay(2 ** 40, abort.signal);
});

for (const how of ["return", "throw"] as const) {
  permittedTest(`a step that is told to stop and then ${how}s has done what it did`, ["read"], async () => {
    const store = new MemoryStore();
    await runSample(store, "j", (t) => void t.do(untilStopped, how).with({ timeoutMs: 1 }), { keep: true }).catch(
      () => {},
    );
    const types = (await eventsOf(store, "j")).map((event) => event.type).slice(4);
    assertEquals(types, how === "return" ? ["finished", "ended"] : ["failed", "aborted"]);
    assertEquals(takeEffects(), how === "return" ? ["stopped"] : []);
  });
}
