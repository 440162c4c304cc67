import { assertEquals } from "@std/assert";
import { copy } from "@std/fs/copy";
import { walk } from "@std/fs/walk";
import { fromFileUrl } from "@std/path/from-file-url";
import { join } from "@std/path/join";
import { relative } from "@std/path/relative";
import { serveJsr } from "./support/jsr_registry.ts";
import { permittedTest } from "./support/permitted_test.ts";
import { maskSource } from "./support/structure/mask_source.ts";
import { makeTempFolder } from "./support/temp_folder.ts";

const ROOT = fromFileUrl(new URL("../", import.meta.url));
/** How many modules each entry point may load, with everything that any command needs. */
const MOST_MODULES = { "mod.ts": 150, "cli.ts": 285 };
/** How many more that may be with the real `@std`, which has a module for each operating system. */
const MORE_OF_STD = import.meta.resolve("@std/path/join").startsWith("file:") ? 0 : 25;
/** What each entry point needs of npm: nothing else is downloaded before it starts. */
const PACKAGES = ["@opentelemetry/api", "copy-anything", "es-module-lexer", "superjson"];
/** Node's modules that a run needs. Each takes time to load, so what only reads a journal imports none of them. */
const NODE_MODULES = ["node:module", "node:util/types"];

/** What `deno info --json` tells, as far as it is looked at here. */
interface Graph {
  readonly modules: readonly GraphModule[];
  readonly npmPackages: Readonly<Record<string, unknown>>;
}

/** One module, and what it imports. */
interface GraphModule {
  readonly specifier: string;
  readonly kind?: string;
  readonly error?: string;
  readonly dependencies?: readonly { readonly code?: { readonly specifier?: string }; readonly isDynamic?: boolean }[];
}

/** What is loaded of one entry point. */
interface Loaded {
  /** How many modules there are. */
  readonly count: number;
  /** Those of Node. */
  readonly node: readonly string[];
  /** The names of the npm packages. */
  readonly packages: readonly string[];
  /** What could not be loaded, and why. */
  readonly errors: readonly string[];
}

async function runDeno(args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}) {
  const command = new Deno.Command(Deno.execPath(), { args: [...args], cwd, env: { NO_COLOR: "1", ...env } });
  const { code, stdout, stderr } = await command.output();
  const [output = "", errors = ""] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, output, errors };
}

async function readGraph(entryPoint: string, cwd: string, env?: Readonly<Record<string, string>>): Promise<Graph> {
  return JSON.parse((await runDeno(["info", "--json", entryPoint], cwd, env)).output);
}

/** Everything that is evaluated when some modules are: what they import statically, and what that imports. */
function evaluated({ modules }: Graph, roots: readonly string[]): ReadonlySet<string> {
  const byUrl = new Map(modules.map((module) => [module.specifier, module]));
  const reached = new Set(roots);
  for (const url of reached) {
    for (const { code, isDynamic } of byUrl.get(url)?.dependencies ?? []) {
      if (code?.specifier !== undefined && isDynamic !== true) reached.add(code.specifier);
    }
  }
  return reached;
}

async function look(entryPoint: string, cwd: string, env?: Readonly<Record<string, string>>): Promise<Loaded> {
  const { modules, npmPackages } = await readGraph(entryPoint, cwd, env);
  return {
    count: modules.length,
    node: modules.filter(({ kind }) => kind === "node").map(({ specifier }) => specifier).sort(),
    packages: Object.keys(npmPackages).map((name) => name.replace(/(?<=.)@.*$/, "")).sort(),
    errors: modules.flatMap(({ specifier, error }) => error === undefined ? [] : [`${specifier}: ${error}`]),
  };
}

/** A cache with those npm packages alone that are expected. Any other would have to come over a network that is cut off. */
async function makeCache(folder: string): Promise<void> {
  const { npmCache } = JSON.parse((await runDeno(["info", "--json"], ROOT)).output);
  for await (const registry of Deno.readDir(npmCache)) {
    if (!registry.isDirectory) continue;
    for (const name of PACKAGES) {
      const target = join(folder, "npm", registry.name, name);
      await Deno.mkdir(join(target, ".."), { recursive: true });
      await copy(join(npmCache, registry.name, name), target);
    }
  }
}

