import { assertEquals } from "@std/assert";
import { toStoredError } from "../../../lib/run/session/stored_error.ts";

Deno.test("toStoredError() tells the first errors of several in the message", () => {
  const errors = ["a", "b", "c", "d", "e", "f", "g"].map((text) => new RangeError(text));
  const { name, message } = toStoredError(new AggregateError(errors, "seven failed"));
  assertEquals([name, message], ["AggregateError", "seven failed [a; b; c; d; e; and 2 more]"]);
  assertEquals(toStoredError(new AggregateError([], "none")).message, "none");
});

Deno.test("toStoredError() keeps the first causes", () => {
  const deep = new Error("1", { cause: new TypeError("2", { cause: 3 }) });
  const { cause } = toStoredError(deep);
  assertEquals([cause?.name, cause?.message, cause?.cause?.message], ["TypeError", "2", "3"]);
});
