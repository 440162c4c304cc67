import { assertEquals } from "@std/assert";
import { suggestName } from "../../lib/text/suggest_name.ts";

const NAMES = ["inspect", "resume", "check", "list", "prune"];

Deno.test("suggestName() finds a name with a slip in it, its beginning, and its letters in another order", () => {
  const meant = ["inspct", "Resume", "chekc", "lsit", "insp", "PRU", "lits"].map((word) => suggestName(word, NAMES));
  assertEquals(meant, ["inspect", "resume", "check", "list", "inspect", "prune", "list"]);
  assertEquals(suggestName("mail", ["mailAdministrator", "move"]), "mailAdministrator");
  assertEquals(suggestName("MAILA", ["mailAdministrator", "move"]), "mailAdministrator");
});

Deno.test("suggestName() does not guess when nothing, or too much, is near", () => {
  const words = ["destroy", "", "x", "inspectresume"];
  assertEquals(words.map((word) => suggestName(word, NAMES)), words.map(() => undefined));
  assertEquals(suggestName("sk", ["skip", "sketch"]), undefined);
});
