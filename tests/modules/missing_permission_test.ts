import { assertEquals } from "@std/assert";
import { toFlags } from "../../lib/modules/missing_permission.ts";

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
