/**
 * Writes a golden journal and, beside it, the events that it holds. A golden journal is made once, when its format or
 * something in it is new, and never changed: `deno run --allow-write tests/support/make_golden.ts NAME`.
 *
 * @module
 */
import { encodeRecord } from "../../lib/journal/encode_record.ts";
import type { Event } from "../../lib/journal/event.ts";
import { EVERY_EVENT } from "./every_event.ts";
import { lineOf, TEST_TIME } from "./test_record.ts";

const OPENED = {
  type: "opened",
  format: 1,
  id: "1",
  library: "0.1.0",
  home: "file:///a.ts",
  modules: [{ url: "file:///a.ts" }],
} as const;

const MINIMAL: readonly (readonly Event[])[] = [
  [
    {
      ...OPENED,
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
      ...OPENED,
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

/**
 * A process died between a step whose value has a bit of every type, and one that takes this value, parts of it and a
 * variable.
 */
const VALUES: readonly (readonly Event[])[] = [
  [
    {
      ...OPENED,
      options: { keep: true },
    },
    {
      type: "planned",
      nodes: [
        { kind: "step", id: "1", module: 0, export: "give" },
        {
          kind: "step",
          id: "2",
          module: 0,
          export: "take",
          args: [
            { step: "1" },
            { step: "1", path: ["records", "0", "year"] },
            { step: "1", path: ["errors", "1", "cause", "code"] },
            { step: "1", path: ["others", "2", "href"] },
            "GOLDEN_VARIABLE",
          ],
          argsMeta: {
            values: {
              "0": [["custom", "ref"]],
              "1": [["custom", "ref"]],
              "2": [["custom", "ref"]],
              "3": [["custom", "ref"]],
              "4": [["custom", "env"]],
            },
            v: 1,
          },
        },
      ],
    },
    { type: "ready", nodes: 2, value: { step: "2" }, valueMeta: { values: [["custom", "ref"]], v: 1 } },
    { type: "started", step: "1", attempt: 1, run: 1 },
  ],
  [{
    type: "finished",
    step: "1",
    attempt: 1,
    ms: 0,
    value: {
      records: [{ year: "2026" }, [["constructor", "1"], ["a\n", null]], [["prototype", [["\u202e", "-0"]]]]],
      errors: [
        { type: "Error", stack: "", message: "usual", cause: 1 },
        { type: "RangeError", message: "shown", cause: { code: "5" }, enumerable: ["message", "cause"] },
        { type: "TypeError", name: "Hidden", enumerable: [] },
        { type: "URIError", name: "Shown" },
        { type: "AggregateError", errors: ["1970-01-01T00:00:00.000Z"], message: "many" },
        { type: "SuppressedError", message: "both", error: { type: "Error" }, suppressed: "Infinity" },
      ],
      others: ["/a+/gi", [[["NaN"], "AQID"]], "https://a.example/b?c#d", "\ud83d"],
    },
    valueMeta: {
      values: {
        "records.0": [["custom", "record"]],
        "records.1": [["custom", "record"], { "0.1": ["bigint"], "1.1": ["undefined"] }],
        "records.2": [["custom", "object"], { "0.1": [["custom", "object"], { "0.1": ["number"] }] }],
        "errors.0": [["custom", "error"]],
        "errors.1": [["custom", "error"], { "cause.code": ["bigint"] }],
        "errors.2": [["custom", "error"]],
        "errors.3": [["custom", "error"]],
        "errors.4": [["custom", "error"], { "errors.0": ["Date"] }],
        "errors.5": [["custom", "error"], { error: [["custom", "error"]], suppressed: ["number"] }],
        "others.0": ["regexp"],
        "others.1": ["map", { "0.0": ["set", { "0": ["number"] }], "0.1": [["custom", "bytes"]] }],
        "others.2": ["URL"],
      },
      v: 1,
    },
  }],
];

/** A transaction that was stopped while it waited, got its signal and a second one that was refused, and was cancelled. */
const REQUESTS: readonly (readonly Event[])[] = [
  [
    {
      ...OPENED,
      options: {},
    },
    {
      type: "planned",
      nodes: [
        { kind: "wait", id: "1", signal: "go" },
        { kind: "sleep", id: "2", ms: 1000 },
        { kind: "step", id: "3", module: 0, export: "a" },
      ],
    },
    { type: "ready", nodes: 3 },
    { type: "waiting", step: "1", for: "signal", signal: "go" },
  ],
  [{ type: "signalled", signal: "go", value: "made", by: "ana", id: "0198a4c2-7c1d-4e7f-9a34-5d2f1c0b9e01" }],
  [
    { type: "resumed", run: 2, library: "0.1.0" },
    { type: "finished", step: "1", attempt: 1, ms: 0, value: "made" },
    { type: "waiting", step: "2", for: "time", until: TEST_TIME },
  ],
  [{ type: "stopped", by: "ana", why: "the machine restarts", id: "0198a4c2-7c1d-4e7f-9a34-5d2f1c0b9e02" }],
  [{ type: "cancelled", by: "ben", why: "no longer wanted", id: "0198a4c2-7c1d-4e7f-9a34-5d2f1c0b9e03" }],
  [
    ...(["signal", "cancel", "stop"] as const).map((request, index) => ({
      ...{ type: "refused", id: `0198a4c2-7c1d-4e7f-9a34-5d2f1c0b9e1${index}`, request, by: "ana" } as const,
      ...(request === "signal" ? { signal: "go" } : {}),
      reason: "the transaction is cancelled",
    })),
  ],
];

/** A process died after a step had worked in the database that held this journal, and before another one had. */
const DATABASE: readonly (readonly Event[])[] = [
  [
    {
      ...OPENED,
      options: {},
    },
    {
      type: "planned",
      nodes: [
        {
          ...{ kind: "step", id: "1", module: 0, export: "a" },
          options: { database: true, undo: { module: 0, export: "b" } },
        },
        { kind: "step", id: "2", module: 0, export: "take", options: { database: true } },
      ],
    },
    { type: "ready", nodes: 2 },
  ],
  [
    { type: "started", step: "1", attempt: 1, run: 1 },
    {
      type: "expanded",
      step: "1",
      nodes: [{ kind: "step", id: "1.1", module: 0, export: "a", options: { database: true } }],
    },
    { type: "finished", step: "1", attempt: 1, ms: 0, expands: 1 },
  ],
  [
    { type: "started", step: "1.1", attempt: 1, run: 1 },
    { type: "finished", step: "1.1", attempt: 1, ms: 0, value: "made" },
  ],
];

/** A transaction that was only recorded, for another process to run later, and was run before that time by a person. */
const QUEUED: readonly (readonly Event[])[] = [
  [
    {
      ...OPENED,
      options: { keep: true },
      name: "invoice 4711",
      queue: "invoices",
      priority: -5,
      dueAt: TEST_TIME,
    },
    { type: "planned", nodes: [{ kind: "step", id: "1", module: 0, export: "a" }] },
    { type: "ready", nodes: 1 },
  ],
  [
    { type: "resumed", run: 2, library: "0.1.0" },
    { type: "started", step: "1", attempt: 1, run: 2 },
  ],
];

/** A process died in a step; the file that then had the transaction was lost, and a database runs it again. */
const RECLAIMED: readonly (readonly Event[])[] = [
  ...MINIMAL.slice(0, 1),
  [{ type: "reclaimed", file: "/srv/a.json", by: "ana", why: "the disk broke" }],
  [{ type: "reclaimed" }],
];

/** A worker has tried again what had failed, and a person has run a part of the rest. */
const RETRIED: readonly (readonly Event[])[] = [
  [
    {
      ...OPENED,
      options: { keep: true, retryFailed: 2 },
    },
    { type: "planned", nodes: [{ kind: "step", id: "1", module: 0, export: "take" }] },
    { type: "ready", nodes: 1 },
    { type: "started", step: "1", attempt: 1, run: 1 },
  ],
  [
    { type: "failed", step: "1", attempt: 1, ms: 1, error: { name: "Error", message: "no" } },
    { type: "aborted", step: "1" },
  ],
  [{ type: "resumed", run: 2, library: "0.1.0", retry: 1 }, { type: "started", step: "1", attempt: 2, run: 2 }],
  [
    { type: "failed", step: "1", attempt: 2, ms: 1, error: { name: "Error", message: "no" } },
    { type: "aborted", step: "1" },
  ],
  [{ type: "resumed", run: 3, library: "0.1.0", part: true }],
];

const GOLDEN: Readonly<Record<string, readonly (readonly Event[])[]>> = {
  format_1_database: DATABASE,
  format_1_minimal: MINIMAL,
  format_1_queued: QUEUED,
  format_1_reclaimed: RECLAIMED,
  format_1_requests: REQUESTS,
  format_1_retried: RETRIED,
  format_1_rollback: ROLLBACK,
  format_1_values: VALUES,
};

function encodeJournal(records: readonly (readonly Event[])[]): string {
  let text = "";
  let sum = "";
  for (const [seq, events] of records.entries()) {
    const encoded = encodeRecord({ seq, at: TEST_TIME, events }, sum);
    text += lineOf(encoded);
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
