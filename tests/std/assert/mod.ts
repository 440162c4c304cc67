/**
 * Stands in for the part of `@std/assert` that the tests use, so that they run where only npm can be reached.
 *
 * @module
 */

export { assert } from "./assert.ts";
export { assertArrayIncludes } from "./array_includes.ts";
export { assertEquals } from "./equals.ts";
export { assertExists } from "./exists.ts";
export { assertFalse } from "./false.ts";
export { assertInstanceOf } from "./instance_of.ts";
export { AssertionError } from "./assertion_error.ts";
export { assertIsError } from "./is_error.ts";
export { assertMatch } from "./match.ts";
export { assertNotEquals } from "./not_equals.ts";
export { assertNotStrictEquals } from "./not_strict_equals.ts";
export { assertObjectMatch } from "./object_match.ts";
export { assertRejects } from "./rejects.ts";
export { assertStrictEquals } from "./strict_equals.ts";
export { assertStringIncludes } from "./string_includes.ts";
export { assertThrows } from "./throws.ts";
export { equal } from "./equal.ts";
export { fail } from "./fail.ts";
