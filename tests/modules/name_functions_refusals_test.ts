import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { nameFunctions } from "../../lib/modules/name_functions.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { STEPS, TRY } from "./naming_program.ts";
import { writeProgram } from "./run_program.ts";

permittedTest("nameFunctions() refuses what another process could not find", ["read", "write", "run"], async () => {
  await using folder = await writeProgram({
    "try.js": TRY,
    "late.ts": `export function late() {}`,
    "steps.ts": STEPS,
    "home.ts": `
import { attempt } from "./try.js";
import { upload } from "./steps.ts";
export function send(text: string) { return text; }
export const add = (a: number) => a + offset;
const offset = 1;
function makeAdd(offset: number) { const add = (a: number) => a + offset; return add; }
function makeSend() { return function send(text: string) { return "other" + text; }; }
const tools = { send(text: string) { return text + "tools"; }, plus: () => 1, "(odd [name": () => 1 };
class Mailer { static send() {} static mail() {} }
async function unexported(a: string) { return a }
const unexportedArrow = (a: string) => a;
function shadow(upload: () => void) { return upload; }
const wrapped = ((inner: unknown) => function send() { return inner; })(send);
if (import.meta.main) {
  const { late } = await import("./late.ts");
  const shadowed = shadow({ upload() {} }.upload);
  for (const fn of [makeSend(), tools.send, Mailer.send, wrapped, add, makeAdd(2), shadowed]) await attempt(import.meta, fn);
  for (const fn of [unexported, unexportedArrow, () => 1, tools.plus, Mailer.mail, late]) await attempt(import.meta, fn);
  for (const fn of [tools["(odd [name"], send.bind(null), JSON.stringify]) await attempt(import.meta, fn);
}`,
  });

  const { lines, errors } = await folder.run("home.ts");

  assertEquals(errors, "");
  const expected = [
    ...Array(4).fill(["send", "is a different function"]),
    ["add", "two functions with this name and the same text"],
    ["add", "two functions with this name and the same text"],
    ["upload", "it is not an export of"],
    ["unexported", "does not export it. Write: export async function unexported(…)"],
    ["unexportedArrow", "does not export it. Write: export const unexportedArrow = (…) => …"],
    ["", "it has no name, and exports are found by name. Write: export const myStep = (…) => …"],
    ["plus", "it is not an export of"],
    ["mail", "it is not an export of"],
    ["late", 'steps<typeof import("./module.ts")>(import.meta.resolve("./module.ts")).late'],
    ["(odd [name", "it is not an export of"],
    ["bound send", "it is a bound function. Write a function that calls it"],
    ["stringify", "it is a native function. Write a function that calls it"],
  ];
  assertEquals(lines.length, expected.length);
  for (const [index, [name, reason]] of expected.entries()) {
    const shown = name === "" ? "a function without a name" : JSON.stringify(name);
    assertStringIncludes(lines[index] ?? "", `TypeError: Cannot store ${shown} of step 1 "x": `);
    assertStringIncludes(lines[index] ?? "", reason);
  }
});

permittedTest(
  "nameFunctions() says the true reason for exports that cannot be found",
  ["read", "write", "run"],
  async () => {
    await using folder = await writeProgram({
      "try.js": TRY,
      "home.ts": `
import { attempt } from "./try.js";
const keep = <T>(fn: T): T => fn;
export const named = function other(a: number) { return a };
const later = async function inner(a: number) { return a };
export { later as listed };
export const [arr] = [function arr(a: number) { return a }];
export const [nameless] = [(a: number) => a];
export const { des } = { des: (a: number) => a };
export const made = keep(function made() {});
const hidden = function twin() { return 1 };
function twin() { return 2 }
export { twin };
if (import.meta.main) {
  for (const fn of [named, later, arr, nameless, des, made, hidden, twin]) await attempt(import.meta, fn);
}`,
    });

    const { lines, errors } = await folder.run("home.ts");

    assertEquals(errors, "");
    const unseen =
      "may be this function, but its declaration does not show it (it is a destructuring pattern, or an expression). " +
      "Write: export";
    const byName = "but its own name is";
    const expected = [
      `"@home.ts" exports it as "named", ${byName} "other". Write: export function named(…)`,
      `"@home.ts" exports it as "listed", ${byName} "inner". Write: export async function listed(…)`,
      `the export of that name in "@home.ts" ${unseen} function arr(…)`,
      'it has no name, and exports are found by name. Write: export const myStep = (…) => … in "@home.ts"',
      `the export of that name in "@home.ts" ${unseen} const des = (…) => …`,
      `the export of that name in "@home.ts" ${unseen} function made(…)`,
      'the export of that name in "@home.ts" is a different function',
    ];
    for (const [index, reason] of expected.entries()) assertStringIncludes(lines[index] ?? "", reason);
    assertEquals(lines.slice(expected.length), ["@home.ts twin"]);
  },
);

permittedTest("nameFunctions() refuses a home of JSX, and one that cannot be read, unless all is named", [
  "read",
  "write",
  "run",
], async () => {
  const body = `
export function send() {}
if (import.meta.main) {
  await attempt(import.meta, send);
  await attempt({ url: import.meta.resolve("./gone.ts"), resolve: import.meta.resolve }, send);
  await attempt(import.meta, steps<any>(import.meta.resolve("./steps.ts")).upload);
}`;
  const head = `import { attempt } from "./try.js"; import { steps } from "lib/plan/steps.ts";`;
  await using folder = await writeProgram({ "try.js": TRY, "steps.ts": STEPS, "home.tsx": head + body });

  const { lines, errors } = await folder.run("home.tsx");

  assertEquals(errors, "");
  assertEquals(lines.length, 3);
  const advice = "Move the steps to a TypeScript module of their own";
  assertStringIncludes(lines[0] ?? "", `"@home.tsx" cannot be analysed: JSX cannot be analysed. ${advice}`);
  assertStringIncludes(lines[1] ?? "", `"@gone.ts" cannot be analysed: Cannot read "@gone.ts"`);
  assertEquals(lines[2], "@steps.ts upload");
});

