import { env, StepRef } from "../../plan/ref.ts";
import { safeText } from "../../text/escape.ts";
import { readBrand } from "../../values/brand.ts";
import { decodeValue } from "../../values/decode_value.ts";
import { isObject } from "../../values/shape.ts";
import { formatPath } from "../../values/value_walk.ts";
import { type Encoded, findJsonFault, isPrototypeKey, type Json, type JsonObject } from "../../values/json.ts";

/** What the forms that depend on the transaction stand for. */
interface EditableContext {
  /** The values of `{"$keep": …}`, by number. */
  readonly kept: readonly unknown[];
  /** Returns a ref to a step's value or to a part of it, or that value itself. */
  readonly refer: (step: string, path: readonly string[]) => unknown;
  /** Returns what stands for an environment variable. */
  readonly variable: (name: string) => unknown;
}

interface Reading extends EditableContext {
  /** Where in the JSON the reading is; after an error, where that is. */
  readonly path: (string | number)[];
}

type Members = Readonly<Record<string, unknown>>;

const NUMBERS: ReadonlyMap<unknown, number> = new Map([
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
  ["-0", -0],
]);

/** The forms, and what the value of each key must be. */
const FORMS: Readonly<Record<string, string>> = {
  $ref: 'a step\'s number or name, optionally with "path": a list of keys',
  $env: "the name of an environment variable",
  $date: "a date such as 2026-11-23T02:15:00.123Z, with its time zone",
  $bigint: "an integer in quotes",
  $number: '"NaN", "Infinity", "-Infinity" or "-0"',
  $undefined: "true",
  $url: "a URL",
  $regexp: "a pattern such as /a+/i",
  $bytes: "bytes in base64, with its padding",
  $map: "a list of pairs, no two with the same key",
  $set: "a list in which nothing occurs twice",
  $object: "an object whose keys are taken literally",
  $record: "an object, which gets no prototype",
  $keep: "the number of a value that was shown",
};

/** Reads arguments that a person has written. */
export function fromEditable(json: unknown, context: EditableContext): readonly unknown[] {
  if (!Array.isArray(json)) {
    throw new TypeError(`arguments must be a list, such as ["a", 1], even if there is only one`);
  }
  refuseFault(json);
  return json.map((element, index) => readWith({ ...context, path: [] }, `arguments[${index}]`, element));
}

/** Reads a value that a person has written for a step or a signal. It stands for itself alone. */
export function valueFromEditable(json: unknown): unknown {
  refuseFault(json);
  const refuse = (form: string) => {
    throw new TypeError(`"${form}" is not possible here: pass the value itself`);
  };
  return readWith({ kept: [], refer: () => refuse("$ref"), variable: () => refuse("$env"), path: [] }, "value", json);
}

function refuseFault(json: unknown): void {
  const fault = findJsonFault(json, isPrototypeKey);
  if (fault !== undefined) throw new TypeError(`the JSON ${fault}`);
}

/** Says where the form is that cannot be read. */
function readWith(reading: Reading, root: string, json: unknown): unknown {
  try {
    return read(json, reading);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TypeError(`${formatPath(root, reading.path)}: ${reason}`, { cause: error });
  }
}

function read(json: unknown, reading: Reading): unknown {
  if (typeof json !== "object" || json === null) return json;
  if (Array.isArray(json)) return readList(json, reading);
  const members: Members = { ...json };
  const form = Object.keys(members).find((key) => key.startsWith("$"));
  if (form === undefined) return readMembers(members, reading);
  const others = Object.keys(members).filter((key) => key !== form);
  const allowed = form === "$ref" ? ["path"] : form === "$keep" ? ["is"] : [];
  if (FORMS[form] === undefined || others.some((key) => !allowed.includes(key))) throw unknownForm(form, others);
  const value = readForm(form, members, reading);
  if (value !== undefined || form === "$undefined" || form === "$keep" || form === "$ref") return value;
  throw new TypeError(`"${form}" takes ${FORMS[form]}`);
}

function readPart(key: string | number, json: unknown, reading: Reading): unknown {
  reading.path.push(key);
  const value = read(json, reading);
  reading.path.pop();
  return value;
}

function readList(list: readonly unknown[], reading: Reading): unknown[] {
  return list.map((element, index) => readPart(index, element, reading));
}

function readMembers(members: Members, reading: Reading): object {
  return Object.fromEntries(Object.entries(members).map(([key, member]) => [key, readPart(key, member, reading)]));
}

/** The value of one form; undefined if the value of its key is wrong. */
function readForm(form: string, members: Members, context: Reading): unknown {
  const member = members[form];
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
      return Array.isArray(member) ? readMap(readList(member, context)) : undefined;
    case "$set":
      return Array.isArray(member) ? readSet(readList(member, context)) : undefined;
    case "$object":
      return isObject(member) ? readMembers(member, context) : undefined;
    case "$record":
      return isObject(member) ? Object.assign(Object.create(null), readMembers(member, context)) : undefined;
    case "$env":
      return typeof member === "string" ? readVariable(member, context) : undefined;
    default:
      return typeof member === "string" ? orNothing(() => readText(form, member)) : undefined;
  }
}

