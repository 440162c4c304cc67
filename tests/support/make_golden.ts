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
  const records = name.endsWith("minimal") ? MINIMAL : EVERY_EVENT.map((event) => [event]);
  const folder = new URL("../journal/golden/", import.meta.url);
  Deno.writeTextFileSync(new URL(`${name}.json`, folder), encodeJournal(records), { createNew: true });
  const expected = `${JSON.stringify(records, null, 2)}\n`;
  Deno.writeTextFileSync(new URL(`${name}.events.json`, folder), expected, { createNew: true });
}
