import { assertEquals, assertStringIncludes } from "@std/assert";
import { explainUnnamed, findInHome } from "../../lib/modules/find_in_home.ts";
import { lexModule } from "../../lib/modules/lex_module.ts";

const ARROW = "(a) => a";
const FUNCTION = "function f(a) { return a }";

/** The name under which an export of the source with this text is found. */
async function find(source: string, text: string, name = "f", file = "home.js"): Promise<string | undefined> {
  return findInHome(await lexModule(`file:///${file}`, source), { name, text });
}

Deno.test("findInHome() finds exports with comments and parentheses between their words", async () => {
  const cases: readonly (readonly [string, string, string?])[] = [
    [`export /* c */ ${FUNCTION}`, FUNCTION],
    [`export/* c */${FUNCTION}`, FUNCTION],
    [`export // why\n${FUNCTION}`, FUNCTION],
    [`export /* * / */ /* d */ default /* c */ ${FUNCTION}`, FUNCTION],
    ["export async /* c */ function /* d */ f() {}", "async /* c */ function /* d */ f() {}"],
    ["export default /* c */ function () {}", "function () {}", "default"],
    [`export default /* c */ ${ARROW};`, ARROW, "default"],
    [`export default (/* c */ (${ARROW}) // d\n);`, ARROW, "default"],
    [`export const f = /* c */ ${ARROW};`, ARROW],
    [`export const f /* b */ = // c\n${ARROW};`, ARROW],
    [`export /* a */ const /* b */ f = ${ARROW} /* c */;`, ARROW],
    [`export const f = (${ARROW});`, ARROW],
    [`export const f = ((${ARROW}));`, ARROW],
    [`export const f = /** @type {(a: string) => string} */ (${ARROW});`, ARROW],
    [`const f = /** @type {Step} */ (${ARROW});\nexport /* c */ { f };`, ARROW],
    [`/* c */ ${FUNCTION}\nexport default /* c */ f;`, FUNCTION],
    [`export /* c */ ${FUNCTION}\nexport { f as g };`, FUNCTION],
  ];

  const found = await Promise.all(cases.map(([source, text, name]) => find(source, text, name)));

  const expected = cases.map(([source, , name]) => name ?? (/default/.test(source) ? "default" : "f"));
  assertEquals(found, expected);
});

Deno.test("findInHome() takes no other expression in parentheses, and no twin behind a comment", async () => {
  const sources = [
    `export const f = (${ARROW})(1);`,
    `export const f = (${ARROW}, 1);`,
    `export const f = (${ARROW} + 1);`,
    `export const f = /* c */ wrap(${ARROW});`,
    `export const f = ${ARROW};\nfunction g(n) { const f = /* a longer comment than before */ ((${ARROW})); return f; }`,
  ];

  assertEquals(await Promise.all(sources.map((source) => find(source, ARROW))), sources.map(() => undefined));
});

Deno.test("findInHome() takes no export that is assigned to after its declaration", async () => {
  const assigned = [
    "f = wrap(f);",
    "if (wrap) f = wrap(f);",
    "function change() { f = wrap(f); }",
    "f ??= wrap;",
    "f /* c */ = wrap(f);",
    "[f] = [wrap(f)];",
    "({ f } = { f: wrap(f) });",
    "({ g: f } = { g: wrap(f) });",
    "for (f of [wrap(f)]);",
    "f++;",
    "--f;",
    "const g = f = wrap(f);",
    "const g = [f = wrap(f)];",
    "g(f = wrap(f));",
    "g && (f = wrap(f));",
    "(f) = wrap(f);",
    "const g = (h) => f = h;",
    "const g = { h() { f = wrap(f); } };",
    "class G { static { f = wrap(f); } h = () => { f ||= this; } }",
    "const g = `${f = wrap(f)}`;",
    "[{ g: [, ...f] }] = [{}];",
    "({ g, ...f } = {});",
    "for (const g of []) f = g;",
    "for await (f of []);",
    "for ({ f } of []);",
    "await (f = wrap(f));",
    'import.meta.main; import { g } from "./g.js"; export * from "./h.js"; export {}; f = g(f);',
    "function g(f) { f = 1; } f = wrap(f);",
    "const text = 'f'; { let f; } f = wrap(f);",
    "export default f; export class G {} export const { g, h = 1 } = {}; f = wrap(f);",
  ];
  const sources = assigned.flatMap((line) => [
    `export let f = ${ARROW};\n${line}`,
    `let f = ${ARROW};\n${line}\nexport { f };`,
  ]);

  const found = await Promise.all(sources.map((source) => find(source, ARROW)));
  const declared = await Promise.all(assigned.map((line) => find(`export ${FUNCTION}\n${line}`, FUNCTION)));
  const byDefault = [`let f = ${ARROW};\nf = wrap(f);\nexport default f;`, `export default ${FUNCTION}\nf = wrap(f);`];

  assertEquals(found, sources.map(() => undefined));
  assertEquals(declared, assigned.map(() => undefined));
  assertEquals(await find(byDefault[0] ?? "", ARROW), undefined);
  assertEquals(await find(byDefault[1] ?? "", FUNCTION), undefined);
  const module = await lexModule("file:///home.js", sources[0] ?? "");
  assertStringIncludes(
    explainUnnamed("file:///home.js", module, { name: "f", text: ARROW }),
    "assigns another value to this export after its declaration",
  );
});

Deno.test("findInHome() takes no other use of a name for an assignment", async () => {
  const used = [
    "tools.f = f;",
    "tools[f] = f;",
    "g({ f, h: 1 });",
    "const g = (f = 1) => f;",
    "const g = ({ f = 1 }) => f;",
    "class Tools { f = 1; static f = 2; }",
    "const tools = { f, g: [f], h: f == 1, i: f => 1 };",
    "const text = 'f = 1', other = `f = ${1}`; // f = wrap(f)",
    "function g() { let f = 1; return f; }",
    "for (const f of []);",
    "if (f === 1 || f >= 2) g(f);",
    "const [h = f] = [];",
    "function g() { let f = 0; f = 1; }",
    "function g(f) { f = f ?? 1; }",
    "const g = (f) => { f++; return f; };",
    "const g = ({ f }, [h]) => (f = h);",
    "try { g(); } catch (f) { f = 1; }",
    "{ let f; { f = 1; } }",
    "for (let f = 0; f < 9; f++) g(f);",
    "function g() { { var f = 1; } return () => { f = 2; }; }",
    "class G { #f = 1; m(f) { f = this.#f = 2; } }",
    "const g = function () { function f() {} f = 1; };",
    "const g = f <= 1 && f != 2 && [f] == 3 || f >= 4;",
    "g(f, ({ h } = {}) => h); run([f], { f }); const { h } = g(f);",
    "[f][0] = 1; [f.g] = [1]; ({ g: f.g } = { g: 1 }); f.g ??= 2;",
  ];

  const found = await Promise.all(used.map((line) => find(`export let f = ${ARROW};\n${line}`, ARROW)));

  assertEquals(found, used.map(() => "f"));
});