permittedTest("nameFunctions() refuses a main module that never checks import.meta.main", [
  "read",
  "write",
  "run",
], async () => {
  const main = `
import { attempt } from "./try.js";
import { steps } from "lib/plan/steps.ts";
// if (import.meta.main) is only spoken of, and so it is in "import.meta.main"
await attempt(import.meta, steps<any>(import.meta.resolve("./steps.ts")).upload);
export function own() {}
await attempt(import.meta, own);`;
  await using folder = await writeProgram({
    "try.js": TRY,
    "steps.ts": STEPS,
    "main.ts": main,
    "importing.ts": `import "./main.ts";`,
    "broken.tsx": main.replace(/^\/\/.*$/m, ""),
  });

  const refused = await folder.run("main.ts");
  const imported = await folder.run("importing.ts");
  const jsx = await folder.run("broken.tsx");

  const message = (file: string): string =>
    `TypeError: Cannot plan in "@${file}": it is the main module and never checks import.meta.main. resume ` +
    "imports it, and would run everything again. Put its work under: if (import.meta.main) { … }";
  assertEquals(refused.lines, [message("main.ts"), message("main.ts")]);
  assertEquals(imported.lines, ["@steps.ts upload", "@main.ts own"]);
  assertEquals(jsx.lines, [message("broken.tsx"), message("broken.tsx")]);
});

permittedTest("nameFunctions() refuses exports and modules that import() could not hand out", [
  "read",
  "write",
  "run",
], async () => {
  await using folder = await writeProgram({
    "try.js": TRY,
    "reserved.ts": `function hidden() {} export { hidden as constructor };`,
    "thenable.ts": `export function then(resolve: (value: number) => void) { resolve(1); } export function lost() {}`,
    "home.ts": `
import { attempt } from "./try.js";
import { constructor as reserved } from "./reserved.ts";
import { lost } from "./thenable.ts";
if (import.meta.main) {
  await attempt(import.meta, reserved);
  await attempt(import.meta, lost);
}`,
    "then.ts": `import { attempt } from "./try.js";
export function own() {}
export const then = 1;
if (import.meta.main) await attempt(import.meta, own);`,
    "then_from.ts": `import { attempt } from "./try.js";
export function own() {}
export { upload as then } from "./steps.ts";
if (import.meta.main) await attempt(import.meta, own);`,
    "steps.ts": STEPS,
  });

  const home = await folder.run("home.ts");
  const thenable = await folder.run("then.ts");
  const from = await folder.run("then_from.ts");

  assertEquals(home.errors + thenable.errors + from.errors, "");
  assertStringIncludes(home.lines[0] ?? "", '"constructor" as a step: ');
  assertStringIncludes(home.lines[1] ?? "", 'Cannot use "@thenable.ts": it exports "then"');
  assertStringIncludes(
    thenable.lines[0] ?? "",
    '"@then.ts" exports "then", which import() calls instead of returning the module',
  );
  assertStringIncludes(from.lines[0] ?? "", '"@then_from.ts" exports "then"');
});

permittedTest(
  "indexImports() gives up on a module in a circle with a home that waits",
  ["read", "write", "run"],
  async () => {
    await using folder = await writeProgram({
      "circle.ts": `import { shared } from "./home.ts"; export function upload() { return shared; }`,
      "home.ts": `
import { indexImports } from "lib/modules/import_index.ts";
import { upload } from "./circle.ts";
export const shared = 1;
const { found, problems } = await indexImports(import.meta, ["./home.ts", "./circle.ts"], 50);
console.log(found.has(upload), problems.length, problems[0]);`,
    });

    const { lines, errors } = await folder.run("home.ts");

    assertEquals(errors, "");
    assertStringIncludes(lines[0] ?? "", 'false 1 Cannot inspect "@circle.ts": its import does not finish');
  },
);

permittedTest(
  "nameFunctions() refuses a function that an imported module has word for word",
  ["read", "write", "run"],
  async () => {
    await using folder = await writeProgram({
      "try.js": TRY,
      "library.ts": `const where = "library";
export const api = { save: (x: number): string => \`\${where} \${x}\`, other: (x: number): number => x };`,
      "home.ts": `
import { attempt } from "./try.js";
import { api } from "./library.ts";
const where = "home";
export const save = (x: number): string => \`\${where} \${x}\`;
export const own = (x: number): number => x + 1;
if (import.meta.main) {
  await attempt(import.meta, api.save);
  await attempt(import.meta, save);
  await attempt(import.meta, own);
}`,
    });

    const { lines, errors } = await folder.run("home.ts");

    const refusal =
      `TypeError: Cannot store "save" of step 1 "x": "@library.ts" has a function with the same name and the same ` +
      "text. Rename one of them";
    assertEquals(errors, "");
    assertEquals(lines, [refusal, refusal, "@home.ts own"]);
  },
);

permittedTest("nameFunctions() refuses a home whose URL Deno cannot convert to a path", ["read"], async () => {
  for (const url of ["file://host/home.ts", "file:///srv/%FF.ts"]) {
    const home = { url, main: false, resolve: (text: string) => text };
    const naming = () => nameFunctions(home, [{ fn: function work() {}, label: 'step 1 "work"' }]);
    await assertRejects(naming, TypeError, `Cannot store "work" of step 1 "work": "${url}" cannot be analysed: `);
  }
});
