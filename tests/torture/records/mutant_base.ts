import { encodeRecord } from "../../../lib/journal/encode_record.ts";
import type { Event } from "../../../lib/journal/event.ts";
import { STEPS_URL } from "../../support/programs/sample_transaction.ts";
import { lineOf, TEST_TIME } from "../../support/test_record.ts";

const REF = { args: [{ step: "1", path: ["id"] }, "plain"], argsMeta: { values: { "0": [["custom", "ref"]] }, v: 1 } };
const MAP = {
  value: { id: [["since", TEST_TIME]] },
  valueMeta: { values: { id: ["map", { "0.1": ["Date"] }] }, v: 1 },
};
const ERROR = { name: "RangeError", message: "no \u0007 route", stack: "at send", cause: { name: "E", message: "m" } };
const REASON = { by: "ana", why: "seen in the log" };

/** What happened in the journal that is changed: something of everything that this version writes. */
const RECORDS: readonly (readonly Event[])[] = [
  [
    {
      type: "opened",
      format: 1,
      id: "8a1f5c1e-6f0d-4c55-9d57-6a3f1f2e4b70",
      library: "0.1.0",
      home: STEPS_URL,
      modules: [{ url: STEPS_URL, sha256: "9f".repeat(32) }],
      options: { keep: true },
      pid: 4711,
      host: "build-7",
    },
    {
      type: "planned",
      nodes: [
        { id: "1", name: "user", kind: "step", module: 0, export: "makeUser", args: ["ana"] },
        { id: "2", kind: "step", module: 0, export: "note", ...REF, options: { interrupted: "retry" } },
        {
          id: "3",
          kind: "step",
          module: 0,
          export: "note",
          options: { interrupted: { module: 0, export: "wasNoted" } },
        },
        { id: "4", kind: "step", module: 0, export: "join", args: [["a", { b: -1.5 }], null, true] },
      ],
    },
    { type: "ready", nodes: 4, value: { step: "1" }, valueMeta: { values: [["custom", "ref"]], v: 1 } },
  ],
  [{ type: "started", step: "1", attempt: 1, run: 1 }],
  [{ type: "finished", step: "1", attempt: 1, ms: 0.5, ...MAP }, { type: "started", step: "2", attempt: 1, run: 1 }],
  [{ type: "failed", step: "2", attempt: 1, ms: 12.25, error: ERROR }, { type: "aborted", step: "2" }],
  [
    { type: "resumed", run: 2, library: "0.1.0", pid: 4712, recovered: { cutBytes: 512, savedAs: "j.json.torn-1" } },
    { type: "started", step: "2", attempt: 2, run: 2 },
  ],
  [{ type: "resumed", run: 3, library: "0.1.0" }, { type: "waiting", step: "2", for: "decision" }],
  [
    { type: "resumed", run: 4, library: "0.1.0", modules: [{ module: 0, sha256: "8e".repeat(32) }] },
    { type: "decided", decision: "done", step: "2", given: true, value: "n", ...REASON },
    { type: "decided", decision: "skip", step: "3", ...REASON },
    { type: "started", step: "4", attempt: 1, run: 4 },
  ],
  [{ type: "finished", step: "4", attempt: 1, ms: 3, dropped: { reason: "too long", bytes: 17_000_000 } }, {
    type: "ended",
  }],
];

/** The bytes of that journal, at rest. */
export function makeMutantBase(): Uint8Array<ArrayBuffer> {
  let text = "";
  let previous = "";
  for (const [seq, events] of RECORDS.entries()) {
    const encoded = encodeRecord({ seq, at: TEST_TIME, events }, previous);
    text += lineOf(encoded);
    previous = encoded.sum;
  }
  return new TextEncoder().encode(`${text}]`);
}
