import { assertEquals } from "@std/assert";
import { findJsonFault } from "../../lib/values/json.ts";

function nested(depth: number, wrap: (inner: unknown) => unknown): unknown {
  let json: unknown = 1;
  for (let level = 0; level < depth; level += 1) json = wrap(json);
  return json;
}

Deno.test("findJsonFault() finds keys that lead to a prototype, at any place", () => {
  assertEquals(findJsonFault(JSON.parse('{"a":[{"__proto__":1}]}')), 'has the key "__proto__"');
  assertEquals(findJsonFault({ constructor: 1 }), 'has the key "constructor"');
  assertEquals(findJsonFault([[{ prototype: null }]]), 'has the key "prototype"');
  for (const json of [null, "__proto__", ["constructor"], { proto: { toString: 1 } }]) {
    assertEquals(findJsonFault(json), undefined);
  }
});

Deno.test("findJsonFault() finds what is nested deeper than anything that is stored", () => {
  for (const wrap of [(inner: unknown) => [inner], (inner: unknown) => ({ inner })]) {
    assertEquals(findJsonFault(nested(2000, wrap)), undefined);
    assertEquals(findJsonFault(nested(2001, wrap)), "is nested deeper than 2000 levels");
    assertEquals(findJsonFault(nested(5000, wrap)), "is nested deeper than 2000 levels");
  }
});
