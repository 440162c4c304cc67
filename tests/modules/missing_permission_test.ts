import { assertEquals } from "@std/assert";
import { adviseFlags, toFlags } from "../../lib/process/permissions.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { inFolder } from "../support/in_folder.ts";
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

Deno.test("adviseFlags() says to add what was not given, and to change what denies", () => {
  assertEquals(adviseFlags([{ name: "read", value: "/a.ts" }]), "Add --allow-read=/a.ts");
  assertEquals(
    adviseFlags([{ name: "read", value: "/a.ts", isDenied: true }, { name: "import", value: "example.com" }]),
    'Change --deny-read so that it does not cover "/a.ts". Add --allow-import=example.com',
  );
});

permittedTest("under --deny-read, --deny-import and --deny-write nobody is told to add what would not help", [
  "read",
  "write",
  "run",
], () => {
  const program = `
import { openError } from "${import.meta.resolve("../../lib/storage/file/open_file.ts")}";
import { requireModulePermissions } from "${import.meta.resolve("../../lib/modules/load_functions.ts")}";
const texts = [openError("/tmp/j.json", new Deno.errors.NotCapable("no"), "write").message];
for (const module of [import.meta.resolve("./steps.ts"), "https://example.com/steps.ts"]) {
  await requireModulePermissions([module]).catch((error) => texts.push(error.message));
}
for (const text of texts) console.log([/--deny-\\w+/.exec(text)?.[0], text.includes("--allow-read"), text.includes("--allow-write")].join(" "));
`;
  return inFolder({ "program.ts": program, "steps.ts": "" }, async (folder) => {
    const flags = ["-A", `--deny-read=${folder}/steps.ts`, "--deny-import=example.com", "--deny-write"];
    const { stdout, stderr } = await runDeno(`${folder}/program.ts`, [], { flags });
    assertEquals({ stdout, stderr }, {
      stdout: "--deny-write false false\n--deny-read false false\n--deny-import false false\n",
      stderr: "",
    });
  });
});
