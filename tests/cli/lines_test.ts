/** The wording of the command line. To change it, run `deno run -A tests/cli/compose_lines.ts` and read the difference. */
import { assertEquals } from "@std/assert";
import { permittedTest } from "../support/permitted_test.ts";
import { composeLines, GOLDEN } from "./compose_lines.ts";

permittedTest("the command line says what its golden says", ["read", "write", "sys", "env"], async () => {
  if (Deno.build.os === "windows") return;
  assertEquals(await composeLines(), await Deno.readTextFile(GOLDEN));
});
