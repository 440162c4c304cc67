import { assert, assertEquals } from "@std/assert";
import { decodeLine } from "../../lib/journal/decode_line.ts";
import { chainSum, encodeRecord } from "../../lib/journal/encode_record.ts";
import type { Event } from "../../lib/journal/event.ts";
import { readCommonRecord } from "../../lib/journal/read_common_record.ts";
import type { PlanNode } from "../../lib/plan/node.ts";
import { SeededRandom } from "../support/seeded_random.ts";
import { lineOf } from "../support/test_record.ts";

const AT = "2026-11-23T02:15:00.123Z";
const encoder = new TextEncoder();
/** Bytes that mean something in a line, and some that do not belong there. */
const MARKS = [...'[]{},:".-+eE0123456789 \\ufn', "\u0007", "\u007f", "ä"];

function common(covered: string, seq = 7): unknown {
  return readCommonRecord(covered, covered.length, seq);
}

/** A line of any text, whose checksum is right, as the decoder reads it. */
function decode(covered: string, seq: number): unknown {
  const decoded = decodeLine(encoder.encode(`${covered},"sum":"${chainSum("", encoder.encode(covered))}"}`), seq, "");
  return "reason" in decoded ? decoded : { ...decoded, sum: "" };
}

/** The same with white space in it, which is read in the usual way. */
function decodeAsJson(covered: string, seq: number): unknown {
  return decode(covered.replace("{", "{ "), seq);
}

function randomNodes(random: SeededRandom): readonly PlanNode[] {
  return Array.from({ length: random.below(4) }, (_, at) => ({
    id: `${at + 1}`,
    ...(random.below(3) === 0
      ? { name: ["mail", "", "ä", "a name of more than a few letters"][random.below(4)] ?? "" }
      : {}),
    kind: "step",
    module: random.below(12),
    export: ["send", "default", "a.b", "createTheAccount"][random.below(4)] ?? "",
    ...(random.below(2) === 0 ? { args: [[], [1, null, "ana@example.org"], [{}], [-0.5]][random.below(4)] ?? [] } : {}),
    ...(random.below(9) === 0 ? { options: { timeoutMs: 5 } } : {}),
  }));
}

function randomEvent(random: SeededRandom): Event {
  if (random.below(5) === 0) return { type: "planned", nodes: randomNodes(random) };
  const step = Array.from({ length: 1 + random.below(3) }, () => 1 + random.below(10 ** (1 + random.below(8)))).join(
    ".",
  );
  const attempt = 1 + random.below(random.below(2) === 0 ? 2 : 10_000_001);
  if (random.below(2) === 0) return { type: "started", step, attempt, run: 1 + random.below(3) };
  const ms = random.below(10 ** random.below(9)) / 1000 ** random.below(3);
  const values = [undefined, null, true, -3, 0, 1.5, 1e300, 2 ** 60, "", "a b", "ä", 'say "x"', "\\", "x".repeat(300), [
    1,
  ]];
  const value = values[random.below(values.length)];
  return { type: "finished", step, attempt, ms, ...(value === undefined ? {} : { value }) };
}

Deno.test("readCommonRecord() reads steps that started and finished, with simple values too", () => {
  const events = [
    { type: "finished", step: "12.3", attempt: 2, ms: 0.042 },
    { type: "finished", step: "4", attempt: 1, ms: 17, value: "sent to ana@example.org" },
    { type: "started", step: "5", attempt: 1, run: 3 },
  ] as const;
  assertEquals(common(`,{"seq":7,"at":"${AT}","events":${JSON.stringify(events)}`), { seq: 7, at: AT, events });
});

Deno.test("readCommonRecord() reads plain steps that are planned, with names and simple arguments", () => {
  const nodes = [
    { id: "1", kind: "step", module: 0, export: "send" },
    { id: "2", name: "the second one of all", kind: "step", module: 1, export: "createTheAccount", args: [] },
    { id: "2.1", kind: "step", module: 0, export: "send", args: ["ana@example.org", 7, true, null] },
  ] as const;
  const events = [{ type: "planned", nodes }, { type: "started", step: "1", attempt: 1, run: 1 }] as const;
  assertEquals(common(`,{"seq":7,"at":"${AT}","events":${JSON.stringify(events)}`), { seq: 7, at: AT, events });
});

