import { assertEquals, assertRejects } from "@std/assert";
import { lexModule } from "../../lib/modules/lex_module.ts";

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
