import { assertEquals } from "@std/assert";
import { walk } from "@std/fs/walk";
import { fromFileUrl } from "@std/path/from-file-url";
import { relative } from "@std/path/relative";
import { permittedTest } from "./support/permitted_test.ts";
import { listExports, listFunctions, listImports } from "./support/structure/read_source.ts";
import { checkStructure, type ProjectFile } from "./support/structure/structure.ts";
import { checkWording } from "./support/structure/wording.ts";

const ROOT = fromFileUrl(new URL("../", import.meta.url));
const IGNORED_FOLDERS = [/[\\/](?:\.git|node_modules|coverage|\.local)$/];

async function readProject(): Promise<ProjectFile[]> {
  const files: ProjectFile[] = [];
  for await (const entry of walk(ROOT, { includeDirs: false, includeSymlinks: false, skip: IGNORED_FOLDERS })) {
    const path = relative(ROOT, entry.path).replaceAll("\\", "/");
    files.push({ path, text: await Deno.readTextFile(entry.path) });
  }
  return files;
}

/** Checks a project of these files and of entry points that use all of them. */
function check(files: Readonly<Record<string, string>>): string[] {
  const imports = Object.keys(files).filter((path) => path.startsWith("lib/")).map((path) => `import "./${path}";\n`);
  const all = { "mod.ts": imports.join(""), "cli.ts": "", ...files };
  const offences = checkStructure(Object.entries(all).map(([path, text]) => ({ path, text })));
  return offences.map(({ path, rule, detail }) => `${path}: ${rule}: ${detail}`);
}

permittedTest("the project keeps its own rules", ["read"], async () => {
  const offences = checkStructure(await readProject());
  const lines = offences.map(({ path, rule, detail }) => `${path}: ${rule}: ${detail}`);
  assertEquals(lines, [], `${lines.length} offences`);
});

permittedTest("a run takes time and chance from its clock alone", ["read"], async () => {
  const isOwn = (path: string) => path.startsWith("lib/run/") && path !== "lib/run/session/clock.ts";
  const own = (await readProject()).filter(({ path }) => isOwn(path));
  const offences = own.filter(({ text }) =>
    /Date\.now|new Date\(\)|performance\.now|setTimeout|Math\.random/.test(text)
  );
  assertEquals(offences.map(({ path }) => path), []);
});

permittedTest("no assertion repeats the wording of a message that a golden file has", ["read"], async () => {
  assertEquals(checkWording(await readProject()).map(({ path, detail }) => `${path}: ${detail}`), []);
});

Deno.test("checkWording() finds four words in a row of a golden file, in an assertion about a part of a text", () => {
  const golden = { path: "tests/cli/golden/lines.txt", text: "error: Cannot fly:\n  that snow is  white\n" };
  const check = (text: string) =>
    checkWording([golden, { path: "tests/a_test.ts", text }]).map(({ path, detail }) => `${path}: ${detail}`);
  const found = ['tests/a_test.ts: a golden file has "that snow is white"'];
  assertEquals(check('assertStringIncludes(\n  error,\n  "because that snow is white",\n);\n'), found);
  assertEquals(check('assertEquals(error.includes("that snow is white today"), true);\n'), found);
  assertEquals(check("assertMatch(error, /that snow is white$/);\n"), found);
  for (const words of ["that snow is", "that snow is warm", "that snow was white"]) {
    assertEquals(check(`await assertRejects(read, TypeError, "${words}");\n`), []);
  }
  assertEquals(check('assertEquals(error, "that snow is white");\n'), [], "a whole text may be compared");
});

Deno.test("checkStructure() accepts imports from the same folder and from earlier layers", () => {
  assertEquals(
    check({
      "lib/errors/storage_errors.ts": "export class Fenced {}",
      "lib/values/json.ts": "export type Json = 1;",
      "lib/plan/step.ts": 'import type { Json } from "../values/json.ts"; export interface Step {}',
      "lib/plan/planner.ts": 'import type { Step } from "./step.ts"; export class Planner {}',
      "lib/run/loop/run_loop.ts": 'import { Planner } from "../plan/planner.ts"; export function runLoop() {}',
      "lib/transaction.ts": 'import { runLoop } from "./run/run_loop.ts"; export class Transaction {}',
      "lib/cli/resume.ts": 'import { Transaction } from "../transaction.ts"; export function resumeCommand() {}',
    }),
    [],
  );
});

