import { sha256, sha256Beginnings } from "../process/sha256.ts";
import { areBuiltinsUnchanged, areTimersUnchanged, BROKEN_BUILTINS, stillWorks } from "../values/builtins.ts";
import { withoutUndefined, writeJson } from "../values/json.ts";
import type { Event } from "./event.ts";
import { storeValue } from "./stored_value.ts";

/** One durable append: one line of the file, one or more events that became true together. */
export interface JournalRecord {
  /** Position in the journal, counted from 0. The order of records, even if the clock was set back. */
  readonly seq: number;
  /** When it was written, as an ISO date. For people only. */
  readonly at: string;
  readonly events: readonly Event[];
  /** Describes what a newer version wrote in it; its event is left out. Never written. */
  readonly unknown?: string;
}

export const SUM_LENGTH = 43;
export const BEFORE_SUM = ',"sum":"';
const AFTER_SUM = '"}';
/** Of `,"sum":"…"}` after the covered bytes, in characters or bytes. */
export const SUFFIX_LENGTH: number = BEFORE_SUM.length + SUM_LENGTH + AFTER_SUM.length;
const BASE64URL = { alphabet: "base64url", omitPadding: true } as const;
const LATIN1 = new TextDecoder("latin1");

/** Reads the checksum at the end of a line, without verifying it; nothing if there is none. `text` may be known. */
export function readSum(line: Uint8Array, text: string | undefined): string | undefined {
  if (line.length < SUFFIX_LENGTH) return undefined;
  // As it is ASCII alone, its characters are the last bytes.
  const known = text ?? LATIN1.decode(line.subarray(-SUFFIX_LENGTH));
  const start = known.length - SUFFIX_LENGTH;
  if (!known.startsWith(BEFORE_SUM, start) || !known.endsWith(AFTER_SUM)) return undefined;
  return known.slice(start + BEFORE_SUM.length, -AFTER_SUM.length);
}

/** Whether a checksum is the one at the end of a line. */
export function isWritten(sum: string, line: Uint8Array): boolean {
  const start = line.length - SUM_LENGTH - AFTER_SUM.length;
  for (let i = 0; i < SUM_LENGTH; i += 1) if (line[start + i] !== sum.charCodeAt(i)) return false;
  return sum.length === SUM_LENGTH;
}

/** What the checksum of a line covers: everything before the suffix. */
export function coveredBytes(line: Uint8Array): Uint8Array {
  return line.subarray(0, line.length - SUFFIX_LENGTH);
}

const ENCODER = new TextEncoder();
const NO_SUM = "-".repeat(SUM_LENGTH);
/** Of the suffix with newline and bracket. */
const END_LENGTH = SUFFIX_LENGTH + 2;

/** The longest line of a journal, in bytes. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;

interface RecordToEncode extends Pick<JournalRecord, "seq" | "at"> {
  /** A text if {@linkcode encodeEvents} has written them already. */
  readonly events: readonly Event[] | string;
}

interface EncodedRecord {
  /** The line, marker first and newline last, and the bracket that closes the file until another record takes its place. */
  readonly bytes: Uint8Array;
  readonly sum: string;
}

/** Writes a record as a line, for a file that is one JSON array. `previousSum` is that of the record before, or empty. */
export function encodeRecord({ seq, at, events }: RecordToEncode, previousSum: string): EncodedRecord {
  const text = typeof events === "string" ? events : encodeEvents(events);
  // Encoding takes longer than everything else here, so it is done once, and the checksum is filled in afterwards.
  const bytes = ENCODER.encode(`${recordMarker(seq)}{"seq":${seq},"at":"${at}","events":${text},"sum":"${NO_SUM}"}\n]`);
  const sum = chainSum(previousSum, bytes.subarray(0, -END_LENGTH));
  ENCODER.encodeInto(sum, bytes.subarray(BEFORE_SUM.length - END_LENGTH));
  return { bytes, sum };
}

export function recordMarker(seq: number): "[" | "," {
  return seq === 0 ? "[" : ",";
}

/** A copy of a line with the marker that it should have. */
export function withMarker(line: Uint8Array, seq: number): Uint8Array {
  const copy = line.slice();
  copy[0] = recordMarker(seq).charCodeAt(0);
  return copy;
}

/** Writes events as a record holds them: a JSON array, escaped. */
export function encodeEvents(events: readonly Event[]): string {
  if (!canWrite()) throw new TypeError(`Cannot write a record: ${BROKEN_BUILTINS}`);
  return writeJson(events);
}

/** Tells whether records are still written as they were when the library was loaded. Costs next to nothing if nothing changed. */
export function canWrite(): boolean {
  return stillWorks(encodeSample, SAMPLE);
}

/** Tells whether a run works as it did, records and timers. Asked after each call of a function. */
export function canRun(): boolean {
  return stillWorks(encodeSample, SAMPLE, areBuiltinsUnchanged() && areTimersUnchanged());
}

/** A record that uses what others use, to find out whether encoding works. */
function encodeSample(): string {
  try {
    const at = new Date(0).toISOString();
    const finished = withoutUndefined({ type: "finished", step: "1", attempt: 1, ms: 0.5, name: undefined } as const);
    const text = joinEvents([
      writeJson([{ ...finished, ...storeValue({}) }]),
      writeJson([{ ...finished, ...storeValue({ value: ["\u202e", { a: [1, 2].map(String) }] }) }]),
    ]);
    const { bytes, sum } = encodeRecord({ seq: 1, at, events: text }, "");
    return `${sum}\n${String.fromCharCode(...bytes)}${writeJson(useBuiltins())}`;
  } catch {
    return "";
  }
}

