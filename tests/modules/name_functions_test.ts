import { assertEquals, assertStringIncludes } from "@std/assert";
import { permittedTest } from "../support/permitted_test.ts";
import { STEPS, TRY } from "./naming_program.ts";
import { writeProgram } from "./run_program.ts";

permittedTest("nameFunctions() names imported functions by identity", ["read", "write", "run"], async () => {
  await using folder = await writeProgram({
    "try.js": TRY,
    "steps.ts": STEPS,
    "barrel.ts": `export { upload as send } from "./steps.ts"; export { bound } from "./other.js";`,
    "other.js": `export const bound = (function () {}).bind(null); const o = { m() {} }; export const member = o.m;
export class Maker {}
export * from "./star.js";`,
    "star.js": `export function starred() {}`,
    "again.ts": `export function again() {}`,
    "home.ts": `
import { attempt } from "./try.js";
import * as s3 from "./steps.ts";
import fromDefault, { upload as put, arrow } from "./steps.ts";
import { bound, send } from "./barrel.ts";
import { Maker, member, starred } from "./other.js";
import process from "node:process";
import superjson from "superjson";
import { stringify } from "superjson";
export { again } from "./again.ts";
import { again } from "./again.ts";
import { steps } from "lib/plan/steps.ts";
if (import.meta.main) {
  const all = [s3.upload, put, arrow, fromDefault, s3.twin, send, bound, member, starred, again, Maker, process.cwd, stringify];
  for (const fn of all) await attempt(import.meta, fn);
  await attempt(import.meta, steps<any>("https://example.com/x.ts").far);
}`,
  });

  const { code, errors, lines: shown } = await folder.run("home.ts");
  const lines = [...shown];

  assertEquals(errors, "");
  assertEquals(code, 0);
  const [npm] = lines.splice(12, 1);
  assertStringIncludes(npm ?? "", 'Cannot store "bound stringify" of step 1 "x"');
  assertStringIncludes(npm ?? "", 'steps<typeof import("npm:superjson@');
  assertEquals(lines, [
    "@steps.ts upload",
    "@steps.ts upload",
    "@steps.ts arrow",
    "@steps.ts default",
    "@steps.ts twin",
    "@steps.ts upload",
    "@barrel.ts bound",
    "@other.js member",
    "@other.js starred",
    "@again.ts again",
    'TypeError: Cannot store "Maker" of step 1 "x": it is a class. Export a function that creates the instance',
    'TypeError: Cannot store "cwd" of step 1 "x": Cannot use "node:process" as a step module: node: is not among file:, ' +
    "https:, jsr: and npm:. Export your own function that calls it",
    "https://example.com/x.ts far",
  ]);
});

permittedTest("nameFunctions() names home's own exports while home awaits at its top level", [
  "read",
  "write",
  "run",
], async () => {
  await using folder = await writeProgram({
    "try.js": TRY,
    "types.ts": `console.log("a type-only import was loaded"); export interface Text { text: string }`,
    "home.ts": `
import { attempt } from "./try.js";
import type { Text } from "./types.ts";
enum Mode { Fast, Slow }
export async function plain<T extends Text>(text: T, mode: Mode = Mode.Fast): Promise<string> {
  // why
  return await Promise.resolve(\`\${text.text} /* \${mode} */\`);
}
export const arrow = async (n: number) => n + 1;
export const first = 1, second = function (this: void, a: string) { return a };
function local(a: unknown) { return a }
const localArrow = () => { const r = /[{}]/; return r; };
export { local as other, localArrow as otherArrow };
export default async function named() {}
export function* generate() { yield 1 }
export function both() { return "both" }
export { both as alias, both as all };
class Parameters { constructor(readonly a: string) {} }
export const $dollar = () => new Parameters("a");
if (import.meta.main) {
  for (const fn of [plain, arrow, second, local, localArrow, named, generate, both, $dollar]) await attempt(import.meta, fn);
}`,
    "nameless.ts": `import { attempt } from "./try.js"; import * as self from "./nameless.ts";
export default (a: number) => a * 2;
if (import.meta.main) await attempt(import.meta, self.default);`,
    "expression.mjs": `import { attempt } from "./try.js"
const one = a => a
export default one
export   const two = (a,b)=>a+b // sum
export const three=function(){return 3}
if (import.meta.main) for (const fn of [one, two, three]) await attempt(import.meta, fn)`,
  });

  const results = [];
  for (const main of ["home.ts", "nameless.ts", "expression.mjs"]) results.push(await folder.run(main));

  assertEquals(results.map((result) => result.errors), ["", "", ""]);
  assertEquals(results.map((result) => result.lines), [
    ["plain", "arrow", "second", "other", "otherArrow", "default", "generate", "both", "$dollar"]
      .map((name) => `@home.ts ${name}`),
    ["@nameless.ts default"],
    ["@expression.mjs default", "@expression.mjs two", "@expression.mjs three"],
  ]);
});