Deno.test("checkStructure() reports every import against the layer order", () => {
  assertEquals(
    check({
      "lib/errors/storage_errors.ts": "export class Fenced {}",
      "lib/cli/main.ts": "export function main() {}",
      "lib/other/thing.ts": "export class Thing {}",
      "lib/plan/step.ts": 'import { type Main, main } from "../cli/main.ts"; export class Step {}',
      "lib/run/run_step.ts": 'import "../transaction.ts"; export function runStep() {}',
      "lib/state/state.ts": 'const late = await import("../other/thing.ts"); export class State {}',
      "lib/transaction.ts": "export class Transaction {}",
      "lib/values/json.ts": 'import "../plan/step.ts"; export type Json = 1;',
    }),
    [
      "lib/plan/step.ts: layers: imports lib/cli/main.ts: plan/ comes before cli/",
      "lib/run/run_step.ts: layers: imports lib/transaction.ts: only mod.ts, lib/cli/ and tests use the face",
      "lib/state/state.ts: layers: imports lib/other/thing.ts: other is no layer",
      "lib/values/json.ts: layers: imports lib/plan/step.ts: errors/, values/, text/, process/ and version.ts are below all layers",
    ],
  );
});

Deno.test("checkStructure() lets only the doors of storage/ import a store", () => {
  const text = `${"\n".repeat(30)}`;
  assertEquals(
    check({
      "lib/storage/file/disk.ts": text,
      "lib/storage/file/file_store.ts": `import "./disk.ts";${text}`,
      "lib/storage/locator.ts": `import "./file/file_store.ts";${text}`,
      "lib/storage/read_state.ts": `import "./file/disk.ts";${text}`,
      "lib/cli/list.ts":
        `import "../storage/file/file_store.ts"; import "../storage/locator.ts"; import "../storage/read_state.ts";${text}`,
    }),
    ["lib/cli/list.ts", "lib/storage/read_state.ts"].map((path) =>
      `${path}: layers: imports lib/storage/file/${path.includes("cli") ? "file_store" : "disk"}.ts: ` +
      "the library finds its stores through storage/locator.ts"
    ),
  );
});

Deno.test("checkStructure() refuses tests and their tools in the library", () => {
  assertEquals(
    check({
      "lib/plan/step.ts": 'import "@std/assert"; import "jsr:@std/assert@1/equals"; export class Step {}',
      "lib/plan/ref.ts": 'import "../../tests/support/fake.ts"; import "npm:fast-check@4"; export class Ref {}',
      "tests/support/fake.ts": 'import "@std/assert/equals";',
    }),
    [
      "lib/plan/ref.ts: layers: imports tests/support/fake.ts: it lies outside lib/",
      "lib/plan/ref.ts: layers: imports npm:fast-check@4: it is for tests only",
      "lib/plan/step.ts: layers: imports @std/assert: it is for tests only",
      "lib/plan/step.ts: layers: imports jsr:@std/assert@1/equals: it is for tests only",
    ],
  );
});

Deno.test("checkStructure() refuses files and functions that are too long", () => {
  const longFunction = `export function step() {\n${"  work();\n".repeat(69)}}\n`;
  assertEquals(check({ "lib/plan/step.ts": longFunction, "tests/long_test.ts": "\n".repeat(300) }), [
    "lib/plan/step.ts: function length: the function at line 1 has 71 lines, 70 are allowed",
  ]);
  assertEquals(check({ "tests/long_test.ts": "\n".repeat(301) }), [
    "tests/long_test.ts: file length: has 301 lines, 300 are allowed",
  ]);
});

Deno.test("checkStructure() refuses names that are wrong or say nothing", () => {
  assertEquals(
    check({
      "lib/plan/runStep.ts": `export function runStep() {}${"\n".repeat(30)}`,
      "lib/plan/step.ts": `export class Step {} export { Ref } from "./ref.ts";${"\n".repeat(30)}`,
      "lib/plan/ref.ts": `export class Ref {}${"\n".repeat(30)}`,
      "lib/plan/utils.ts": `export const utils = 1;${"\n".repeat(30)}`,
    }),
    [
      "lib/plan/runStep.ts: file name: is not in snake_case",
      "lib/plan/step.ts: re-export: only mod.ts re-exports",
      "lib/plan/utils.ts: file name: says nothing about what is in it",
    ],
  );
});

Deno.test("checkStructure() refuses rooms with too many files", () => {
  const text = `export const part = 1;${"\n".repeat(30)}`;
  const files = Array.from({ length: 26 }, (_, i) => [`lib/plan/part_${i}.ts`, text]);
  assertEquals(check(Object.fromEntries(files)), ["lib/plan: room size: has 26 files, 25 are allowed"]);
  assertEquals(check(Object.fromEntries([...files.slice(1), ["lib/plan/inner/part.ts", text]])), []);
});

