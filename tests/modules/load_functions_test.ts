import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ModuleUnavailable } from "../../lib/errors/planning_errors.ts";
import { functionKey, loadFunctions } from "../../lib/modules/load_functions.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { writeProgram } from "./run_program.ts";

const FRESH = { forResume: false };

permittedTest(
  "loadFunctions() imports what is not known, and gives every function by its key",
  ["read", "write"],
  async () => {
    await using folder = await writeProgram({
      "a.js": `export function one() { return 1; } export default () => 2;`,
      "b.js": `export const three = async () => 3;`,
    });
    const known = { module: "file:///nowhere.ts", export: "known" };
    const codes = [
      { module: folder.url("a.js"), export: "one" },
      known,
      { module: folder.url("a.js"), export: "default" },
      { module: folder.url("b.js"), export: "three" },
      { module: folder.url("a.js"), export: "one" },
    ];

    const functions = await loadFunctions(codes, { ...FRESH, known: new Map([[functionKey(known), () => "known"]]) });

    assertEquals(functions.size, 4);
    const values = codes.map((code) => functions.get(functionKey(code))?.());
    assertEquals(await Promise.all(values), [1, "known", 2, 3, 1]);
  },
);

permittedTest(
  "loadFunctions() says what a module exports instead, and what is no function",
  ["read", "write"],
  async () => {
    await using folder = await writeProgram({
      "a.js": `export function upload() {} export const list = []; export class Maker {} export const nothing = null;
export const text = ""; export const version = {};`,
      "empty.js": "",
      "many.js": Array.from({ length: 25 }, (_, index) => `export const step${10 + index} = 1;`).join("\n"),
    });
    const refusals: readonly (readonly [string, string, string])[] = [
      [
        "a.js",
        "uplaod",
        'no such export, only "Maker", "list", "nothing", "text", "upload", "version". Did you mean "upload"?',
      ],
      ["a.js", "toString", "no such export"],
      ["a.js", "list", "it is an array, not a function"],
      ["a.js", "Maker", "it is a class, not a function"],
      ["a.js", "nothing", "it is null, not a function"],
      ["a.js", "text", "it is a string, not a function"],
      ["a.js", "version", "it is an object, not a function"],
      ["a.js", "constructor", "the name is reserved"],
      ["empty.js", "mail", "the module exports nothing"],
      ["many.js", "mail", '"step29" and 5 more'],
    ];

    for (const [file, name, reason] of refusals) {
      const code = { module: folder.url(file), export: name };
      const error = await assertRejects(() => loadFunctions([code], FRESH), ModuleUnavailable, reason);
      assertEquals([error.module, error.export], [code.module, name]);
    }
  },
);

permittedTest("loadFunctions() says why a module cannot be loaded", ["read", "write"], async () => {
  await using folder = await writeProgram({
    "throws.js": `throw new RangeError("out of paper");`,
    "broken.js": `export function (`,
    "thenable.js": `export function then(resolve) { resolve({ upload() {} }); } export function upload() {}`,
    "importing.js": `import "./gone.js"; export function upload() {}`,
  });
  const refusals: readonly (readonly [string, string])[] = [
    [folder.url("throws.js"), "out of paper"],
    [folder.url("broken.js"), "Cannot load"],
    [folder.url("thenable.js"), 'exports "then"'],
    [folder.url("gone.js"), "Cannot load"],
    [folder.url("importing.js"), "gone.js"],
    ["data:text/javascript,export function upload() {}", "data: is not among"],
    ["node:fs", "node: is not among"],
    ["npm:superjson@2", "exact version"],
    ["./a.ts", "not an absolute URL"],
  ];

  for (const [module, reason] of refusals) {
    const load = () => loadFunctions([{ module, export: "upload" }], FRESH);
    const error = await assertRejects(load, ModuleUnavailable, reason);
    assertEquals([error.module, error.cause instanceof Error], [module, true]);
  }
});

const REPORT = `
import { functionKey, loadFunctions } from "lib/modules/load_functions.ts";
export async function attempt(modules, options) {
  try {
    const functions = await loadFunctions(modules.map((module) => ({ module, export: "upload" })), options);
    console.log("loaded " + functions.size);
  } catch (error) {
    console.log(error.name + ": " + error.message);
    for (let cause = error.cause; cause instanceof Error; cause = cause.cause) console.log("because " + cause.message);
  }
}
`;

permittedTest(
  "loadFunctions() names the flag to add before it imports anything",
  ["read", "write", "run"],
  async () => {
    await using folder = await writeProgram({
      "report.js": REPORT,
      "allowed.js": `console.log("imported"); export function upload() {}`,
      "a.js": `export function upload() {}`,
      "b.js": `export function upload() {}`,
      "main.js": `
import { attempt } from "./report.js";
const [allowed, a, b] = ["allowed.js", "a.js", "b.js"].map((file) => new URL(file, import.meta.url).href);
await attempt([allowed, a], { forResume: false });
await attempt([allowed, a, b, "https://example.com/s3.ts", "http://localhost/s3.ts"], { forResume: false });
await attempt([allowed], { forResume: true });`,
    });

    const { lines, errors } = await folder.run("main.js", [`--allow-read=${folder.path}/allowed.js`]);

    const path = folder.path;
    const advice = ", and the same for what the module imports";
    assertEquals(errors, "");
    assertEquals(lines, [
      `ModuleUnavailable: Cannot load "@a.js": Deno has no permission to. Add --allow-read=${path}/a.js${advice}`,
      `ModuleUnavailable: Cannot load "@a.js" and 3 more: Deno has no permission to. Add --allow-read=${path}/a.js,` +
      `${path}/b.js --allow-import=example.com,localhost:80${advice}`,
      "imported",
      "loaded 1",
    ]);
  },
);

