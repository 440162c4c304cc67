import { assertEquals } from "@std/assert";
import { VERSION } from "../lib/version.ts";
import { permittedTest } from "./support/permitted_test.ts";

permittedTest("VERSION is the version that is published", ["read"], async () => {
  const config = JSON.parse(await Deno.readTextFile(new URL("../deno.json", import.meta.url)));
  assertEquals(VERSION, config.version);
});
