import { chainSum } from "../../lib/journal/encode_record.ts";
import { TEST_TIME } from "../support/test_record.ts";

/** A journal whose checksums are right, whatever its records say. Nothing of it is escaped or checked. */
export function encodeHostile(records: readonly (readonly unknown[])[]): string {
  return encodeBodies(
    records.map((events, seq) => `{"seq":${seq},"at":"${TEST_TIME}","events":${JSON.stringify(events)}`),
  );
}

/** The same of records that are written as text, each without its checksum and the bracket behind it. */
export function encodeBodies(bodies: readonly string[]): string {
  let previous = "";
  const lines = bodies.map((body, index) => {
    const covered = (index === 0 ? "[" : ",") + body;
    previous = chainSum(previous, covered);
    return `${covered},"sum":"${previous}"}\n`;
  });
  return `${lines.join("")}]`;
}
