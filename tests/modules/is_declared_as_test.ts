import { assertEquals } from "@std/assert";
import { findInHome } from "../../lib/modules/find_in_home.ts";
import { lexModule } from "../../lib/modules/lex_module.ts";

/** Finds the export of plain JavaScript that a function of this name and text is. */
async function find(source: string, name: string, text: string): Promise<string | undefined> {
  return findInHome(await lexModule("file:///home.js", source), { name, text });
}

Deno.test("findInHome() takes a declaration for the function only when it ends where the text ends", async () => {
  const text = "(a) => a";
  const sources: readonly (readonly [string, string | undefined])[] = [
    ["export const f = (a) => a;", "f"],
    ["export const f = (a) => a", "f"],
    ["export const f = (a) => a // why", "f"],
    ["export const f = (a) => a /* why */, g = 1", "f"],
    ["export const f = (a) => a\nconst g = 1", "f"],
    ["export let f = (a) => a\n\n// why\nf(1)", "f"],
    ["export const f = (a) => a + 1;", undefined],
    ["export const f = (a) => a\n  + 1;", undefined],
    ["export const f = (a) => a\n  in b;", undefined],
    ["export const f = (a) => a.b;", undefined],
    ["export const f = wrap((a) => a);", undefined],
    ["export const { f = (a) => a, g } = {};", undefined],
  ];

  const found = await Promise.all(sources.map(([source]) => find(source, "f", text)));

  assertEquals(found, sources.map(([, expected]) => expected));
});

Deno.test("findInHome() takes no declaration below the top level, in a text or in a comment", async () => {
  const text = "function f() {}";
  const hidden = [
    "{\nfunction f() {}\n}",
    "const a = `\nfunction f() {}\n`;",
    "/*\nfunction f() {}\n*/",
    "const a = /function f() {}/;",
    "function g() {\nfunction f() {}\nreturn f }",
  ];

  const found = await Promise.all(hidden.map((source) => find(`${source}\nexport { f };`, "f", text)));
  const atTop = await find("const a = /[{`]/;\nfunction f() {}\nexport { f };", "f", text);

  assertEquals(found, Array(hidden.length).fill(undefined));
  assertEquals(atTop, "f");
});

Deno.test("findInHome() takes no function expression for the declaration of its name", async () => {
  const inner = "function f() { return 1 }";
  const sources = [
    `const a = ${inner};\nfunction f() { return 2 }\nexport { f };`,
    `const a =\n${inner}\nfunction f() { return 2 }\nexport { f };`,
    `let a = 1 +\n${inner};\nfunction f() { return 2 }\nexport { f };`,
  ];

  assertEquals(await Promise.all(sources.map((source) => find(source, "f", inner))), [undefined, undefined, undefined]);
  assertEquals(
    await Promise.all(sources.map((source) => find(source, "f", "function f() { return 2 }"))),
    ["f", "f", "f"],
  );
  assertEquals(await find(`const a = 1\n${inner}\nexport { f }`, "f", inner), "f");
  assertEquals(await find(`export default ${inner}\nexport { f }`, "f", inner), "f");
});

Deno.test("findInHome() refuses a text that stands for two functions", async () => {
  const sources = [
    "export const f = (a) => a;\nconst o = { f: (a) => a };",
    "export const f = (a) => a;\nfunction g(n) { const f = (a) => a; return f }",
    'export const f = (a) => a;\nconst o = { "f": (a) => a };',
  ];
  const harmless = "export const f = (a) => a;\nexport const g = (a) => a;\nlist.map((a) => a);";

  assertEquals(await Promise.all(sources.map((source) => find(source, "f", "(a) => a"))), [
    undefined,
    undefined,
    undefined,
  ]);
  assertEquals(await find(harmless, "f", "(a) => a"), "f");
  assertEquals(await find(harmless, "g", "(a) => a"), "g");
});

Deno.test("findInHome() picks of several exports the one with the function's name, else the first, default last", async () => {
  const source = "function f() {}\n";
  const text = "function f() {}";

  const found = [
    await find(`${source}export { f as b, f as a, f };`, "f", text),
    await find(`${source}export { f as b, f as a, f as default };`, "f", text),
    await find(`${source}export { f as then, f as constructor, f as default };`, "f", text),
    await find(`${source}export default f;`, "f", text),
    await find(`${source}export default f();`, "f", text),
    await find("export default function () {}", "default", "function () {}"),
    await find("export default (a) => a", "default", "(a) => a"),
    await find("export default ((a) => a);", "default", "(a) => a"),
    await find("export default (a) => a + 1", "default", "(a) => a"),
  ];

  assertEquals(found, ["f", "a", "default", "default", undefined, "default", "default", "default", undefined]);
});