permittedTest("nameFunctions() works in a home behind http on loopback", ["read", "write", "run", "net"], async () => {
  const sources: Readonly<Record<string, string>> = {
    "/home.ts": `
import { nameFunctions } from "LIB/modules/name_functions.ts";
import * as s3 from "./steps.ts";
export function own(a: string): string { return a }
if (import.meta.main) {
  const names = await nameFunctions(import.meta, [own, s3.upload].map((fn) => ({ fn, label: fn.name })));
  console.log(JSON.stringify(names));
}`,
    "/steps.ts": STEPS,
  };
  await using folder = await writeProgram({});
  // A module behind http cannot import a file: one, so that the library is served as well.
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname, origin } = new URL(request.url);
    const source = sources[pathname]?.replaceAll("LIB", `${origin}/lib`) ??
      await Deno.readTextFile(new URL(`../..${pathname}`, import.meta.url));
    return new Response(source, { headers: { "content-type": "application/typescript" } });
  });
  const origin = `http://127.0.0.1:${server.addr.port}`;

  const { lines, errors } = await folder.run(`${origin}/home.ts`);
  await server.shutdown();

  assertEquals(errors, "");
  assertEquals(lines, [JSON.stringify([
    { module: `${origin}/home.ts`, export: "own" },
    { module: `${origin}/steps.ts`, export: "upload" },
  ])]);
});

permittedTest(
  "nameFunctions() finds the functions of a module in a circle with home",
  ["read", "write", "run"],
  async () => {
    await using folder = await writeProgram({
      "try.js": TRY,
      "circle.ts":
        `import { shared } from "./home.ts"; export * from "./home.ts"; export function upload() { return shared; }`,
      "home.ts": `
import { attempt } from "./try.js";
import { upload } from "./circle.ts";
export const shared = 1;
export function own() {}
if (import.meta.main) for (const fn of [upload, own]) await attempt(import.meta, fn);
export const late = 2;`,
    });

    const { lines, errors } = await folder.run("home.ts");

    assertEquals(errors, "");
    assertEquals(lines, ["@circle.ts upload", "@circle.ts own"]);
  },
);

permittedTest("nameFunctions() looks a repeated function up once, and keeps the order", [
  "read",
  "write",
  "run",
], async () => {
  await using folder = await writeProgram({
    "steps.ts": STEPS,
    "home.ts": `
import { nameFunctions } from "lib/modules/name_functions.ts";
import { upload } from "./steps.ts";
export function own() {}
let resolved = 0;
let printed = 0;
const { toString } = Function.prototype;
Function.prototype.toString = function () { printed += this === own || this === upload ? 1 : 0; return toString.call(this); };
if (import.meta.main) {
  const home = { url: import.meta.url, resolve: (text: string) => (resolved++, import.meta.resolve(text)) };
  const functions = Array.from({ length: 100_000 }, (_, index) => ({ fn: index % 2 ? own : upload, label: "" }));
  const names = await nameFunctions(home, functions);
  console.log(names.length, names[0]?.export, names[1]?.export, names.at(-1)?.export, resolved, printed);
}`,
  });

  // Each import is resolved twice (once for its functions, once for its text), whatever the number of steps.
  assertEquals((await folder.run("home.ts")).lines, ["100000 upload own own 4 5"]);
});

permittedTest("nameFunctions() needs no permission for what is loaded already", ["read", "write", "run"], async () => {
  await using folder = await writeProgram({
    "try.js": TRY,
    "steps.ts": STEPS,
    "home.ts": `import { attempt } from "./try.js"; import { upload } from "./steps.ts"; export function own() {}
if (import.meta.main) { await attempt(import.meta, upload); await attempt(import.meta, own); }`,
  });

  assertEquals((await folder.run("home.ts", [])).lines, ["@steps.ts upload", "@home.ts own"]);
});
