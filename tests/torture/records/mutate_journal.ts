import { chainSum } from "../../../lib/journal/encode_record.ts";
import type { SeededRandom } from "../../support/seeded_random.ts";

/** A journal that was changed. */
export interface JournalMutant {
  /** Its bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What was done to it, in words. */
  readonly how: string;
  /** The checksums were computed anew. */
  readonly hasSums: boolean;
}

/** Changes the lines of a journal, of which each character is one byte, by chance. */
type Mutation = (lines: string[], chance: SeededRandom) => void;

const SUM = /,"sum":"[^"]*"\}$/;
const TOKEN = /"(?:[^"\\]|\\.)*"(?!:)|-?\d+(?:\.\d+)?|\btrue\b|\bnull\b/g;
const KEY = /"(?:[^"\\]|\\.)*"(?=:)/g;
const BAD_BYTES = ["\0", "\xff", "\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\r", "\t", "\x1b[2J", "\xef\xbb\xbf"];
const BAD_VALUES = [
  "1e999",
  "-1",
  "1e21",
  "0.1",
  "99999999999999999999",
  "null",
  "[]",
  "{}",
  '""',
  '"1"',
  "true",
  '{"__proto__":{"polluted":1}}',
  '{"constructor":{"prototype":{"polluted":1}}}',
  '"\\u202e\\u0000\\u001b]0;x\\u0007"',
  '"\\ud800"',
  '["__proto__","polluted"]',
  `"${"x".repeat(9000)}"`,
  "[".repeat(5000),
  "[".repeat(5000) + "]".repeat(5000),
  '{"a":'.repeat(3000) + "1" + "}".repeat(3000),
];
const BAD_KEYS = [
  "__proto__",
  "constructor",
  "prototype",
  "then",
  "toString",
  "",
  "seq",
  "events",
  "type",
  "step",
  "x",
];
const TYPES = ["opened", "planned", "ready", "started", "finished", "ended", "undone", "expanded", "rollback", "new"];

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  "a byte changed": (lines, chance) =>
    edit(lines, chance, (text, at) => splice(text, at, 1, String.fromCharCode(chance.below(256)))),
  "bytes put in": (lines, chance) => edit(lines, chance, (text, at) => splice(text, at, 0, pick(BAD_BYTES, chance))),
  "bytes left out": (lines, chance) => edit(lines, chance, (text, at) => splice(text, at, 1 + chance.below(40), "")),
  "cut off": (lines, chance) => {
    lines.length = 1 + chance.below(lines.length);
    edit([lines.at(-1) ?? ""], chance, (text, at) => lines[lines.length - 1] = text.slice(0, at));
  },
  "a value replaced": (lines, chance) =>
    edit(lines, chance, (text) => replaceMatch(text, TOKEN, chance, pick(BAD_VALUES, chance))),
  "a key replaced": (lines, chance) =>
    edit(lines, chance, (text) => replaceMatch(text, KEY, chance, JSON.stringify(pick(BAD_KEYS, chance)))),
  "a key doubled": (lines, chance) =>
    edit(
      lines,
      chance,
      (text) => replaceMatch(text, KEY, chance, (key) => `${key}:${pick(BAD_VALUES, chance)},${key}`),
    ),
  "another type": (lines, chance) =>
    edit(lines, chance, (text) => replaceMatch(text, /(?<="type":)"\w+"/g, chance, `"${pick(TYPES, chance)}"`)),
  "another seq": (lines, chance) =>
    edit(
      lines,
      chance,
      (text) => text.replace(/"seq":\d+/, `"seq":${pick(["1e999", "-1", "0", "1", "3", '"2"'], chance)}`),
    ),
  "keys in another order": (lines, chance) =>
    edit(lines, chance, (text) => text.replace(/^(.)\{("seq":\d+),("at":"[^"]*"),/, "$1{$3,$2,")),
  "lines swapped": (lines, chance) => {
    const [one, two] = [chance.below(lines.length), chance.below(lines.length)];
    [lines[one], lines[two]] = [lines[two] ?? "", lines[one] ?? ""];
  },
  "a line doubled": (lines, chance) => {
    const index = chance.below(lines.length);
    lines.splice(index, 0, lines[index] ?? "");
  },
  "a line left out": (lines, chance) => {
    if (lines.length > 1) lines.splice(chance.below(lines.length), 1);
  },
};
const NAMES = Object.keys(MUTATIONS);

/** Changes a journal in one or three ways, and computes its checksums anew or leaves them as they were. */
export function mutateJournal(base: Uint8Array, chance: SeededRandom): JournalMutant {
  for (;;) {
    const lines = new TextDecoder("latin1").decode(base).split("\n");
    const hows = Array.from({ length: chance.below(4) === 0 ? 3 : 1 }, () => pick(NAMES, chance));
    for (const how of hows) MUTATIONS[how]?.(lines, chance);
    const hasSums = chance.below(2) === 0;
    const bytes = toBytes((hasSums ? withSums(lines) : lines).join("\n"));
    if (!isSame(bytes, base)) return { bytes, how: hows.join(", "), hasSums };
  }
}

function edit(lines: string[], chance: SeededRandom, change: (text: string, at: number) => string): void {
  const index = chance.below(lines.length);
  const text = lines[index] ?? "";
  lines[index] = change(text, chance.below(text.length + 1));
}

function splice(text: string, at: number, count: number, insert: string): string {
  return text.slice(0, at) + insert + text.slice(at + count);
}

function replaceMatch(
  text: string,
  pattern: RegExp,
  chance: SeededRandom,
  replacement: string | ((found: string) => string),
): string {
  const matches = [...text.matchAll(pattern)];
  const match = matches[chance.below(Math.max(1, matches.length))];
  if (match === undefined) return text;
  const insert = typeof replacement === "string" ? replacement : replacement(match[0]);
  return splice(text, match.index, match[0].length, insert);
}

/** Sums as a writer makes them, so that what they cover gets read. */
function withSums(lines: readonly string[]): readonly string[] {
  let previous = "";
  return lines.map((line) => {
    if (!SUM.test(line)) return line;
    const covered = line.replace(SUM, "");
    previous = chainSum(previous, toBytes(covered));
    return `${covered},"sum":"${previous}"}`;
  });
}

function pick<T>(choices: readonly T[], chance: SeededRandom): T {
  const choice = choices[chance.below(choices.length)];
  if (choice === undefined) throw new RangeError("There is nothing to choose from");
  return choice;
}

/** The decoder's latin1 is windows-1252, whose characters above 0x7F are not their bytes; ours has none in the base. */
function toBytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function isSame(one: Uint8Array, two: Uint8Array): boolean {
  return one.length === two.length && one.every((byte, index) => byte === two[index]);
}
