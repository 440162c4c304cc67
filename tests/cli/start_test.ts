import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path/from-file-url";
import { commandNames } from "../../lib/cli/commands/commands.ts";
import { writeProgram } from "../modules/run_program.ts";
import { permittedTest } from "../support/permitted_test.ts";

const ROOT = new URL("../../", import.meta.url);

/** A module as `deno info --json` shows it. */
interface InfoModule {
  readonly specifier: string;
  readonly dependencies?: readonly { readonly isDynamic?: boolean; readonly code?: { readonly specifier?: string } }[];
}

/** What is loaded before the first line of a module runs: the edges from each module to those that it imports. */
async function readEdges(path: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const args = [
    "info",
    "--json",
    "--config",
    fromFileUrl(new URL("deno.json", ROOT)),
    fromFileUrl(new URL(path, ROOT)),
  ];
  const { stdout } = await new Deno.Command(Deno.execPath(), { args, stderr: "null" }).output();
  const { modules, roots }: { modules: readonly InfoModule[]; roots: readonly string[] } = JSON.parse(
    new TextDecoder().decode(stdout),
  );
  const edges = new Map<string, readonly string[]>();
  const waiting = [...roots];
  for (let specifier = waiting.pop(); specifier !== undefined; specifier = waiting.pop()) {
    if (edges.has(specifier)) continue;
    const found = modules.find((module) => module.specifier === specifier);
    const imported = (found?.dependencies ?? []).flatMap(({ isDynamic, code }) =>
      isDynamic === true || code?.specifier === undefined ? [] : [code.specifier]
    );
    edges.set(specifier, imported);
    waiting.push(...imported);
  }
  return edges;
}

/** The modules of Node's, and the packages, that this project's own files load. The stand-ins of `@std` are left out. */
async function listForeign(path: string): Promise<readonly string[]> {
  const foreign = new Set<string>();
  for (const [from, imported] of await readEdges(path)) {
    if (from.includes("/tests/std/")) continue;
    for (const to of imported) {
      if (!to.startsWith("file:")) foreign.add(to.replace(/^npm:\/?/, "npm:").replace(/@[\d.^]+$/, ""));
    }
  }
  return [...foreign].sort();
}

const EXPECTED: readonly (readonly [path: string, foreign: readonly string[]])[] = [
  ["cli.ts", []],
  ["lib/cli/commands/check_command.ts", ["npm:superjson"]],
  ["lib/cli/commands/inspect_command.ts", ["npm:superjson"]],
  ["lib/cli/commands/list_command.ts", ["npm:superjson"]],
  ["lib/cli/commands/resume_command.ts", ["node:util/types", "npm:superjson"]],
  ["mod.ts", ["node:util/types", "npm:superjson"]],
];

for (const [path, foreign] of EXPECTED) {
  permittedTest(
    `${path} starts with no other package and module of Node's than it needs`,
    ["run", "read"],
    async () => {
      assertEquals(await listForeign(path), foreign);
    },
  );
}

permittedTest("cli.ts loads none of the commands before it knows which is called", ["run", "read"], async () => {
  const loaded = await readEdges("cli.ts");
  assertEquals(commandNames.filter((name) => loaded.has(new URL(`lib/cli/${name}_command.ts`, ROOT).href)), []);
  assert(loaded.size < 40, `${loaded.size} modules`);
});

const WATCH = `export const read: string[] = [];
for (const name of ["setTimeout", "clearTimeout", "setInterval", "process", "Buffer"]) {
  const { get, value } = Object.getOwnPropertyDescriptor(globalThis, name) ?? {};
  Object.defineProperty(globalThis, name, {
    configurable: true,
    get() {
      read.push(name);
      return get === undefined ? value : get.call(globalThis);
    },
  });
}
`;
const HOME = `import { read } from "./watch.ts";
import { context, Transaction } from "@x/resumable-tx";
export function add(a: number, b: number): number {
  return a + b * context().attempt;
}
if (import.meta.main) {
  const journal = new URL("journal.json", import.meta.url);
  const sum = await Transaction.run(import.meta, (t) => t.do(add, 1, 2), { journal, keep: true });
  console.log(sum, (await Transaction.inspect(journal)).status, await Transaction.resume(journal), read.join());
  console.log(typeof setTimeout, read.join());
}
`;

permittedTest("a run, a look and a resume read no global for which Deno loads Node's modules, and need no parser", [
  "read",
  "write",
  "run",
], async () => {
  await using folder = await writeProgram({ "watch.ts": WATCH, "home.ts": HOME });
  const { lines, errors } = await folder.run("home.ts");
  assertEquals(errors, "");
  assertEquals(lines, ["3 finished 3 ", "function setTimeout"]);
});
