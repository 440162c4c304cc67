import type { Mutant } from "./mutant.ts";

const ROUND_TRIP = "tests/values/round_trip_test.ts";
const REFUSED = "tests/values/refused_values_test.ts";
const BUILTINS = "tests/hostile/changed_builtins_test.ts";
const WELL_FORMED = "tests/hostile/well_formed_test.ts";
const GOLDEN = "tests/journal/golden_resume_test.ts";

/** What loses or changes a part of a value, or writes what no reader takes. */
export const VALUE_MUTANTS: readonly Mutant[] = [
  {
    name: "a part that is not there is undefined",
    edits: [{
      file: "lib/values/decode_value.ts",
      find: "    else return { at, within };\n",
      replace: "    else part = undefined;\n",
    }],
    tests: ["tests/run/call/value_parts_test.ts"],
  },
  {
    name: "a member that a prototype has is a part of every value",
    edits: [{
      file: "lib/values/decode_value.ts",
      find: "if (inheritedParts(within).includes(key))",
      replace: "if (key in Object(within))",
    }],
    tests: ["tests/run/call/value_parts_test.ts"],
  },
  {
    name: "a journal is written with the toJSON of a prototype",
    edits: [{
      file: "lib/values/json.ts",
      find: 'return areBuiltinsUnchanged() ? escapeJsonText(stringify(data)) : writeWithoutBuiltins(data) ?? "null";',
      replace: "return escapeJsonText(stringify(data));",
    }],
    tests: [BUILTINS],
  },
  {
    name: "a toJSON of a prototype is not noticed",
    edits: [{
      file: "lib/values/builtins.ts",
      find: '  if ("toJSON" in arrayPrototype || "toJSON" in prototype) return false;\n',
      replace: "",
    }],
    tests: [BUILTINS],
  },
  {
    name: "a record is written although built-in functions no longer work",
    edits: [{
      file: "lib/journal/encode_record.ts",
      find: "return stillWorks(encodeSample, SAMPLE);",
      replace: "return true;",
    }],
    tests: [BUILTINS],
  },
  {
    name: "a value is encoded although built-in functions no longer work",
    edits: [{
      file: "lib/values/encode_value.ts",
      find: "if (!stillWorks(encodeSample, SAMPLE)) ",
      replace: "if (options === undefined) ",
    }],
    tests: [BUILTINS],
  },
  {
    name: "which fields of an error are enumerable is not stored",
    edits: [{
      file: "lib/values/error_values.ts",
      find: "  if (!isUsual) {\n",
      replace: "  if (type === undefined) {\n",
    }],
    tests: [ROUND_TRIP],
  },
  {
    name: "which fields of an error are enumerable is not restored",
    edits: [{
      file: "lib/values/error_values.ts",
      find: "fields.enumerable ?? [USUALLY_ENUMERABLE]",
      replace: "[USUALLY_ENUMERABLE]",
    }],
    tests: [ROUND_TRIP, GOLDEN],
  },
  {
    name: "the name of an error in an older journal is not enumerable",
    edits: [{
      file: "lib/values/error_values.ts",
      find: "fields.enumerable ?? [USUALLY_ENUMERABLE]",
      replace: "fields.enumerable ?? []",
    }],
    tests: [GOLDEN],
  },
  {
    name: "an object without a prototype gets one",
    edits: [{
      file: "lib/values/decode_value.ts",
      find: "Object.assign(Object.create(null), Array.isArray",
      replace: "Object.assign({}, Array.isArray",
    }],
    tests: [GOLDEN, ROUND_TRIP],
  },
  {
    name: "other properties of bytes are lost",
    edits: [{ file: "lib/values/copy_value.ts", find: "if (hasOtherKeys(bytes))", replace: "if (walk === undefined)" }],
    tests: [REFUSED],
  },
  {
    name: "other properties of many bytes are lost",
    edits: [{
      file: "lib/values/copy_value.ts",
      find: "return !util.isDeepStrictEqual(bytes, new Uint8Array(bytes));",
      replace: "return false;",
    }],
    tests: [REFUSED],
  },
  {
    name: "bytes whose memory was transferred are stored as none",
    edits: [{ file: "lib/values/copy_value.ts", find: "if (buffer.detached)", replace: "if (walk === undefined)" }],
    tests: [REFUSED],
  },
  {
    name: "a text is cut inside of a character",
    edits: [{ file: "lib/text/escape.ts", find: '.replace(/[\\uD800-\\uDBFF]$/, "")', replace: "" }],
    tests: [WELL_FORMED],
  },
  {
    name: "half of a character in an error is stored as it is",
    edits: [{
      file: "lib/run/session/stored_error.ts",
      find: "return cutText(text, length).toWellFormed();",
      replace: "return cutText(text, length);",
    }],
    tests: [WELL_FORMED],
  },
  {
    name: "half of a character in a reason is stored as it is",
    edits: [{ file: "lib/run/start/plan_rollback.ts", find: "why?.toWellFormed()", replace: "why" }],
    tests: [WELL_FORMED],
  },
];
