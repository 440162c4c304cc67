/** The wording of refused plans. To change it, run `deno run -A tests/plan/compose_misuse.ts` and read the difference. */
import { assertEquals } from "@std/assert";
import { permittedTest } from "../support/permitted_test.ts";
import { composeMisuse, GOLDEN } from "./compose_misuse.ts";

permittedTest("every misuse of what a program plans with is refused as its golden says", ["read"], async () => {
  assertEquals(composeMisuse(), await Deno.readTextFile(GOLDEN));
});
