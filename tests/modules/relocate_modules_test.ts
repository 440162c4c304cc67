import { assertEquals } from "@std/assert";
import { relocateModules } from "../../lib/modules/module_source.ts";

const MODULES = [
  "file:///srv/app/main.ts",
  "file:///srv/app/steps/s3.ts",
  "file:///srv/shared/mail.ts?v=1",
  "file:///srv/app/a%20b:c.ts",
  "https://example.com/x.ts",
  "jsr:@std/fs@1.0.24",
  "npm:superjson@2.2.6",
];

Deno.test("relocateModules() moves file modules along with home", () => {
  assertEquals(relocateModules(MODULES, "file:///srv/app/main.ts", "file:///home/ana/new/other.ts"), [
    "file:///home/ana/new/other.ts",
    "file:///home/ana/new/steps/s3.ts",
    "file:///home/ana/shared/mail.ts?v=1",
    "file:///home/ana/new/a%20b:c.ts",
    "https://example.com/x.ts",
    "jsr:@std/fs@1.0.24",
    "npm:superjson@2.2.6",
  ]);
});

Deno.test("relocateModules() moves file modules behind http", () => {
  assertEquals(
    relocateModules(MODULES.slice(0, 3), "file:///srv/app/main.ts", "http://localhost:8000/app/main.ts"),
    [
      "http://localhost:8000/app/main.ts",
      "http://localhost:8000/app/steps/s3.ts",
      "http://localhost:8000/shared/mail.ts?v=1",
    ],
  );
});

Deno.test("relocateModules() changes home alone when home was remote", () => {
  assertEquals(
    relocateModules(
      ["https://example.com/main.ts", "file:///srv/s3.ts"],
      "https://example.com/main.ts",
      "file:///a/b.ts",
    ),
    ["file:///a/b.ts", "file:///srv/s3.ts"],
  );
});

Deno.test("relocateModules() changes nothing when home stays", () => {
  assertEquals(relocateModules(MODULES, "file:///srv/app/main.ts", "file:///srv/app/main.ts"), MODULES);
});
