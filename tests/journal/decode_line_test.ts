import { assertEquals, assertStringIncludes } from "@std/assert";
import { decodeLine } from "../../lib/journal/decode_line.ts";
import { chainSum, encodeRecord } from "../../lib/journal/encode_record.ts";

const AT = "2026-11-23T02:15:00.123Z";
const encoder = new TextEncoder();
const ENDED = { type: "ended" } as const;

/** A line of any text whose checksum is right. */
function lineOf(covered: string, previousSum = ""): Uint8Array {
  return encoder.encode(`${covered},"sum":"${chainSum(previousSum, encoder.encode(covered))}"}`);
}

/** Why a line with a right checksum is refused. */
function refusal(covered: string, seq = 0): string {
  const decoded = decodeLine(lineOf(covered), seq, "");
  if (!("reason" in decoded)) throw new Error(`Accepted ${covered}`);
  assertEquals(decoded.isIntact, true);
  return decoded.reason;
}

/** What is unknown in a line with one event. */
function unknownIn(event: string): string | undefined {
  const decoded = decodeLine(lineOf(`[{"seq":0,"at":"${AT}","events":[${event},{"type":"ended"}]`), 0, "");
  if ("reason" in decoded) throw new Error(decoded.reason);
  assertEquals(decoded.record.events, [ENDED]);
  return decoded.record.unknown;
}

Deno.test("decodeLine() reads what encodeRecord() has written", () => {
  const record = { seq: 7, at: AT, events: [ENDED, { type: "signalled", signal: "ä\u202e", value: -0.5 }] } as const;
  const { bytes, sum } = encodeRecord(record, "before");
  assertEquals(decodeLine(bytes.subarray(0, -2), 7, "before"), { record, sum });
});

Deno.test("decodeLine() refuses a wrong marker, a missing checksum, another predecessor and changed bytes", () => {
  const bytes = encodeRecord({ seq: 1, at: AT, events: [ENDED] }, "before").bytes.subarray(0, -2);
  const fault = (reason: string) => ({ reason, isIntact: false });
  assertEquals(decodeLine(bytes, 0, "before"), fault('does not begin with "["'));
  assertEquals(decodeLine(bytes.subarray(0, -1), 1, "before"), fault("has no checksum at its end"));
  assertEquals(decodeLine(bytes.subarray(0, 20), 1, "before"), fault("has no checksum at its end"));
  assertEquals(decodeLine(new Uint8Array(), 1, "before"), fault('does not begin with ","'));
  assertEquals(decodeLine(bytes, 1, "other"), fault("has a checksum that does not fit its text"));
  const changed = encoder.encode(new TextDecoder().decode(bytes).replace("ended", "endet"));
  assertEquals(decodeLine(changed, 1, "before"), fault("has a checksum that does not fit its text"));
});

Deno.test("decodeLine() refuses records of another form, however right their checksum", () => {
  const events = `"events":[{"type":"ended"}]`;
  assertEquals(refusal(`[{"seq":3,"at":"${AT}",${events}`), "has seq 3 instead of 0");
  assertEquals(refusal(`[{"seq":1e999,"at":"${AT}",${events}`), "has seq null instead of 0");
  assertEquals(refusal(`[{"seq":0,"seq":"0","at":"${AT}",${events}`), 'has seq "0" instead of 0');
  assertEquals(refusal(`[{"seq":0,"at":"today",${events}`), 'has no date in "at"');
  assertEquals(refusal(`[{"seq":0,${events}`), 'has no date in "at"');
  assertEquals(refusal(`[{"seq":0,"at":"${AT}","events":[]`), "has no events");
  assertEquals(refusal(`[{"seq":0,"at":"${AT}","events":{}`), "has no events");
  assertEquals(refusal(`[{"seq":0,"at":"${AT}","events":[7]`), "has an event 0 that is not an object");
  assertEquals(
    refusal(`[{"seq":0,"at":"${AT}","events":[{"type":"undone","step":1}]`),
    "has an event 0.step that is not a text",
  );
  assertEquals(refusal(`[{{"seq":0`), "is not JSON in UTF-8");
  assertEquals(refusal(`[\ufeff{"seq":0,"at":"${AT}",${events}`), "is not JSON in UTF-8");
  assertEquals(refusal(`[${"[".repeat(5000)}`), "is not JSON in UTF-8");
});

Deno.test("decodeLine() refuses escaped keys that V8 takes for others, and reads those that it does not", () => {
  const value = (text: string) => `[{"seq":0,"at":"${AT}","events":[{"type":"undone","step":${text}}]`;
  const mistaken = "has an escaped key that is read as another";
  assertEquals(refusal(value('{"a":{"x":1,"\\\\":[]},"b":{"x":1,"\\n":7}}')), mistaken);
  assertEquals(refusal(value('{"x":1,"\\n":7,"\\n":8}')), mistaken);
  const sound = [
    '{ "b" : { "x" : 1.0 , "\\n" : 7 , "\\u202e\\"" : "\\":" } }',
    `{"\\n":${"[".repeat(1e5)}${"]".repeat(1e5)}}`,
  ];
  for (const text of sound) assertEquals(refusal(value(text)), "has an event 0.step that is not a text");
});

Deno.test("decodeLine() refuses bytes that are no UTF-8", () => {
  const covered = new Uint8Array([...encoder.encode(`[{"seq":0,"at":"${AT}","events":[{"type":"`), 0xff]);
  const suffix = encoder.encode(`,"sum":"${chainSum("", covered)}"}`);
  assertEquals(decodeLine(new Uint8Array([...covered, ...suffix]), 0, ""), {
    reason: "is not JSON in UTF-8",
    isIntact: true,
  });
});

Deno.test("decodeLine() leaves out what a newer version wrote, and names it", () => {
  assertEquals(unknownIn('{"type":"teleported"}'), 'event 0, which has the unknown type "teleported",');
  assertEquals(unknownIn('{"type":"ended","mood":1}'), 'event 0, which has the unknown key "mood",');
  assertEquals(unknownIn('{"type":"opened","format":2,"what":"ever"}'), "format 2");
});

Deno.test("decodeLine() names a newer format before all else that is new", () => {
  const covered = `[{"seq":0,"at":"${AT}","events":[{"type":"opened","format":3},{"type":"ended"}],"extra":1`;
  const decoded = decodeLine(lineOf(covered), 0, "");
  assertEquals("record" in decoded ? decoded.record.unknown : decoded, "format 3");
});

Deno.test("decodeLine() touches no prototype", () => {
  const covered = `[{"seq":0,"at":"${AT}","events":[{"type":"ended","__proto__":{"polluted":1}}],"__proto__":{"seq":9}`;
  const decoded = decodeLine(lineOf(covered), 0, "");
  assertStringIncludes("record" in decoded ? decoded.record.unknown ?? "" : "", "__proto__");
  assertEquals(Reflect.get({}, "polluted"), undefined);
});