for (const entryPoint of ["mod.ts", "cli.ts"] as const) {
  permittedTest(`${entryPoint} loads ${MOST_MODULES[entryPoint]} modules at most`, ["read", "run"], async () => {
    const { count, ...loaded } = await look(entryPoint, ROOT);
    assertEquals(loaded, { node: NODE_MODULES, packages: PACKAGES, errors: [] });
    assertEquals(count <= MOST_MODULES[entryPoint] + MORE_OF_STD, true, `${count} modules`);
  });
}

permittedTest(
  "what only reads a journal loads nothing of Node's, and of npm superjson alone",
  ["read", "run"],
  async () => {
    const graph = await readGraph("cli.ts", ROOT);
    const readers = ["list", "inspect", "check", "prune"].map((name) => `lib/cli/commands/${name}_command.ts`);
    const shows = ["show_events", "show_journal", "write_page"].map((name) => `lib/cli/show/${name}.ts`);
    const roots = ["cli.ts", ...readers, ...shows].map((path) => new URL(`../${path}`, import.meta.url).href);
    const known = graph.modules.map(({ specifier }) => specifier);
    assertEquals(roots.filter((root) => !known.includes(root)), []);
    const foreign = [...evaluated(graph, roots)].filter((url) => !url.startsWith("file:"));
    assertEquals(foreign.map((url) => url.replace(/@[^@]*$/, "")), ["npm:superjson"]);
  },
);

// `deno cache`, `--cached-only`, `deno compile` and the lock file see only what is imported by a text in the source. What a
// database or a schedule needs is not to be downloaded by those who have none.
permittedTest(
  "all of the library is imported by name, but for the steps of users, databases and schedules",
  ["read"],
  async () => {
    const computed: string[] = [];
    for await (const { path } of walk(join(ROOT, "lib"), { exts: [".ts"] })) {
      const imports = maskSource(await Deno.readTextFile(path)).matchAll(/(?<!typeof )\bimport\((?!["'])/g);
      if ([...imports].length > 0) computed.push(relative(ROOT, path).replaceAll("\\", "/"));
    }
    assertEquals(computed.sort(), [
      "lib/modules/import_namespace.ts",
      "lib/modules/module_source.ts",
      "lib/storage/locator.ts",
      "lib/work/schedule_room.ts",
    ]);
  },
);

const PROGRAM = `import { Transaction } from "jsr:@x/resumable-tx";
export function ask(): string {
  if (Deno.env.get("ANSWER") === undefined) throw new Error("nobody answers");
  return "answered";
}
if (import.meta.main) await Transaction.run(import.meta, (t) => t.do(ask), { journal: "journal.json" });
`;

permittedTest(
  "as published, every command finds what it needs in the cache",
  ["read", "write", "run", "net", "env"],
  async () => {
    await using folder = await makeTempFolder();
    await using registry = await serveJsr();
    const cache = join(folder.path, "cache");
    await makeCache(cache);
    await Deno.writeTextFile(join(folder.path, "program.ts"), PROGRAM);
    // Nothing but this machine can be reached.
    const env = { DENO_DIR: cache, JSR_URL: registry.url, HTTPS_PROXY: "http://127.0.0.1:9", NO_PROXY: "127.0.0.1" };
    const start = async (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
      await runDeno(["run", "-A", "--cached-only", "--no-config", "--no-lock", ...args], folder.path, {
        ...env,
        ...more,
      });
    const cli = "jsr:@x/resumable-tx/cli";

    const cached = await runDeno(["cache", cli, "jsr:@x/resumable-tx"], folder.path, env);
    assertEquals(cached.code, 0, cached.errors);
    for (const [entryPoint, specifier] of [["cli.ts", cli], ["mod.ts", "jsr:@x/resumable-tx"]] as const) {
      const { count, ...loaded } = await look(specifier, folder.path, env);
      assertEquals(loaded, { node: NODE_MODULES, packages: PACKAGES, errors: [] });
      assertEquals(count <= MOST_MODULES[entryPoint], true, `${specifier}: ${count} modules`);
    }
    assertEquals(registry.missing, []);

    const runs = [
      await start([cli, "--help"]), // loads all commands
      await start(["program.ts"]),
      await start([cli, "inspect", "journal.json", "--step", "1"]),
      await start([cli, "resume", "journal.json"], { ANSWER: "yes", OTEL_DENO: "true" }),
    ];
    assertEquals(runs.map(({ code }) => code), [0, 1, 0, 0], runs.map(({ errors }) => errors).join("\n"));
    assertEquals(runs.map(({ errors }) => errors.includes("TransactionAborted")), [false, true, false, false]);
  },
);
