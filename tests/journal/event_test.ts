import { assertEquals, assertThrows } from "@std/assert";
import { checkEvents, type Event, parseEvent } from "../../lib/journal/event.ts";
import { EVERY_EVENT } from "../support/every_event.ts";

const STARTED = { type: "started", step: "1", attempt: 1, run: 1 };

/** The fault of an event that is not new, or of one that is. */
function faultOf(value: unknown): readonly [place: string, isNew: boolean] | undefined {
  const parsed = parseEvent(value);
  return "event" in parsed ? undefined : [`${parsed.fault.path} ${parsed.fault.reason}`, parsed.fault.isNew];
}

Deno.test("parseEvent() accepts each event with all and with few of its members", () => {
  for (const event of EVERY_EVENT) assertEquals(parseEvent(event), { event });
});

Deno.test("parseEvent() refuses each event without one of the members that it must have", () => {
  const must: Readonly<Record<string, readonly string[]>> = {
    opened: ["format", "id", "library", "home", "modules", "options"],
    planned: ["nodes"],
    ready: ["nodes"],
    started: ["step", "attempt", "run"],
    finished: ["step", "attempt", "ms"],
    failed: ["step", "attempt", "ms", "error"],
    retrying: ["step", "attempt", "until"],
    expanded: ["step", "nodes"],
    waiting: ["step", "for"],
    signalled: ["signal"],
    decided: ["decision"],
    resumed: ["run", "library"],
    aborted: ["step"],
    cancelled: [],
    stopped: [],
    refused: ["id", "request", "reason"],
    undoing: ["step", "attempt", "run"],
    undone: [],
    ended: [],
  };
  for (const event of EVERY_EVENT) {
    for (const key of Object.keys(event)) {
      const rest = Object.fromEntries(Object.entries(event).filter(([other]) => other !== key));
      const isNeeded = key === "type" || must[event.type]?.includes(key) === true ||
        (event.type === "decided" && ["step", "args", "nodes"].includes(key));
      const expected: readonly [string, boolean] | undefined = isNeeded ? [` has no "${key}"`, false] : undefined;
      assertEquals(faultOf(rest), expected, `${event.type} without ${key}`);
    }
  }
});

Deno.test("parseEvent() refuses each event with a member of another kind", () => {
  for (const event of EVERY_EVENT) {
    for (const key of Object.keys(event)) {
      if (["value", "valueMeta", "args", "argsMeta"].includes(key)) continue;
      const fault = faultOf({ ...event, [key]: () => 0 });
      assertEquals(fault?.[1], false, `${event.type} with another ${key}`);
    }
  }
});

Deno.test("parseEvent() tells what is out of range", () => {
  assertEquals(faultOf({ ...STARTED, attempt: 0 }), [".attempt is not a whole number from 1 to 10000000", false]);
  assertEquals(faultOf({ ...STARTED, attempt: 1.5 }), [".attempt is not a whole number from 1 to 10000000", false]);
  assertEquals(faultOf({ ...STARTED, run: Infinity }), [".run is not a whole number from 1 to 10000000", false]);
  for (const step of ["", "0", "01", "1.", "1.0", "1..2", "a", "1\n", "9".repeat(9)]) {
    assertEquals(faultOf({ ...STARTED, step })?.[1], false, step);
  }
  assertEquals(faultOf({ type: "undone", ms: NaN }), [".ms is not a number from 0 to 1000000000000000", false]);
  assertEquals(faultOf({ type: "undone", ms: -1 }), [".ms is not a number from 0 to 1000000000000000", false]);
  assertEquals(faultOf({ type: "cancelled", by: "x".repeat(201) }), [".by is longer than 200", false]);
  const late = { type: "retrying", step: "1", attempt: 2, until: "tomorrow" };
  assertEquals(faultOf(late)?.[0].startsWith(".until is not of the form"), true);
  const undone = { type: "failed", step: "1", attempt: 1, ms: 1, error: { name: "E", message: "" }, undo: false };
  assertEquals(faultOf(undone), [".undo is not true", false]);
});

Deno.test("parseEvent() names the place of a fault in a list and in a cause", () => {
  const nodes = [{ kind: "sleep", id: "1" }, { kind: "step", id: "2", module: -1, export: "a" }];
  assertEquals(faultOf({ type: "planned", nodes })?.[0], ".nodes[1].module is not a whole number from 0 to 10000000");
  assertEquals(faultOf({ type: "planned", nodes: {} }), [".nodes is not a list", false]);
  const error = { name: "E", message: "", cause: { name: "E", message: 7 } };
  assertEquals(faultOf({ type: "aborted", step: "1", error }), [".error.cause.message is not a text", false]);
});

Deno.test("parseEvent() refuses causes without end", () => {
  let error: unknown = { name: "E", message: "" };
  for (let depth = 0; depth < 50; depth += 1) error = { name: "E", message: "", cause: error };
  assertEquals(faultOf({ type: "aborted", step: "1", error })?.[0].endsWith('has the unknown key "cause"'), true);
});

Deno.test("parseEvent() takes unknown types, words and keys for those of a newer version", () => {
  assertEquals(faultOf({ type: "paused" }), [' has the unknown type "paused"', true]);
  assertEquals(faultOf({ ...STARTED, priority: 1 }), [' has the unknown key "priority"', true]);
  assertEquals(faultOf({ type: "waiting", step: "1", for: "weather" }), ['.for has the unknown word "weather"', true]);
  assertEquals(faultOf({ type: "decided", decision: "guess" }), [' has the unknown decision "guess"', true]);
  const nodes = [{ kind: "loop", id: "1" }];
  assertEquals(faultOf({ type: "planned", nodes }), ['.nodes[0] has the unknown kind "loop"', true]);
  const options = { interrupted: "guess" };
  const step = { kind: "step", id: "1", module: 0, export: "a", options };
  assertEquals(faultOf({ type: "planned", nodes: [step] })?.[1], true);
});

Deno.test("parseEvent() calls an event wrong that is both wrong and new", () => {
  assertEquals(faultOf({ ...STARTED, priority: 1, step: 7 }), [".step is not a text", false]);
  assertEquals(faultOf({ type: "started", priority: 1 }), [' has no "step"', false]);
});

Deno.test("parseEvent() refuses what is no object", () => {
  for (const value of [null, 7, "ended", ["ended"], undefined]) {
    assertEquals(faultOf(value), [" is not an object", false]);
  }
});

Deno.test("checkEvents() refuses what a reader would refuse", () => {
  checkEvents(EVERY_EVENT);
  assertThrows(() => checkEvents([]), TypeError, "Cannot write a record without events");
  const late: Event = { type: "finished", step: "1", attempt: 1, ms: NaN };
  assertThrows(
    () => checkEvents([{ type: "ended" }, late]),
    TypeError,
    'Cannot write an event of type "finished": event.ms is not a number from 0 to 1000000000000000',
  );
});