function readText(form: string, text: string): unknown {
  switch (form) {
    case "$date":
      return readDate(text);
    case "$bigint":
      return /^(?:0|-?[1-9]\d*)$/.test(text) ? BigInt(text) : undefined;
    case "$url":
      return new URL(text);
    case "$regexp": {
      const end = text.lastIndexOf("/");
      return text.startsWith("/") && end > 0 ? new RegExp(text.slice(1, end), text.slice(end + 1)) : undefined;
    }
    case "$bytes":
      return Uint8Array.fromBase64(text, { lastChunkHandling: "strict" });
    default:
      return undefined;
  }
}

const DATE = /^((?:\d{4}|[+-]\d{6})-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** `Date` also takes dates of no time zone, and the 31st of February for the 3rd of March. */
function readDate(text: string): Date | undefined {
  const [, day] = DATE.exec(text) ?? [];
  if (day === undefined || !new Date(day).toISOString().startsWith(day)) return undefined;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function readVariable(name: string, { variable }: EditableContext): unknown {
  if (orNothing(() => env(name)) === undefined) throw new TypeError(`"$env" takes ${FORMS["$env"]}`);
  return variable(name);
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

function readMap(pairs: readonly unknown[]): unknown {
  const map = new Map<unknown, unknown>();
  for (const pair of pairs) {
    if (!Array.isArray(pair) || pair.length !== 2 || map.has(pair[0])) return undefined;
    map.set(pair[0], pair[1]);
  }
  return map;
}

function readSet(members: readonly unknown[]): unknown {
  const set = new Set(members);
  return set.size === members.length ? set : undefined;
}

function orNothing(work: () => unknown): unknown {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function unknownForm(form: string, others: readonly string[]): TypeError {
  const keys = [form, ...others].map((key) => JSON.stringify(key)).join(" with ");
  return new TypeError(
    `${keys} is not a known form: use ${
      Object.keys(FORMS).join(", ")
    }. To pass an object of your own with such a key, ` +
      `write {"$object": {…}}`,
  );
}

interface EditableArguments {
  /** A list in plain JSON. What JSON cannot express is an object with a key that begins with "$". */
  readonly json: readonly Json[];
  /** Values that cannot be written as text: `{"$keep": 0}` stands for the first of them. */
  readonly kept: readonly unknown[];
}

/** The owner of the refs in edited arguments. Only the ids in them count. */
export const OWNER: object = {};

/** The maximum length of the text that is shown beside `$keep`. */
const MAX_SHOWN = 80;

/** Writes the stored arguments of a step as plain JSON. `fromEditable` turns it into the same arguments again. */
export function toEditable(encoded: Encoded): EditableArguments {
  const args = decodeValue(
    encoded,
    (placeholder) =>
      placeholder.kind === "env"
        ? env(placeholder.name)
        : new StepRef({ owner: OWNER, step: placeholder.step, path: placeholder.path }),
  ) ?? [];
  if (!Array.isArray(args)) throw new TypeError("The arguments in the journal are not a list");
  const kept: unknown[] = [];
  return { json: args.map((arg) => write(arg, kept)), kept };
}

function write(value: unknown, kept: unknown[]): Json {
  switch (typeof value) {
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : { $number: Object.is(value, -0) ? "-0" : String(value) };
    case "undefined":
      return { $undefined: true };
    case "bigint":
      return { $bigint: String(value) };
    case "string":
      // Half of a character is no text that a person could write.
      return value.isWellFormed() ? value : keep(value, value, kept);
    case "boolean":
      return value;
    default:
      return value === null ? null : writeObject(value, kept);
  }
}

function keep(value: unknown, shown: string, kept: unknown[]): Json {
  return { $keep: kept.push(value) - 1, is: safeText(shown, MAX_SHOWN) };
}

function writeObject(value: unknown, kept: unknown[]): Json {
  const ref = readBrand(value, "ref");
  if (ref !== undefined) return ref.path.length === 0 ? { $ref: ref.step } : { $ref: ref.step, path: [...ref.path] };
  const variable = readBrand(value, "env");
  if (variable !== undefined) return { $env: variable.name };
  if (Array.isArray(value)) return value.map((element) => write(element, kept));
  if (value instanceof Date) return { $date: value.toISOString() };
  if (value instanceof URL) return { $url: value.href };
  if (value instanceof RegExp) return { $regexp: String(value) };
  if (value instanceof Uint8Array) return { $bytes: value.toBase64() };
  if (value instanceof Map) {
    return { $map: Array.from(value, ([key, member]) => [write(key, kept), write(member, kept)]) };
  }
  if (value instanceof Set) return { $set: Array.from(value, (member) => write(member, kept)) };
  if (value instanceof Error) return keep(value, `${value.name}: ${value.message}`, kept);
  return writePlain(value, kept);
}

/** An object with a key that begins with "$" must not be taken for a form. */
function writePlain(value: unknown, kept: unknown[]): Json {
  if (Object.keys(Object(value)).some((key) => !key.isWellFormed())) return keep(value, "an object", kept);
  const entries = Object.entries(Object(value)).map(([key, member]) => [key, write(member, kept)] as const);
  const object: JsonObject = Object.fromEntries(entries);
  if (Object.getPrototypeOf(value) === null) return { $record: object };
  return entries.some(([key]) => key.startsWith("$")) ? { $object: object } : object;
}
