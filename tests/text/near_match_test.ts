import { assertEquals } from "@std/assert";
import { findNearMatch } from "../../lib/text/suggest_name.ts";

Deno.test("findNearMatch() finds what was mistyped, and nothing far off", () => {
  const names = ["upload", "download", "default"];

  const found = ["uplaod", "Upload", "uploads", "downlod", "mail", "x", ""].map((name) => findNearMatch(name, names));

  assertEquals(found, ["upload", "upload", "upload", "download", undefined, undefined, undefined]);
});

Deno.test("findNearMatch() prefers what begins alike, and takes no word that shares no letter", () => {
  assertEquals([findNearMatch("g", ["f", "gg"]), findNearMatch("g", ["f"])], ["gg", undefined]);
  assertEquals(findNearMatch("mial", ["dial", "mail", "miel"]), "miel");
});
