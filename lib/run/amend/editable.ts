import { env, StepRef } from "../../plan/ref.ts";
import { safeText } from "../../text/escape.ts";
import { readBrand } from "../../values/brand.ts";
import { decodeValue } from "../../values/decode_value.ts";
import { attempt, isObject } from "../../values/shape.ts";
import { formatPath } from "../../values/value_walk.ts";
import {
  type Encoded,
  findJsonFault,
  isPrototypeKey,
  isVariableName,
  type Json,
  type JsonObject,
} from "../../values/json.ts";

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

const NUMBERS: ReadonlySet<string> = new Set(["NaN", "Infinity", "-Infinity", "-0"]);

interface Form {
  /** What the value of its key must be. */
  readonly takes: string;
  /** Reads that value, or returns `WRONG`. */
  readonly read: (member: unknown, reading: Reading, members: Members) => unknown;
  /** The other key that it may have. */
  readonly other?: string;
}

const WRONG = Symbol("wrong");

const FORMS: Readonly<Record<string, Form>> = {
  $ref: { takes: 'a step\'s number or name, optionally with "path": a list of keys', read: readRef, other: "path" },
  $env: { takes: "the name of an environment variable", read: readVariable },
  $date: textForm("a date such as 2026-11-23T02:15:00.123Z, with its time zone", readDate),
  $bigint: textForm("an integer in quotes", (text) => /^(?:0|-?[1-9]\d*)$/.test(text) ? BigInt(text) : WRONG),
  $number: textForm('"NaN", "Infinity", "-Infinity" or "-0"', (text) => NUMBERS.has(text) ? Number(text) : WRONG),
  $undefined: { takes: "true", read: (member) => member === true ? undefined : WRONG },
  $url: textForm("a URL", (text) => new URL(text)),
  $regexp: textForm("a pattern such as /a+/i", (text) => {
    const end = text.lastIndexOf("/");
    return text.startsWith("/") && end > 0 ? new RegExp(text.slice(1, end), text.slice(end + 1)) : WRONG;
  }),
  $bytes: textForm(
    "bytes in base64, with its padding",
    (text) => Uint8Array.fromBase64(text, { lastChunkHandling: "strict" }),
  ),
  $map: { takes: "a list of pairs, no two with the same key", read: readMap },
  $set: {
    takes: "a list in which nothing occurs twice",
    read: (member, reading) => {
      const set = new Set(Array.isArray(member) ? readList(member, reading) : []);
      return Array.isArray(member) && set.size === member.length ? set : WRONG;
    },
  },
  $object: {
    takes: "an object whose keys are taken literally",
    read: (member, reading) => isObject(member) ? readMembers(member, reading) : WRONG,
  },
  $record: {
    takes: "an object, which gets no prototype",
    read: (member, reading) =>
      isObject(member) ? Object.assign(Object.create(null), readMembers(member, reading)) : WRONG,
  },
  $keep: { takes: "the number of a value that was shown", read: readKept, other: "is" },
};

function textForm(takes: string, read: (text: string) => unknown): Form {
  return { takes, read: (member) => typeof member === "string" ? attempt(() => read(member)) ?? WRONG : WRONG };
}

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
  const key = Object.keys(members).find((name) => name.startsWith("$"));
  if (key === undefined) return readMembers(members, reading);
  const others = Object.keys(members).filter((name) => name !== key);
  const form = FORMS[key];
  if (form === undefined || others.some((name) => name !== form.other)) throw unknownForm(key, others);
  const value = form.read(members[key], reading, members);
  if (value === WRONG) throw new TypeError(`"${key}" takes ${form.takes}`);
  return value;
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

const DATE = /^((?:\d{4}|[+-]\d{6})-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** `Date` also takes dates of no time zone, and the 31st of February for the 3rd of March. */
function readDate(text: string): unknown {
  const [, day] = DATE.exec(text) ?? [];
  if (day === undefined || !new Date(day).toISOString().startsWith(day)) return WRONG;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? WRONG : date;
}

function readVariable(name: unknown, { variable }: EditableContext): unknown {
  return typeof name === "string" && isVariableName(name) ? variable(name) : WRONG;
}

function readRef(step: unknown, { refer }: EditableContext, { path = [] }: Members): unknown {
  const isPath = Array.isArray(path) && path.every((key) => typeof key === "string" || Number.isInteger(key));
  return isPath && (typeof step === "string" || typeof step === "number")
    ? refer(String(step), path.map(String))
    : WRONG;
}

function readKept(number: unknown, { kept }: EditableContext): unknown {
  if (typeof number === "number" && number in kept) return kept[number];
  throw new TypeError(`there is no value ${JSON.stringify(number)} to keep: "$keep" takes ${FORMS["$keep"]?.takes}`);
}

function readMap(member: unknown, reading: Reading): unknown {
  const map = new Map<unknown, unknown>();
  for (const pair of Array.isArray(member) ? readList(member, reading) : []) {
    if (!Array.isArray(pair) || pair.length !== 2 || map.has(pair[0])) return WRONG;
    map.set(pair[0], pair[1]);
  }
  return Array.isArray(member) ? map : WRONG;
}

function unknownForm(form: string, others: readonly string[]): TypeError {
  const keys = [form, ...others].map((key) => JSON.stringify(key)).join(" with ");
  const known = Object.keys(FORMS).join(", ");
  const own = 'To pass an object of your own with such a key, write {"$object": {…}}';
  return new TypeError(`${keys} is not a known form: use ${known}. ${own}`);
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
  const args = decodeValue(encoded, (placeholder) => {
    return placeholder.kind === "env" ? env(placeholder.name) : new StepRef({ owner: OWNER, ...placeholder });
  }) ?? [];
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
