import { env } from "../plan/env.ts";
import { findJsonFault } from "../values/find_json_fault.ts";

/** What the forms with a "$" that depend on the transaction stand for. */
export interface EditableContext {
  /** What `{"$keep": …}` stands for, by number. */
  readonly kept: readonly unknown[];
  /** Gives what stands for a step's value, or a part of it: a ref, or the value itself. */
  readonly refer: (step: string, path: readonly string[]) => unknown;
}

type Members = Readonly<Record<string, unknown>>;
type Read = (member: unknown) => unknown;

const NUMBERS: ReadonlyMap<unknown, number> = new Map([
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
  ["-0", -0],
]);

/** Each form, with what its member is, for a message. */
const FORMS: Readonly<Record<string, string>> = {
  $ref: 'a step\'s number or name, beside it perhaps "path": a list of keys',
  $env: "the name of a variable of the environment",
  $date: "a date as in 2026-11-23T02:15:00.123Z",
  $bigint: "an integer in quotes",
  $number: '"NaN", "Infinity", "-Infinity" or "-0"',
  $undefined: "true",
  $url: "a URL",
  $regexp: "a pattern as in /a+/i",
  $bytes: "bytes in base64",
  $map: "a list of pairs",
  $set: "a list",
  $object: "an object whose keys are meant as they stand",
  $keep: "the number of a value that was shown",
};

/**
 * Reads arguments that a person has written.
 *
 * @param json A list, parsed from JSON.
 * @returns The values, with refs and variables as `encodeValue` takes them.
 * @throws {TypeError} It is no list, or something in it has no meaning.
 */
export function fromEditable(json: unknown, context: EditableContext): readonly unknown[] {
  if (!Array.isArray(json)) throw new TypeError(`arguments are a list, as in ["a", 1], even if there is only one`);
  const fault = findJsonFault(json);
  if (fault !== undefined) throw new TypeError(`what is given ${fault}`);
  return json.map((element) => read(element, context));
}

function read(json: unknown, context: EditableContext): unknown {
  if (typeof json !== "object" || json === null) return json;
  if (Array.isArray(json)) return json.map((element) => read(element, context));
  const members: Members = { ...json };
  const form = Object.keys(members).find((key) => key.startsWith("$"));
  if (form === undefined) return readMembers(members, context);
  const others = Object.keys(members).filter((key) => key !== form);
  const allowed = form === "$ref" ? ["path"] : form === "$keep" ? ["is"] : [];
  if (FORMS[form] === undefined || others.some((key) => !allowed.includes(key))) throw unknownForm(form, others);
  const value = readForm(form, members, context);
  if (value !== undefined || form === "$undefined" || form === "$keep" || form === "$ref") return value;
  throw new TypeError(`"${form}" takes ${FORMS[form]}`);
}

function readMembers(members: Members, context: EditableContext): unknown {
  return Object.fromEntries(Object.entries(members).map(([key, member]) => [key, read(member, context)]));
}

/** What one form stands for; nothing if its member is not what it takes. */
function readForm(form: string, members: Members, context: EditableContext): unknown {
  const member = members[form];
  const readPart: Read = (part) => read(part, context);
  switch (form) {
    case "$ref":
      return readRef(member, members["path"] ?? [], context);
    case "$keep":
      return readKept(member, context);
    case "$undefined":
      if (member !== true) throw new TypeError(`"$undefined" takes ${FORMS[form]}`);
      return undefined;
    case "$number":
      return NUMBERS.get(member);
    case "$map":
      return readMap(member, readPart);
    case "$set":
      return Array.isArray(member) ? new Set(member.map(readPart)) : undefined;
    case "$object":
      return isMembers(member) ? readMembers(member, context) : undefined;
    default:
      return typeof member === "string" ? orNothing(() => readText(form, member)) : undefined;
  }
}

/** The forms whose member is a text. */
function readText(form: string, text: string): unknown {
  switch (form) {
    case "$env":
      return env(text);
    case "$date": {
      const date = new Date(text);
      return Number.isNaN(date.getTime()) ? undefined : date;
    }
    case "$bigint":
      return /^-?\d+$/.test(text) ? BigInt(text) : undefined;
    case "$url":
      return new URL(text);
    case "$regexp": {
      const end = text.lastIndexOf("/");
      return text.startsWith("/") && end > 0 ? new RegExp(text.slice(1, end), text.slice(end + 1)) : undefined;
    }
    case "$bytes":
      return Uint8Array.fromBase64(text);
    default:
      return undefined;
  }
}

function readRef(step: unknown, path: unknown, { refer }: EditableContext): unknown {
  const isPath = Array.isArray(path) && path.every((key) => typeof key === "string" || Number.isInteger(key));
  if ((typeof step !== "string" && typeof step !== "number") || !isPath) {
    throw new TypeError(`"$ref" takes ${FORMS["$ref"]}`);
  }
  return refer(String(step), path.map(String));
}

function readKept(number: unknown, { kept }: EditableContext): unknown {
  if (typeof number === "number" && number in kept) return kept[number];
  throw new TypeError(`there is no value ${JSON.stringify(number)} to keep: "$keep" takes ${FORMS["$keep"]}`);
}

function readMap(member: unknown, readPart: Read): unknown {
  if (!Array.isArray(member)) return undefined;
  const map = new Map<unknown, unknown>();
  for (const pair of member) {
    if (!Array.isArray(pair) || pair.length !== 2) return undefined;
    map.set(readPart(pair[0]), readPart(pair[1]));
  }
  return map;
}

function orNothing(work: () => unknown): unknown {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unknownForm(form: string, others: readonly string[]): TypeError {
  const known = Object.keys(FORMS).join(", ");
  const rest = others.length === 0 ? "" : ` with ${others.map((key) => JSON.stringify(key)).join(", ")} beside it`;
  return new TypeError(
    `an object with the key ${
      JSON.stringify(form)
    }${rest} means nothing: there are ${known}. An object of yours with ` +
      `such a key is written {"$object": {…}}`,
  );
}
