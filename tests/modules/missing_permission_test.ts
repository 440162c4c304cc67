import { assertEquals } from "@std/assert";
import { toFlags } from "../../lib/process/permissions.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { runDeno } from "../support/run_deno.ts";

Deno.test("toFlags() writes one flag per kind, quoted where a shell would split it", () => {
  assertEquals(
    toFlags([
      { name: "import", value: "example.com" },
      { name: "read", value: "/srv/a.ts" },
      { name: "read", value: "/srv/b,c.ts" },
      { name: "read", value: "/srv/a.ts" },
    ]),
    "--allow-read=/srv/a.ts,/srv/b,,c.ts --allow-import=example.com",
  );
  assertEquals(toFlags([{ name: "read", value: "/srv/my steps.ts" }]), '--allow-read="/srv/my steps.ts"');
});

permittedTest(
  "findMissingPermission() misses none for the hosts that Deno allows from the beginning",
  ["read", "run"],
  async () => {
    const program = import.meta.resolve("../support/programs/missing_permission_program.ts");
    const modules = [
      "https://jsr.io/@x/y/1.0.0/mod.ts",
      "https://deno.land/x/y/mod.ts",
      "https://example.com/steps.ts",
    ];
    const { stdout, stderr } = await runDeno(program, modules, { flags: [] });
    assertEquals(stdout + stderr, 'undefined\nundefined\n{"name":"import","value":"example.com"}\n');
    const allowed = await runDeno(program, modules, { flags: ["--allow-import=example.com"] });
    assertEquals(
      allowed.stdout,
      '{"name":"import","value":"jsr.io"}\n{"name":"import","value":"deno.land"}\nundefined\n',
    );
  },
);
