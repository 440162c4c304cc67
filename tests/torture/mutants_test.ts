import { assert, assertEquals, assertThrows } from "@std/assert";
import { permittedTest } from "../support/permitted_test.ts";
import { applyMutant } from "../../tools/apply_mutant.ts";
import { MUTANTS } from "../../tools/mutant_list.ts";

const ROOT = new URL("../../", import.meta.url);

permittedTest("every mutant of the library still finds what it breaks, and the tests that notice", ["read"], () => {
  assert(MUTANTS.length >= 15);
  for (const { edits, tests } of MUTANTS) {
    for (const edit of edits) {
      const text = Deno.readTextFileSync(new URL(edit.file, ROOT));
      assert(applyMutant(text, edit) !== text);
    }
    for (const test of tests) assert(Deno.statSync(new URL(test, ROOT)).isFile);
  }
});

Deno.test("applyMutant() replaces a text that stands there once, and fails loudly otherwise", () => {
  const edit = { file: "a.ts", find: "b", replace: "c" };
  assertEquals(applyMutant("abd", edit), "acd");
  assertThrows(() => applyMutant("ad", edit), Error, 'Cannot change a.ts: "b" is not there');
  assertThrows(() => applyMutant("bab", edit), Error, "stands there 2 times");
});
