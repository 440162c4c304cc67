import { encodeRecord } from "../../lib/journal/encode_record.ts";
import type { Event } from "../../lib/journal/event.ts";

/** The moment at which all test journals are written. */
export const TEST_TIME = "2026-11-23T02:15:00.123Z";
/** Its clock. */
export const testNow = (): Date => new Date(TEST_TIME);

/** The line of a record, its newline included. */
export function lineOf({ bytes }: { readonly bytes: Uint8Array }): string {
  return new TextDecoder().decode(bytes.subarray(0, -1));
}

/** Events of one record that tell which record it is, and take any number of bytes. */
export function testEvents(seq: number, padding = 0): readonly Event[] {
  return [{ type: "signalled", signal: `record ${seq} ü`, value: "x".repeat(padding) }];
}

/** How long the line of such a record is without padding, its newline included. */
export function testLineLength(seq: number): number {
  return encodeRecord({ seq, at: TEST_TIME, events: testEvents(seq) }, "").bytes.length - 1;
}
