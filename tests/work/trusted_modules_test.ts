import { assertEquals, assertThrows } from "@std/assert";
import { TrustedModules } from "../../lib/work/trusted_modules.ts";

const FOLDERS = new Set(["/srv/app", "/srv/app/"]);
const isFolder = (path: string) => FOLDERS.has(path);

const CASES: readonly (readonly [word: string, url: string, isCovered: boolean])[] = [
  ["/srv/app", "file:///srv/app/steps.ts", true],
  ["/srv/app/", "file:///srv/app/deep/steps.ts", true],
  ["/srv/app", "file:///srv/application/steps.ts", false],
  ["/srv/app", "file:///srv/app", false],
  ["/srv/steps.ts", "file:///srv/steps.ts", true],
  ["/srv/steps.ts", "file:///srv/steps.tsx", false],
  ["/srv/steps.ts", "file:///srv/steps.ts?v=2", true],
  ["file:///srv/app/", "file:///srv/app/steps.ts", true],
  ["file:///srv/app", "file:///srv/application.ts", false],
  ["https://example.com", "https://example.com/steps.ts", true],
  ["https://example.com", "https://example.com.evil.test/steps.ts", false],
  ["https://example.com", "https://example.com:8443/steps.ts", false],
  ["https://example.com/a", "https://example.com/a/steps.ts", true],
  ["https://example.com/a", "https://example.com/ab/steps.ts", false],
  ["https://example.com/a/", "http://example.com/a/steps.ts", false],
  ["jsr:@acme/steps", "jsr:@acme/steps@1.2.3/mail", true],
  ["jsr:@acme/steps", "jsr:@acme/steps-evil@1", false],
  ["jsr:@acme/", "jsr:@acme/steps@1", true],
  ["jsr:@acme/steps@1", "jsr:@acme/steps@12", false],
  ["npm:left-pad", "npm:left-pad@1", true],
];

for (const [word, url, isCovered] of CASES) {
  Deno.test(`--modules ${word} ${isCovered ? "covers" : "does not cover"} ${url}`, () => {
    const trusted = new TrustedModules([word], isFolder);
    assertEquals(trusted.has(url), isCovered);
    // The store asks for the beginning alone: it must not leave out what is covered.
    if (isCovered) assertEquals(trusted.prefixes.some((prefix) => url.startsWith(prefix)), true);
  });
}

for (const word of ["", " ", "data:text/javascript,1", "blob:x", "https://["]) {
  Deno.test(`--modules refuses ${JSON.stringify(word)}`, () => {
    assertThrows(() => new TrustedModules([word], isFolder), TypeError);
  });
}

Deno.test("--modules covers what begins with any of several words", () => {
  const trusted = new TrustedModules(["/srv/app", "jsr:@acme/steps"], isFolder);
  assertEquals(["file:///srv/app/a.ts", "jsr:@acme/steps@1", "https://a.test/b.ts"].map((url) => trusted.has(url)), [
    true,
    true,
    false,
  ]);
});
