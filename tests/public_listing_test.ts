import { assert, assertArrayIncludes, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path/from-file-url";
import { permittedTest } from "./support/permitted_test.ts";

const ROOT = new URL("../", import.meta.url);
const REQUIRED = ["CHANGELOG.md", "LICENSE", "README.md", "cli.ts", "deno.json", "mod.ts"];

type Members = Readonly<Record<string, unknown>>;

async function runDeno(args: readonly string[]): Promise<{ readonly output: string; readonly errors: string }> {
  const command = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: fromFileUrl(ROOT),
    env: { NO_COLOR: "1" },
    stdin: "null",
  });
  const { success, stdout, stderr } = await command.output();
  const [output, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert(success, `deno ${args.join(" ")}: ${errors}`);
  return { output: output ?? "", errors: errors ?? "" };
}

async function listPublished(): Promise<string[]> {
  const { output, errors } = await runDeno(["publish", "--dry-run", "--allow-dirty", "--no-check"]);
  const urls = `${output}\n${errors}`.matchAll(/^\s+(file:\S+) \([^)]*\)$/gm);
  return [...urls].map((match) => (match[1] ?? "").slice(ROOT.href.length)).sort();
}

/** Lists the symbols that an entry point exports, each with what `deno doc` says about its first declaration. */
async function listSymbols(entryPoint: string): Promise<{ readonly name: string; readonly declaration: Members }[]> {
  const { output } = await runDeno(["doc", "--json", entryPoint]);
  const report: unknown = JSON.parse(output);
  const modules = Object.values(membersOf(membersOf(report)["nodes"]));
  return modules.flatMap((module) => listOf(membersOf(module)["symbols"])).map((symbol) => {
    const { name, declarations } = membersOf(symbol);
    return { name: String(name), declaration: membersOf(listOf(declarations)[0]) };
  });
}

function membersOf(value: unknown): Members {
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function hasDescription(declaration: Members): boolean {
  const { doc } = membersOf(declaration["jsDoc"]);
  return typeof doc === "string" && doc.trim() !== "";
}

function hasExample(declaration: Members): boolean {
  return listOf(membersOf(declaration["jsDoc"])["tags"]).some((tag) => membersOf(tag)["kind"] === "example");
}

permittedTest("deno publish lists the library and nothing else", ["read", "run"], async () => {
  const published = await listPublished();
  assertArrayIncludes(published, REQUIRED);
  assertEquals(published.filter((path) => !REQUIRED.includes(path) && !/^lib\/(?:\w+\/)*\w+\.ts$/.test(path)), []);
  assert(published.some((path) => path.startsWith("lib/")));
});

permittedTest("deno doc finds a description and an example for every export", ["read", "run"], async () => {
  const symbols =
    (await Promise.all(["mod.ts", "lib/storage/sqlite/mod.ts", "lib/storage/postgres/mod.ts"].map(listSymbols))).flat();
  assertArrayIncludes(symbols.map(({ name }) => name), [
    "Transaction",
    "JournalError",
    "JournalEvent",
    "StoreConnection",
  ]);
  const undescribed = symbols.filter(({ declaration }) => !hasDescription(declaration));
  const unshown = symbols.filter(({ declaration }) => !hasExample(declaration));
  assertEquals({
    withoutDescription: undescribed.map(({ name }) => name),
    withoutExample: unshown.map(({ name }) => name),
  }, { withoutDescription: [], withoutExample: [] });
});
