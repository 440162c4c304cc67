/** The wording of every message. To change it, run `deno run -A tests/messages/compose_messages.ts` and read the difference. */
import { assertEquals } from "@std/assert";
import { permittedTest } from "../support/permitted_test.ts";
import { composeMessages, GOLDEN } from "./compose_messages.ts";

permittedTest("every message says what its golden says", ["read"], async () => {
  assertEquals(composeMessages(), await Deno.readTextFile(GOLDEN));
});
