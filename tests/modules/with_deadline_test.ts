import { assertEquals, assertRejects } from "@std/assert";
import { withDeadline } from "../../lib/modules/import_namespace.ts";
import { inFolder } from "../support/in_folder.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { runDeno } from "../support/run_deno.ts";

Deno.test("withDeadline() hands over what comes in time, and leaves no timer behind", async () => {
  assertEquals(await withDeadline(Promise.resolve(1), 60_000, () => new Error("late")), 1);
  await assertRejects(
    () => withDeadline(Promise.reject(new Error("own")), 60_000, () => new Error("late")),
    Error,
    "own",
  );
});

Deno.test("withDeadline() gives up on what never comes", async () => {
  await assertRejects(() => withDeadline(new Promise(() => {}), 1, () => new Error("late")), Error, "late");
});

permittedTest("loadFunctions() gives up on a module that never finishes loading", ["read", "write", "run"], () => {
  // In a process of its own: when Deno ends, it complains about the module that still waits.
  const program = `
import { loadFunctions } from "${import.meta.resolve("../../lib/modules/load_functions.ts")}";
const names = [{ module: import.meta.resolve("./stuck.ts"), export: "step" }];
await loadFunctions(names, { forResume: true, limitMs: 20 }).catch((error) => console.log(String(error)));
Deno.exit(3);
`;
  const files = {
    "stuck.ts": "await new Promise(() => {});\nexport function step(): void {}\n",
    "program.ts": program,
  };
  return inFolder(files, async (folder) => {
    const end = await runDeno(`${folder}/program.ts`, []);
    assertEquals(end.code, 3, end.stderr);
    assertEquals(end.stdout.includes("ModuleUnavailable: Cannot load"), true, end.stdout);
    assertEquals(end.stdout.includes("the import did not finish within 0.02 seconds"), true, end.stdout);
  });
});