Deno.test("checkStructure() refuses too many small files", () => {
  const files = (small: number) =>
    Object.fromEntries(Array.from({ length: 25 }, (_, i) => [
      `lib/plan/part_${i}.ts`,
      `export const part = 1;${"\n".repeat(i < small ? 24 : 25)}`,
    ]));
  assertEquals(check(files(4)), ["lib: small files: 4 of 25 files have fewer than 25 lines"]);
  assertEquals(check(files(3)), []);
});

Deno.test("checkStructure() refuses files that nobody uses", () => {
  assertEquals(
    check({
      "mod.ts": 'export { Step } from "./lib/plan/step.ts";',
      "lib/plan/ref.ts": "export class Ref {}",
      "lib/plan/step.ts": "export class Step {}",
    }),
    ["lib/plan/ref.ts: unused: can be reached from no entry point"],
  );
});

Deno.test("checkStructure() knows the entry point of a room, and the module of a thread", () => {
  const thread = 'export const make = () => new Worker(import.meta.resolve("./thread.ts"));';
  assertEquals(
    check({
      "lib/storage/sqlite/mod.ts": 'export type { Made } from "./make.ts";',
      "lib/storage/sqlite/make.ts": `export type Made = Worker; ${thread}`,
      "lib/storage/sqlite/thread.ts": "addEventListener('message', () => {});",
    }),
    [],
  );
});

Deno.test("checkStructure() names missing entry points", () => {
  assertEquals(checkStructure([]).map(({ path, detail }) => `${path} ${detail}`), [
    "cli.ts is missing",
    "mod.ts is missing",
  ]);
});

Deno.test("checkStructure() refuses cycles, also of types", () => {
  assertEquals(
    check({
      "lib/plan/ref.ts": 'import type { Step } from "./step.ts"; export class Ref {}',
      "lib/plan/step.ts": 'import type { Ref } from "./ref.ts"; export class Step {}',
    }),
    ["lib/plan/ref.ts: cycle: lib/plan/ref.ts → lib/plan/step.ts → lib/plan/ref.ts"],
  );
});

Deno.test("checkStructure() refuses the places where somebody worked", () => {
  const folder = ["", "work", "main"].join("/");
  const host = ["registry", "example", "org"].join(".");
  assertEquals(check({ "docs/a.md": `see file://${folder}`, "docs/b.md": `~${folder} and https://${host}/x` }), [
    `docs/a.md: places: names "${folder.slice(0, -4)}"`,
    `docs/b.md: places: names "${host}"`,
  ]);
});

Deno.test("listImports() sees no imports in comments, strings and templates", () => {
  const source = [
    'import { a } from "./a.ts";',
    "import {\n  b,\n  type C,\n} from './b.ts';",
    'import type { D } from "./d.ts";',
    'export * from "./e.ts";',
    'const f = await import("./f.ts");',
    'import "./g.ts";',
    '// import "./no1.ts";',
    '/** import { x } from "./no2.ts"; */',
    "const text = 'import \"./no3.ts\"';",
    'const template = `import "./no4.ts" ${await import("./h.ts")} import "./no5.ts"`;',
    'const pattern = /import "no6"/;',
    "const from = Array.from('no7');",
  ].join("\n");
  assertEquals(listImports(source), ["./a.ts", "./b.ts", "./d.ts", "./e.ts", "./f.ts", "./g.ts", "./h.ts"]);
});

Deno.test("listExports() lists declared and listed names", () => {
  const source = "export async function a() {} export abstract class B {} export const c = 1; export type D = 1;\n" +
    "export interface E {} export function* f() {} export { g, h as i }; // export const no = 1;";
  assertEquals(listExports(source), ["a", "B", "c", "D", "E", "f", "g", "i"]);
});

Deno.test("listFunctions() measures bodies, not control flow and types", () => {
  const source = [
    "export function first(",
    "  a: { b: () => void },",
    "): Promise<{ c: string }> {",
    "  if (a) {",
    "    for (const b of [1]) { void b; }",
    "  }",
    "  const text = `}${(() => { return '}'; })()}{`;",
    '  return x.replace(/[/}]"/, text);',
    "}",
    "class Second {",
    "  get third(): number { return 1 / 2 / 3; }",
    "}",
    "const fourth = async <T,>(value: T): Promise<T> => {",
    "  await value;",
    "};",
  ].join("\n");
  assertEquals(listFunctions(source), [
    { line: 1, lines: 9 },
    { line: 7, lines: 1 },
    { line: 11, lines: 1 },
    { line: 13, lines: 3 },
  ]);
});

Deno.test("listFunctions() measures a module whose types cannot be blanked out", () => {
  const source = "enum A { B }\nexport function longOne(): { c: A } | undefined {\n" + "  work();\n".repeat(80) +
    "  return undefined;\n}\n";
  assertEquals(listFunctions(source).at(-1)?.lines, 83);
});
