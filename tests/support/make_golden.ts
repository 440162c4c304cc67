/**
 * Writes a golden journal and, beside it, the events that it holds. A golden journal is made once, when its format or
 * something in it is new, and never changed: `deno run --allow-write tests/support/make_golden.ts NAME`.
 *
 * @module
 */
import { encodeRecord } from "../../lib/journal/encode_record.ts";
import type { Event } from "../../lib/journal/event.ts";
import { EVERY_EVENT } from "./every_event.ts";
import { TEST_TIME } from "./test_record.ts";

const MINIMAL: readonly (readonly Event[])[] = [
  [
    {
      type: "opened",
      format: 1,
      id: "1",
      library: "0.1.0",
      home: "file:///a.ts",
      modules: [{ url: "file:///a.ts" }],
      options: {},
    },
    { type: "planned", nodes: [{ kind: "step", id: "1", module: 0, export: "a" }] },
    { type: "ready", nodes: 1 },
    { type: "started", step: "1", attempt: 1, run: 1 },
  ],
  [{ type: "finished", step: "1", attempt: 1, ms: 0 }, { type: "ended" }],
];

/** A process died when one of two steps side by side had failed for good: what has happened is to be undone. */
const ROLLBACK: readonly (readonly Event[])[] = [
  [
    {
      type: "opened",
      format: 1,
      id: "1",
      library: "0.1.0",
      home: "file:///a.ts",
      modules: [{ url: "file:///a.ts" }],
      options: { onFailure: "rollback" },
    },
    {
      type: "planned",
      nodes: [
        { kind: "parallel", id: "1" },
        ...["1.1", "1.2"].map((id) => (
          { kind: "step", id, module: 0, export: "a", options: { undo: { module: 0, export: "b" } } } as const
        )),
      ],
    },
    { type: "ready", nodes: 3 },
    { type: "started", step: "1.1", attempt: 1, run: 1 },
    { type: "started", step: "1.2", attempt: 1, run: 1 },
  ],
  [{
    ...{ type: "failed", step: "1.1", attempt: 1, ms: 1, error: { name: "Error", message: "no" } },
    ...{ rollback: true },
  }],
];

const GOLDEN: Readonly<Record<string, readonly (readonly Event[])[]>> = {
  format_1_minimal: MINIMAL,
  format_1_rollback: ROLLBACK,
};

function encodeJournal(records: readonly (readonly Event[])[]): string {
  let text = "";
  let sum = "";
  for (const [seq, events] of records.entries()) {
    const encoded = encodeRecord({ seq, at: TEST_TIME, events }, sum);
    text += encoded.line;
    sum = encoded.sum;
  }
  return `${text}]`;
}

if (import.meta.main) {
  const name = Deno.args[0] ?? "";
  const records = GOLDEN[name] ?? EVERY_EVENT.map((event) => [event]);
  const folder = new URL("../journal/golden/", import.meta.url);
  Deno.writeTextFileSync(new URL(`${name}.json`, folder), encodeJournal(records), { createNew: true });
  const expected = `${JSON.stringify(records, null, 2)}\n`;
  Deno.writeTextFileSync(new URL(`${name}.events.json`, folder), expected, { createNew: true });
}