/** Joins lists that {@linkcode encodeEvents} has written, none of them empty. */
export function joinEvents(texts: readonly string[]): string {
  return texts.length === 1 ? texts[0] ?? "" : `[${texts.map((text) => text.slice(1, -1)).join(",")}]`;
}

/**
 * Computes the checksum of a record: SHA-256, in base64url, of the previous checksum, a newline, and the bytes of the
 * line before `,"sum"`. It finds damage; it is no signature.
 */
export function chainSum(previousSum: string, covered: string | Uint8Array): string {
  const bytes = typeof covered === "string" ? ENCODER.encode(covered) : covered;
  return sha256(bytes, `${previousSum}\n`).toBase64(BASE64URL);
}

/**
 * Tells whether bytes begin with a line whose checksum is right, and continue after it. Values may contain any number of
 * texts that look like a checksum: the time depends only on the number of bytes.
 */
export function beginsWithLine(bytes: Uint8Array, previousSum: string): boolean {
  const text = LATIN1.decode(bytes);
  const places: number[] = [];
  for (let at = text.indexOf(BEFORE_SUM); at !== -1; at = text.indexOf(BEFORE_SUM, at + 1)) {
    const end = at + SUFFIX_LENGTH;
    if (end < text.length && text.startsWith(AFTER_SUM, end - AFTER_SUM.length)) places.push(at);
  }
  const prefix = ENCODER.encode(`${previousSum}\n`);
  const message = new Uint8Array(prefix.length + bytes.length);
  message.set(prefix);
  message.set(bytes, prefix.length);
  const sums = sha256Beginnings(message, places.map((place) => prefix.length + place));
  return sums.some((sum, index) => text.startsWith(sum.toBase64(BASE64URL), (places[index] ?? 0) + BEFORE_SUM.length));
}

/** Uses what the run between two records uses: where it does nothing, events are lost. */
function useBuiltins(): unknown {
  const list = "c,a,b".split(",").map((part) => `${part}.`).filter((part) => part === "a." || part.endsWith("b."));
  const map = new Map([["a", 1], ["b", 2]]);
  const set = new Set(["a", "b"]);
  const visited: unknown[] = [];
  [1, 2].forEach((part) => visited.push(part));
  for (const entry of list.entries()) visited.push(entry);
  return [
    [list.push("d"), list.unshift("e"), list.indexOf("d"), list.findIndex((part) => part === "b.")],
    [list.some((part) => part === "d"), list.every((part) => part === "d"), list.includes("d"), "ab".includes("b")],
    [list.find((part) => part === "b."), list.at(-1), list.pop(), list.shift(), list.reduce((a, b) => a + b)],
    [map.get("a"), map.has("c"), map.delete("b"), map.size, set.has("b"), set.delete("a"), set.size],
    [[...map], [...set.add("c")]],
    [Object.keys({ a: 1 }), Object.entries({ b: 2 }), Object.fromEntries([["c", 3]]), Object.assign({}, { d: 4 })],
    [list.slice(0, 1), list.concat(["f"]), list.splice(0, 1), list.join("+"), [[1], [2]].flatMap((part) => part)],
    [Object.hasOwn({ a: 1 }, "a"), JSON.parse("[1]"), Array.isArray(list), "abc".slice(1), "a".startsWith("b")],
    [Number.isInteger(1), Number.isFinite(NaN), Object.is(0, -0), Reflect.get({ a: 1 }, "a"), /a/.test("a")],
    [Math.max(1, 2), Math.min(1, 2), Math.round(1.2), Math.ceil(1.2), Math.floor(1.2), Date.parse("1970-01-01")],
    [Date.now() > 0, performance.now() > 0, useBuiltins.call.name, useBuiltins.bind(null).name],
    [new Promise(() => {}).then(() => {}) instanceof Promise, Promise.race([]) instanceof Promise, startsTimer()],
    list,
    visited,
  ];
}

function startsTimer(): boolean {
  const timer: unknown = setTimeout(() => {}, 0);
  clearTimeout(timer as number);
  return timer !== undefined;
}

/** What {@linkcode encodeSample} gives. To compute it takes longer than most programs run. */
const SAMPLE = 'W_rvtWcXR2hJNN-HbBR69CDDYtPSjmty_KYGXHUhL6w\n,{"seq":1,"at":"1970-01-01T00:00:00.000Z","events":[' +
  '{"type":"finished","step":"1","attempt":1,"ms":0.5},{"type":"finished","step":"1","attempt":1,"ms":0.5,' +
  '"value":["\\u202e",{"a":["1","2"]}]}],"sum":"W_rvtWcXR2hJNN-HbBR69CDDYtPSjmty_KYGXHUhL6w"}\n]' +
  '[[3,4,3,2],[true,false,true,true],["b.","d","d","e","a.b."],[1,false,true,1,true,true,1],' +
  '[[["a",1]],["b","c"]],[["a"],[["b",2]],{"c":3},{"d":4}],[["a."],["a.","b.","f"],["a."],"b.",[1,2]],' +
  '[true,[1],true,"bc",false],[true,false,false,1,true],[2,1,1,2,1,0],[true,true,"call","bound useBuiltins"],' +
  '[true,true,true],["b."],[1,2,[0,"a."],[1,"b."]]]';
