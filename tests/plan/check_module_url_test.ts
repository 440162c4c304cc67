import { assertEquals, assertThrows } from "@std/assert";
import { checkModuleUrl } from "../../lib/plan/function_place.ts";

Deno.test("checkModuleUrl() allows what another process can load again", () => {
  const allowed = [
    "file:///srv/steps.ts",
    "file:///srv/npm/tools/1.2.3/steps.ts",
    "https://example.com/steps.ts?a=1#b",
    "http://localhost:8000/steps.ts",
    "http://127.0.0.1/steps.ts",
    "http://127.3.2.1:80/steps.ts",
    "http://[::1]:8000/steps.ts",
    "jsr:@std/fs@1.0.24",
    "jsr:/@std/fs@1.0.24/copy",
    "npm:superjson@2.2.6",
    "npm:@scope/name@1.0.0-rc.1+build.5/sub/path.js",
    "npm:/lodash.merge@4.6.2",
  ];

  const results = allowed.map((url) => checkModuleUrl(url));

  assertEquals(results, allowed.map((url) => new URL(url).href));
  assertEquals(checkModuleUrl(new URL("file:///srv/steps.ts")), "file:///srv/steps.ts");
});

Deno.test("checkModuleUrl() refuses URLs that contain code, may change, or are elsewhere", () => {
  const refused: readonly (readonly [string, string])[] = [
    ["data:text/javascript,export%20function%20f()%20{}", "data: is not among"],
    ["blob:https://example.com/1-2-3", "blob: is not among"],
    ["node:fs", "node: is not among"],
    ["ext:core/mod.js", "ext: is not among"],
    ["bun:test", "bun: is not among"],
    ["javascript:0", "javascript: is not among"],
    ["http://example.com/steps.ts", "to this machine only"],
    ["http://127.0.0.1.example.com/steps.ts", "to this machine only"],
    ["http://localhost.example.com/steps.ts", "to this machine only"],
    ["http://128.0.0.1/steps.ts", "to this machine only"],
    ["jsr:@std/fs", "exact version"],
    ["jsr:@std/fs@^1.0.24", "exact version"],
    ["jsr:@std/fs@1.0", "exact version"],
    ["jsr:fs@1.0.0", "exact version"],
    ["npm:superjson", "exact version"],
    ["npm:superjson@2", "exact version"],
    ["npm:superjson@latest", "exact version"],
    ["npm:superjson@~2.2.6", "exact version"],
    ["npm:superjson@2.2.6||3.0.0", "exact version"],
    ["npm:superjson@%5E2.2.6", "exact version"],
    ["npm:@scope@1.0.0", "exact version"],
    [
      "file:///home/ana/.cache/deno/npm/packages.example.org/@a/b/1.2.3_1/mod.js",
      'steps<typeof import("npm:@a/b@1.2.3")>',
    ],
    ["file://example.com/share/steps.ts", "on another machine"],
    ["file:///srv%2Fsteps.ts", "escaped slash"],
    ["file:///srv%5csteps.ts", "escaped slash"],
    ["npm:superjson@2.2.6/../other/mod.js", "leaves the package"],
    ["npm:superjson@2.2.6/%2e%2e/other/mod.js", "leaves the package"],
    ["npm:superjson@2.2.6/..\\other", "leaves the package"],
    ["npm:superjson@2.2.6/dist/..", "leaves the package"],
    ["jsr:@std/fs@1.0.24/./copy", "leaves the package"],
    ["./steps.ts", "not an absolute URL"],
    ["steps.ts", "not an absolute URL"],
    ["", "not an absolute URL"],
    ["file:///srv/st\neps.ts", "not an absolute URL"],
    [" file:///srv/steps.ts", "not an absolute URL"],
  ];

  for (const [url, reason] of refused) assertThrows(() => checkModuleUrl(url), TypeError, reason);
});

Deno.test("checkModuleUrl() refuses credentials and does not repeat them", () => {
  const error = assertThrows(() => checkModuleUrl("https://ana:secret@example.com/steps.ts"), TypeError);

  assertEquals([error.message.includes('"https://example.com/steps.ts"'), /ana|secret/.test(error.message)], [
    true,
    false,
  ]);
});
