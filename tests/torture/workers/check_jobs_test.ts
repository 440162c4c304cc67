import { assertEquals, assertMatch } from "@std/assert";
import type { Event } from "../../../lib/journal/event.ts";
import { MemoryStore } from "../../support/memory_store.ts";
import { planOf } from "../../cli/written_journal.ts";
import { checkJob } from "./check_jobs.ts";

const RUN: readonly Event[] = [
  { type: "started", step: "1", attempt: 1, run: 1 },
  { type: "failed", step: "1", attempt: 1, ms: 1, error: { name: "Error", message: "busy" } },
  { type: "started", step: "1", attempt: 2, run: 1 },
  { type: "finished", step: "1", attempt: 2, ms: 1 },
];

async function check(effects: readonly number[], events: readonly Event[] = [...RUN, { type: "ended" }]) {
  const store = new MemoryStore();
  const open = await store.create("/j.json", planOf("file:///srv/steps.ts", [{ export: "make" }]).flat());
  for (const event of events) await open.append([event]);
  await open.close();
  return await checkJob(store, { journal: "/j.json", name: "j" }, new Map([["j 1", effects]]));
}

Deno.test("the checker of killed workers accepts an effect of each attempt that was started, and no other", async () => {
  assertEquals(await check([2]), []);
  assertEquals(await check([1, 2]), []);
  assertMatch((await check([1])).join(), /effect is lost/);
  assertMatch((await check([])).join(), /effect is lost/);
  assertMatch((await check([2, 2])).join(), /called twice/);
  assertMatch((await check([2, 3])).join(), /repeated/);
  assertMatch((await check([2], RUN)).join(), /has not finished/);
  assertMatch((await check([1], RUN.slice(0, 2))).join(), /never finished/);
});
