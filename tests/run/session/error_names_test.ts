import { assertEquals } from "@std/assert";
import { errorNames } from "../../../lib/run/session/stored_error.ts";

Deno.test("errorNames() names what was thrown and its causes, to the end", () => {
  const cause = new TypeError("a", { cause: new RangeError("b", { cause: "in words" }) });
  assertEquals([...errorNames(new Error("c", { cause }))], ["Error", "TypeError", "RangeError", "string"]);
  assertEquals([[...errorNames(null)], [...errorNames(undefined)]], [["null"], ["undefined"]]);
});

Deno.test("errorNames() ends with a circle of causes, and survives what cannot be read", () => {
  const circle = new Error("a");
  circle.cause = circle;
  assertEquals([...errorNames(circle)].length, 1001);
  const odd = Object.defineProperty(new Error("odd"), "cause", {
    get() {
      throw new Error("no");
    },
  });
  assertEquals([...errorNames(Object.assign(odd, { name: 7 }))], ["Error"]);
});
