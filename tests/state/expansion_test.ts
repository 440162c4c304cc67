import { assertEquals } from "@std/assert";
import type { Event } from "../../lib/journal/event.ts";
import { applyEvent } from "../../lib/state/apply_event.ts";
import { State } from "../../lib/state/state.ts";

const CODE = { module: 0, export: "note" };

Deno.test("applyEvent() forgets a plan that was returned in part when the process died, but not its numbers", () => {
  const state = new State({ keepsValues: false });
  const home = "file:///a.ts";
  const events: readonly Event[] = [
    { type: "opened", format: 1, id: "t", library: "0.1.0", home, modules: [{ url: home }], options: {} },
    { type: "planned", nodes: [{ id: "1", kind: "step", ...CODE, options: { interrupted: "retry" } }] },
    { type: "ready", nodes: 1 },
    { type: "started", step: "1", attempt: 1, run: 1 },
    { type: "expanded", step: "1", nodes: [{ id: "1.1", kind: "step", ...CODE }] },
    { type: "resumed", run: 2, library: "0.1.0" },
    { type: "started", step: "1", attempt: 2, run: 2 },
    { type: "expanded", step: "1", nodes: [{ id: "1.2", kind: "sleep", ms: 1 }] },
    { type: "finished", step: "1", attempt: 2, ms: 1, expands: 1 },
  ];
  for (const event of events) applyEvent(state, event, "2026-11-23T02:15:00.000Z");
  assertEquals(Array.from(state.byId.values(), ({ node }) => node.id), ["1", "1.2"]);
});