Deno.test("readCommonRecord() takes the date of the record before where it is the same", () => {
  const line = `,{"seq":7,"at":"${AT}","events":[{"type":"started","step":"1","attempt":1,"run":1}]`;
  for (const previousAt of [AT, AT.replace("123Z", "124Z"), undefined]) {
    assertEquals(readCommonRecord(line, line.length, 7, previousAt)?.at, AT);
  }
});

Deno.test("readCommonRecord() leaves all else to others", () => {
  const started = '{"type":"started","step":"1","attempt":1,"run":1}';
  const others = [
    `,{"seq":8,"at":"${AT}","events":[${started}]`,
    `[{"seq":7,"at":"${AT}","events":[${started}]`,
    `,{"seq":7,"at":"${AT}","events":[]`,
    `,{"seq":7,"at":"${AT}","events":[${started},]`,
    `,{"seq":7,"at":"${AT}","events":[${started}`,
    `,{"seq":7,"at":"${AT}","events":[${started}],"more":1`,
    `,{"seq":7,"at":"${AT}","events":[${started},{"type":"ended"}]`,
    `,{"seq":7,"at":"${AT}","events":[{"type":"finished","step":"1","attempt":1,"ms":1,"value":"a\\nb"}]`,
    `,{"seq":7,"at":"${AT}","events":[{"type":"planned","nodes":[]}]`,
    `,{"seq":7,"at":"${AT}","events":[{"type":"planned","nodes":[{"id":"1","kind":"sleep","ms":1}]}]`,
    `,{"seq":7,"at":"${AT}","events":[{"type":"planned","nodes":[{"id":"1","kind":"step","module":0,"export":"a"}]]`,
    `,{"seq":7,"at":"${AT}","events":[{"type":"finished","step":"1","attempt":1,"ms":1,"expands":1}]`,
  ];
  for (const line of others) assertEquals(common(line), undefined, line);
});

Deno.test("decodeLine() refuses a list of common events that is not closed", () => {
  for (
    const event of [
      '{"type":"started","step":"1","attempt":1,"run":1}',
      '{"type":"finished","step":"1","attempt":1,"ms":1,"value":"a"}',
      '{"type":"planned","nodes":[{"id":"1","kind":"step","module":0,"export":"a"}]}',
    ]
  ) {
    const read = decode(`,{"seq":7,"at":"${AT}","events":[${event}`, 7);
    assertEquals(read, { reason: "is not JSON in UTF-8", isIntact: true });
  }
});

Deno.test("decodeLine() reads what it takes straight from the text as it reads it as JSON, whatever was changed", () => {
  const seed = Date.now() % 1e9;
  const random = new SeededRandom(seed);
  let changed = 0;
  for (let round = 0; round < 5000; round += 1) {
    const seq = 1 + random.below(20);
    const events = Array.from({ length: 1 + random.below(3) }, () => randomEvent(random));
    const line = lineOf(encodeRecord({ seq, at: AT, events }, ""));
    let covered = line.slice(0, line.lastIndexOf(',"sum":"'));
    assertEquals(decode(covered, seq), decodeAsJson(covered, seq), `seed ${seed}: ${covered}`);
    const place = 1 + random.below(covered.length - 1);
    const mark = MARKS[random.below(MARKS.length)] ?? "";
    covered = covered.slice(0, place) + mark + covered.slice(place + random.below(2));
    const read = decode(covered, seq);
    // White space before the first key moves no fault, but it may stand in a text that was cut in two.
    assertEquals(read, decodeAsJson(covered, seq), `seed ${seed}: ${covered}`);
    if (JSON.stringify(read).includes('"record"')) changed += 1;
  }
  assert(changed > 100, `seed ${seed}: only ${changed} of the changed lines were records`);
});
