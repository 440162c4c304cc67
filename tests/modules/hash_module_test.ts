import { assertEquals, assertRejects } from "@std/assert";
import { ModuleUnavailable } from "../../lib/errors/planning_errors.ts";
import { hashModule, readSource } from "../../lib/modules/module_source.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { writeProgram } from "./run_program.ts";

permittedTest("hashModule() gives the SHA-256 of the source, and runs nothing", ["read", "write"], async () => {
  await using folder = await writeProgram({ "throws.ts": `throw new Error("was run") as unknown; // grüß\n` });

  const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(`${folder.path}/throws.ts`));

  assertEquals(await hashModule(folder.url("throws.ts")), new Uint8Array(digest).toHex());
  assertEquals(await readSource(folder.url("throws.ts")), `throw new Error("was run") as unknown; // grüß\n`);
});

Deno.test("hashModule() leaves npm packages to their version", async () => {
  assertEquals(await hashModule("npm:superjson@2.2.6"), undefined);
});

permittedTest("readSource() refuses a module that is not there", ["read", "write"], async () => {
  await using folder = await writeProgram({});

  const error = await assertRejects(() => readSource(folder.url("gone.ts")), ModuleUnavailable, "Cannot read");

  assertEquals([error.module, error.export], [folder.url("gone.ts"), undefined]);
});
