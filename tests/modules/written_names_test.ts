import { assertEquals } from "@std/assert";
import { searchFunctions } from "../../lib/modules/search_functions.ts";
import { readTokens } from "../../lib/modules/source_tokens.ts";
import { nameWritten } from "../../lib/modules/written_names.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { writeProgram } from "./run_program.ts";

const ADD = "export function add(a: number, b: number): number {\n  return a + b;\n}";

/** Homes whose `add` is named at a glance. */
const PLAIN: readonly string[] = [
  ADD,
  "export async function add() {}",
  `/** Adds. */\n${ADD}\nconst half = 1 / 2, text = \`\${half / 2} }\`;`,
  "export function add<T extends { a: string }>(a: T, ...b: Array<[T, () => void]>): Promise<{ c: T }> { return [a, b]; }",
  "export function add(a?: string, b = '}', c = [1, 2]): { d: string } | undefined {\n  // why\n" +
  "  return b === a ? { d: `${c}` } : undefined;\n}",
  "export function add(\n  a: (b: string, c: number) => void,\n) {\n  return [a, {},];\n}",
  `import { other } from "./other.ts";\nimport type { Other } from "./other.ts";\n${ADD}\nother as Other;`,
  `import { join } from "node:path";\n${ADD}\nexport { join };`,
  `${ADD}\nexport const list = [add, { add }];`,
  `import { deep } from "./deep.ts";\n${ADD}\nexport { deep };`,
  `import type { Remote } from "http://localhost:9/remote.ts";\nexport type { Remote };\n${ADD}`,
];

/** Homes where it takes a parser to name `add`, or to refuse it. */
const OTHERS: readonly string[] = [
  "export const add = (a: number) => a;",
  "export function add(a: number): number { return a as number; }",
  "export function add(this: void, a: number) { return a; }",
  "export function add({ a }: { a: number }) { return a; }",
  "export function add(a: number) { return /x/.test(String(a)) ? a : 0; }",
  `function add() {}\nexport { add };`,
  `export default function add() {}`,
  `${ADD}\n// as before: function add() {}`,
  `${ADD}\nconst text = "function add(a, b)"; export { text };`,
  `${ADD}\nexport function change() { (add as unknown) = change; }`,
  `${ADD}\nexport function change() { add! = change; }`,
  `${ADD}\nexport function change() { [add] = [change]; }`,
  `${ADD}\nconst other = { then: 1 };`,
  `import { superjson } from "./packages.ts";\n${ADD}\nexport { superjson };`,
  `import * as data from "data:text/javascript,export const a = 1";\n${ADD}\nexport { data };`,
  `import * as circle from "./circle.ts";\n${ADD}\nexport { circle };`,
  `import * as star from "./star.ts";\n${ADD}\nexport { star };`,
  `import * as double from "./double.ts";\n${ADD}\nexport { double };`,
  `import * as slash from "./slash.ts";\n${ADD}\nexport { slash };`,
  `import { twin } from "./twin.ts";\n${ADD}\nexport { twin };`,
  `import type from "./double.ts";\n${ADD}\nexport { type };`,
  `import type, { a } from "./double.ts";\n${ADD}\nexport { a, type };`,
  `${ADD}\nexport function change() { \\u0061dd = change; }`,
];

const IMPORTED = {
  "other.ts": `export interface Other {}\nexport const other = {}; // add`,
  "packages.ts": `export * as superjson from "superjson"; export * from "./other.ts";`,
  "circle.ts": `import { add } from "./home.ts"; export const plus = add;`,
  "star.ts": `export * from "./other.ts";`,
  "double.ts":
    `const inner = { add: function add(a, b) { return 1; } }; export { inner }; export const a = 1; export default a;`,
  "deep.ts": `import { other } from "./other.ts"; export const deep = [other];`,
  "twin.ts": `export { default as twin } from "./default.ts";`,
  "default.ts": `export default function add(a, b) {\n  return a + b;\n}`,
  "slash.ts": `export const pattern = /[}]/;`,
  "home.ts": ADD,
};

permittedTest("nameWritten() names what a parser would name in the same way, and leaves the rest to it", [
  "read",
  "write",
  "import",
  "env",
], async () => {
  const homes = [...PLAIN, ...OTHERS].map((source, index) => [`home${index}.ts`, source]);
  await using folder = await writeProgram({ ...IMPORTED, ...Object.fromEntries(homes) });
  const found: unknown[] = [];
  for (const [file = ""] of homes) {
    const url = folder.url(file);
    const home = {
      url,
      main: false,
      resolve: (text: string) => /^\./.test(text) ? new URL(text, url).href : import.meta.resolve(text),
    };
    const loaded = await import(url);
    const wanted = [{ fn: loaded.add ?? loaded.default, label: "" }];
    const [name] = await nameWritten(home, wanted) ?? [];
    if (name !== undefined) assertEquals(await searchFunctions(home, wanted), [{ module: url, export: "add" }]);
    found.push([file, name?.export]);
  }
  assertEquals(found, homes.map(([file], index) => [file, index < PLAIN.length ? "add" : undefined]));
});

permittedTest(
  "nameWritten() takes no function of another module for one with its name",
  ["read", "write"],
  async () => {
    const twins = [
      "function add(a, b) {\n  return b + a;\n}",
      "function add(a, b) {\n  // other\n  return a + b;\n}",
      "async function add(a, b) {\n  return a + b;\n}",
      "function add(a) {\n  return a + b;\n}",
      "function add(a, b) {\n  return a + b;\n  a;\n}",
      "function add(a, b) { return a++ + b; }",
      "function* add(a, b) {\n  return a + b;\n}",
    ];
    await using folder = await writeProgram({ "home.ts": ADD });
    const home = { url: folder.url("home.ts"), resolve: (text: string) => text, main: false };
    const own = (text: string) => ({ fn: Object.assign(() => {}, { toString: () => text }), label: "" });
    for (const text of [...twins, "function add(a, b) {\n  return a + b;\n}"]) {
      const fn = new Function(`return ${text}`)();
      const named = await nameWritten(home, [{ fn, label: "" }]);
      assertEquals([text, named?.length], [text, twins.includes(text) ? undefined : 1]);
    }
    assertEquals(await nameWritten(home, [own(twins[0] ?? "")]), undefined);
  },
);

Deno.test("readTokens() gives up where a slash may begin a regular expression, a bracket stays open or a name has escapes", () => {
  const texts = (source: string) => readTokens(source)?.map(({ text }) => text);

  assertEquals(texts("a[1] / b / 2"), ["a", "[", "1", "]", "/", "b", "/", "2"]);
  assertEquals(texts("`a${`b${c}`}d`"), ["`a${", "`b${", "c", "}`", "}d`"]);
  assertEquals(texts("'a\\'b' // c\n/* d */ => x++"), ["'a\\'b'", "// c", "/* d */", "=>", "x", "++"]);
  const unclear = ["(a) / b", "return /a/", "= /a/", "a\n/b/", "{} /a/", "(", "a)", "`a", "'a\n'", "`${a`", "\\u0061"];
  assertEquals(unclear.map(texts), unclear.map(() => undefined));
});
