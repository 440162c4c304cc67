import { assertEquals } from "@std/assert";
import {
  changedModules,
  EventHistory,
  type HistoryEntry,
  type TimedEvent,
} from "../../../lib/inspect/data/event_history.ts";
import { describeEvent, renderEvents } from "../../../lib/inspect/text/render_events.ts";
import { paintNothing } from "../../../lib/inspect/text/paint.ts";
import type { Event } from "../../../lib/journal/event.ts";
import { State } from "../../../lib/state/state.ts";
import { EVERY_EVENT } from "../../support/every_event.ts";

const state = new State({ keepsValues: false });
state.modules = [0, 1, 2].map((index) => ({ url: `file:///srv/${index}.ts` }));

/** An event in a record, of a step and modules with made-up names. */
function timed(event: Event, seq = 0, at = ""): TimedEvent {
  const step = "step" in event && event.step !== undefined ? `step-${event.step}` : "";
  return { seq, at, event, step, modules: event.type === "resumed" ? changedModules(state, event) : [] };
}

Deno.test("describeEvent() says something of every event and decision, on one line and escaped", () => {
  // deno-lint-ignore no-control-regex -- that is what is looked for
  const raw = /[\u0000-\u001f\u007f-\u009f\u202e]/;
  for (const event of EVERY_EVENT) {
    const text = describeEvent(timed(event));
    assertEquals([text === "", raw.test(text)], [false, false], event.type);
  }
});

const CHANGES = [
  { module: 0, sha256: "ab" },
  { module: 1, url: "file:///opt/a.ts" },
  { module: 2, url: "file:///opt/b\u001b.ts", sha256: "cd" },
];

Deno.test("describeEvent() tells who, why, how long, and what came of it", () => {
  const events: Event[] = [
    { type: "opened", format: 1, id: "1", library: "0.1.0", home: "file:///a.ts", modules: [], options: {}, pid: 4 },
    { type: "ready", nodes: 1 },
    { type: "started", step: "1", attempt: 2, run: 1 },
    { type: "finished", step: "1", attempt: 1, ms: 2, value: { id: 7 } },
    { type: "finished", step: "1", attempt: 1, ms: 2, expands: 1 },
    { type: "failed", step: "1", attempt: 1, ms: 2, error: { name: "E", message: "no" }, undo: true },
    { type: "signalled", signal: "go", by: "ana", value: 1 },
    { type: "decided", decision: "skip", step: "1", by: "ana", why: "by hand" },
    { type: "decided", decision: "rollback", to: "3" },
    { type: "waiting", step: "1", for: "time", until: "2026-11-23T02:15:00.000Z" },
    { type: "resumed", run: 2, library: "0.1.0", modules: CHANGES, recovered: { cutBytes: 3 } },
    { type: "cancelled", by: "ana", why: "not wanted" },
    { type: "undone" },
  ];
  assertEquals(events.map((event) => describeEvent(timed(event))), [
    "by process 4 with resumable-tx 0.1.0, for file:///a.ts",
    "the plan is complete",
    "step-1, attempt 2",
    "step-1 after 2 ms → { id: 7 }",
    "step-1 after 2 ms → a plan",
    "step-1, its undo, after 2 ms: E: no",
    '"go" arrived by ana → 1',
    "step-1 is skipped by ana: by hand",
    "undo what has happened, back to step 3",
    "step-1 until 2026-11-23 02:15:00.000 UTC",
    "run 2 by an unknown process with resumable-tx 0.1.0; 0.ts changed, 1.ts moved to file:///opt/a.ts, 2.ts moved to file:///opt/b\\u001b.ts and changed; 3 bytes that a crash had left were removed",
    "nothing further runs by ana: not wanted",
    "the rollback is complete",
  ]);
});

Deno.test("renderEvents() shows a table, and the day only where it changes", () => {
  const entries: HistoryEntry[] = [
    { kind: "event", event: timed({ type: "ready", nodes: 2 }, 3, "2026-11-23T02:15:00.123Z") },
    { kind: "gap", count: 1234 },
    {
      kind: "event",
      event: timed({ type: "started", step: "1.2", attempt: 1, run: 1 }, 9, "2026-11-23T02:15:00.124Z"),
    },
    { kind: "event", event: timed({ type: "ended" }, 10, "2026-11-24T02:15:00.123Z") },
  ];
  assertEquals(renderEvents(entries, paintNothing), [
    "    #  time (UTC)               event      step  what",
    "    3  2026-11-23 02:15:00.123  ready            the plan is complete",
    "  … 1,234 events …",
    "    9             02:15:00.124  started    1.2   step-1.2",
    "   10  2026-11-24 02:15:00.123  ended            all steps are done",
  ]);
});

/** A history of so many events, of which every 1000th is a failure. */
function history(count: number, all = false): EventHistory {
  const kept = new EventHistory({ all });
  const error = { name: "E", message: "" };
  for (let seq = 0; seq < count; seq += 1) {
    const event: TimedEvent["event"] = seq % 1000 === 999
      ? { type: "failed", step: "1", attempt: 1, ms: 1, error }
      : { type: "ready", nodes: 1 };
    kept.add(timed(event, seq));
  }
  return kept;
}

function summed(entries: readonly HistoryEntry[]): string {
  return entries.map((entry) => entry.kind === "gap" ? `[${entry.count}]` : entry.event.event.type.charAt(0)).join("");
}

Deno.test("EventHistory keeps the beginning, the end, and between them what matters", () => {
  assertEquals(summed(history(55).entries()), "r".repeat(55));
  const long = history(3500);
  assertEquals(summed(long.entries()), `${"r".repeat(15)}[984]f[999]f[999]f[460]${"r".repeat(40)}`);
  assertEquals([long.count, summed(history(3500, true).entries()).length], [3500, 3500]);
});

Deno.test("EventHistory keeps the same number of events however many there were", () => {
  const entries = history(500_000).entries();
  assertEquals(entries.filter(({ kind }) => kind === "event").length, 115);
  const told = entries.reduce((sum, entry) => sum + (entry.kind === "gap" ? entry.count : 1), 0);
  assertEquals(told, 500_000);
});
