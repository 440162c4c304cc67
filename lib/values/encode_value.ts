import SuperJSON from "superjson";
import { BROKEN_BUILTINS, stillWorks } from "./builtins.ts";
import { copyValue } from "./copy_value.ts";
import { type Encoded, type Json, writeJson } from "./json.ts";
import { CUSTOM_NAMES, CustomLeaf, type EncodeOptions, isMarkedAs, ValueTooLarge, ValueWalk } from "./value_walk.ts";

const SUPER_JSON = createEncoder();

/**
 * Encodes a value for the journal: plain data as it is, other data with a meta that says what it was. The result shares
 * nothing with the value. An object that occurs twice becomes two copies. An error names the place of what cannot be
 * stored.
 */
export function encodeValue(value: unknown, options: EncodeOptions = {}): Encoded {
  if (value === undefined) return {};
  if (!stillWorks(encodeSample, SAMPLE)) throw new TypeError(`${options.root ?? "value"}: ${BROKEN_BUILTINS}`);
  return isSmallLeaf(value) && options.maxBytes === undefined ? { value } : encodeWith(value, options);
}

const MAX_LEAF_CHARACTERS = 1000;

/** Whether a value is stored as it is and surely not too large, as most values of steps. */
function isSmallLeaf(value: unknown): value is string | boolean | null {
  return typeof value === "string" ? value.length <= MAX_LEAF_CHARACTERS : typeof value === "boolean" || value === null;
}

function encodeWith(value: unknown, options: EncodeOptions): Encoded {
  const walk = new ValueWalk(options);
  const copy = walk.explain(() => copyValue(walk, value));
  // The copy is JSON, or if the walk is rich, something that superjson turns into JSON.
  const encoded = walk.isRich ? encodeRich(copy) : { value: copy as Json };
  if (walk.maxSize <= walk.maxBytes) return encoded;
  const bytes = countBytes(encoded.value) + countBytes(encoded.meta);
  if (bytes > walk.maxBytes) throw new ValueTooLarge(walk.root, bytes, walk.maxBytes);
  return encoded;
}

/** A bit of everything that can be encoded, to find out whether encoding works. */
function encodeSample(): string {
  const error = new RangeError("a", { cause: [new Set([-0, NaN])] });
  error.stack = "";
  const nested = { list: [1, { deep: ["\u202eb", null] }], 'odd "key"\n': undefined, "a.b": 3n };
  const more = [new Map([[new Date(0), { b: /c/g }]]), new URL("a:b?c"), new Uint8Array([1, 2, 3]), true, error];
  try {
    return writeJson(encodeWith([nested, more], {}));
  } catch {
    return "";
  }
}

/** What {@linkcode encodeSample} gives. To compute it takes longer than most programs run. */
const SAMPLE = '{"value":[[["list",[1,{"deep":["\\u202eb",null]}]],["odd \\"key\\"\\n",null],["a.b","3"]],' +
  '[[["1970-01-01T00:00:00.000Z",{"b":"/c/g"}]],"a:b?c","AQID",true,' +
  '{"type":"RangeError","stack":"","message":"a","cause":[[0,"NaN"]]}]],' +
  '"meta":{"values":{"0":[["custom","object"],{"1.1":["undefined"],"2.1":["bigint"]}],' +
  '"1.0":["map",{"0.0":["Date"],"0.1.b":["regexp"]}],"1.1":["URL"],"1.2":[["custom","bytes"]],' +
  '"1.4":[["custom","error"],{"cause.0":["set",{"1":["number"]}]}]},"v":1}}';

function encodeRich(copy: unknown): Encoded {
  const { json, meta } = SUPER_JSON.serialize(copy);
  // Relations are left out, because superjson finds one in each big integer or NaN that occurs twice.
  return { value: json as Json, meta: { values: meta?.values as Json, v: 1 } };
}

function countBytes(json: Json | undefined): number {
  return json === undefined ? 0 : new TextEncoder().encode(writeJson(json)).length;
}

/** Makes a superjson that encodes what our walk has marked. It encodes the fields of errors and the rows of objects itself. */
function createEncoder(): SuperJSON {
  const superJson = new SuperJSON();
  for (const name of CUSTOM_NAMES) {
    superJson.registerCustom<unknown, never>({
      isApplicable: (value): value is unknown => isMarkedAs(name, value),
      serialize: (value) => (value instanceof CustomLeaf ? value.json : value) as never,
      deserialize: (json) => json,
    }, name);
  }
  return superJson;
}
