import { assertEquals, assertThrows } from "@std/assert";
import { checkExportName, isUsableExportName } from "../../lib/plan/function_place.ts";

Deno.test("checkExportName() accepts any name but the reserved ones", () => {
  const names = ["default", "upload", "toString", "a b", "then", "__proto__", "constructor", "prototype"];

  const usable = names.filter(isUsableExportName);

  assertEquals(usable, ["default", "upload", "toString", "a b"]);
  for (const name of usable) checkExportName(name);
  for (const name of names.slice(4)) assertThrows(() => checkExportName(name), TypeError, JSON.stringify(name));
});
