import { assertEquals, assertRejects } from "@std/assert";
import { ModuleUnavailable } from "../../lib/errors/planning_errors.ts";
import { lexModule, pinFunction } from "../../lib/modules/lex_module.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { writeProgram } from "./run_program.ts";

Deno.test("lexModule() lists what is imported statically at run time", async () => {
  const source = `
import type { A } from "./type.ts";
import { type B } from "./inline_type.ts";
import { C } from "./only_used_as_type.ts";
import { d } from "./value.ts";
import data from "./data.json" with { type: "json" };
import defer * as later from "./later.ts";
import "./effect.ts";
export { e } from "./reexport.ts";
export * from "./star.ts";
export type { F } from "./type_reexport.ts";
export const f = (c: C): unknown => [c, d, data, later, import("./dynamic.ts")];
`;

  const { imports, exports, asksForMain } = await lexModule("file:///home.ts", source);

  assertEquals(imports, ["./value.ts", "./effect.ts", "./reexport.ts", "./star.ts"]);
  assertEquals(exports.map((entry) => entry.name), ["f"]);
  assertEquals(asksForMain, false);
});

Deno.test("lexModule() sees import.meta.main in code only", async () => {
  const sources = [
    "if (import.meta.main) f()",
    "import.meta?.main",
    "// import.meta.main",
    '"import.meta.main"',
    "import.meta.mainly",
  ];

  const modules = await Promise.all(sources.map((source) => lexModule("file:///home.js", source)));

  assertEquals(modules.map((module) => module.asksForMain), [true, true, false, false, false]);
});

Deno.test("lexModule() leaves JavaScript as it is", async () => {
  const source = "export   function  f ( ) { }";

  assertEquals((await lexModule("file:///home.mjs?v=1", source)).source, source);
});

Deno.test("lexModule() refuses JSX and what is no script", async () => {
  await assertRejects(() => lexModule("file:///home.tsx", ""), SyntaxError, "JSX cannot be analysed");
  await assertRejects(() => lexModule("file:///home.ts", "export function ("), SyntaxError);
});

permittedTest("pinFunction() knows what a module exports from others, and runs none of them", [
  "read",
  "write",
], async () => {
  const imported = `import { work } from "./b.ts"; `;
  const cases: readonly (readonly [string, string, boolean])[] = [
    [`${imported}export { work };`, "work", true],
    [`${imported}export { work as run };`, "run", true],
    [`${imported}export { work as run };`, "work", false],
    [`${imported}export { work as default };`, "default", true],
    [`import b from "./b.ts"; export { b };`, "b", true],
    [`export { a as b } from "./b.ts";`, "b", true],
    [`export { a as b } from "./b.ts";`, "a", false],
    [`export { default } from "./b.ts";`, "default", true],
    [`export { default as b } from "./b.ts";`, "b", true],
    [`export * from "./b.ts";`, "anything", true],
    [`export * from "./b.ts";`, "default", false],
    [`export /* all */ * from "./b.ts"; export function own() {}`, "own", true],
    [`// export * from "./b.ts";`, "work", false],
    [`import { type work } from "./b.ts"; export type { work };`, "work", false],
    [`${imported}work();`, "work", false],
  ];
  const named = cases.map(([source, wanted, isThere], index) => ({ file: `a${index}.ts`, source, wanted, isThere }));
  await using folder = await writeProgram(Object.fromEntries(named.map(({ file, source }) => [file, source])));

  const found = await Promise.all(
    named.map(({ file, wanted }) =>
      pinFunction({ module: folder.url(file), export: wanted }).then(() => true, (error) => {
        if (error instanceof ModuleUnavailable) return false;
        throw error;
      })
    ),
  );

  assertEquals(found, named.map(({ isThere }) => isThere));
});