permittedTest("loadFunctions() lets no module start a transaction while it is loaded for a resume", [
  "read",
  "write",
  "run",
], async () => {
  await using folder = await writeProgram({
    "report.js": REPORT,
    "run.js": `import { refuseWhileLoading } from "lib/modules/import_namespace.ts";
export async function run(text) { refuseWhileLoading(); console.log(text); }`,
    "script.js":
      `import { run } from "./run.js"; export function upload() {} await run("script started a transaction");`,
    "guarded.js": `import { run } from "./run.js"; export function upload() {} if (import.meta.main) await run("no");`,
    "fresh.js": `import { run } from "./run.js"; export function upload() {} await run("fresh started a transaction");`,
    "main.js": `
import { attempt } from "./report.js";
import { run } from "./run.js";
const [script, guarded, fresh] = ["script.js", "guarded.js", "fresh.js"].map((file) => new URL(file, import.meta.url).href);
await attempt([guarded, script], { forResume: true });
await attempt([guarded], { forResume: true });
await attempt([fresh], { forResume: false });
await run("main started a transaction");`,
  });

  const { lines, errors } = await folder.run("main.js");

  const refusal =
    'Cannot start a transaction while resume loads "@script.js": put the call under if (import.meta.main)';
  assertEquals(errors, "");
  assertEquals(lines, [
    `ModuleUnavailable: Cannot load "@script.js": ${refusal}`,
    `because ${refusal}`,
    "loaded 1",
    "fresh started a transaction",
    "loaded 1",
    "main started a transaction",
  ]);
});

permittedTest("loadFunctions() loads beside a main module that awaits at its top level, but not that one", [
  "read",
  "write",
  "run",
], async () => {
  await using folder = await writeProgram({
    "steps.ts": `export function upload(): string { return "sent"; }`,
    "main.ts": `
import { functionKey, loadFunctions } from "lib/modules/load_functions.ts";
import { nameFunctions } from "lib/modules/name_functions.ts";
import { steps } from "lib/plan/steps.ts";
export function own(): string { return "own"; }
if (import.meta.main) {
  const far = steps<typeof import("./steps.ts")>(import.meta.resolve("./steps.ts"));
  const names = await nameFunctions(import.meta, [own, far.upload].map((fn) => ({ fn, label: fn.name })));
  const known = new Map([[functionKey(names[0]!), own]]);
  const functions = await loadFunctions(names, { known, forResume: false });
  console.log(names.map((name) => functions.get(functionKey(name))?.()).join(" "));
}`,
  });

  const { lines, errors } = await folder.run("main.ts");

  assertEquals(errors, "");
  assertEquals(lines, ["own sent"]);
});

permittedTest("loadFunctions() gives up when a step module's circle can never load", [
  "read",
  "write",
  "run",
], async () => {
  await using folder = await writeProgram({
    "report.js": REPORT,
    "steps.js": `import { shared } from "./main.js"; export function upload() { return shared; }`,
    "main.js": `import { attempt } from "./report.js"; export const shared = 1;
await attempt([import.meta.resolve("./steps.js")], { forResume: false, limitMs: 20 });`,
  });

  const { lines } = await folder.run("main.js");

  assertStringIncludes(lines[0] ?? "", "the import did not finish within 0.02 seconds");
});

permittedTest("loadFunctions() keeps the file, the line and the excerpt of what Deno refuses to load", [
  "read",
  "write",
  "run",
], async () => {
  await using folder = await writeProgram({
    "report.js": REPORT,
    "bad.ts": "export function upload() {\n  const a = ;\n}\n",
    "imports_bad.ts": `import "./bad.ts";\nexport function upload() {}\n`,
    "gone.ts": `import "./nowhere.ts";\nexport function upload() {}\n`,
    "throws.ts": "export function upload() {}\nthrow new RangeError('out of paper');\n",
    "bare.ts": `import "a-package-of-nobody";\nexport function upload() {}\n`,
    "main.js": `
import { attempt } from "./report.js";
for (const file of ["bad", "imports_bad", "gone", "throws", "bare"]) {
  console.log(file);
  await attempt([import.meta.resolve("./" + file + ".ts")], { forResume: true });
}`,
  });

  const { lines, errors } = await folder.run("main.js");

  assertEquals(errors, "");
  const text = lines.join("\n");
  const reports = Object.fromEntries(
    text.split(/^(bad|imports_bad|gone|throws|bare)$/m).slice(1).reduce<string[][]>((pairs, part, index) => {
      if (index % 2 === 0) pairs.push([part]);
      else pairs.at(-1)?.push(part.slice(0, part.indexOf("\nbecause ")));
      return pairs;
    }, []),
  );
  const parts: readonly (readonly [string, readonly string[]])[] = [
    ["bad", ["Expression expected", "2 |   const a = ;", "@bad.ts:2:13"]],
    ["imports_bad", ['Cannot load "@imports_bad.ts"', "2 |   const a = ;", "@bad.ts:2:13"]],
    ["gone", ["@nowhere.ts", "at @gone.ts:1:8"]],
    ["throws", ["out of paper", "@throws.ts:2:7"]],
    ["bare", ["a-package-of-nobody", "@bare.ts:1:8", "deno run --config=PATH/deno.json"]],
  ];
  for (const [file, expected] of parts) for (const part of expected) assertStringIncludes(reports[file] ?? "", part);
});
