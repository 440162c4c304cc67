import { checkExportName, checkModuleUrl, type Home } from "../plan/function_place.ts";
import { importNamespace, type Namespace, withDeadline } from "./import_namespace.ts";
import { readSource, reasonOf } from "./module_source.ts";
import type { FunctionName } from "./load_functions.ts";
import { lexModule } from "./lex_module.ts";
import { attempt } from "../values/shape.ts";

/** Time limit for the import of a loaded module. Such an import takes no time, or never ends. */
const LIMIT_MS = 5_000;

interface FoundImport extends FunctionName {
  /** Why this module or export may not be used. */
  readonly problem?: string;
}

export interface ImportIndex {
  /** By function. In the order of imports, the first module that may be used counts. */
  readonly found: ReadonlyMap<unknown, FoundImport>;
  /** Which modules could not be inspected, and why. */
  readonly problems: readonly string[];
}

/** Indexes the functions of the modules that home imports statically. They are already loaded, so importing them runs nothing. */
export async function indexImports(
  home: Home,
  specifiers: readonly string[],
  limitMs = LIMIT_MS,
): Promise<ImportIndex> {
  const found = new Map<unknown, FoundImport>();
  const problems: string[] = [];
  for (const module of new Set(specifiers.map((specifier) => home.resolve(specifier)))) {
    // Home cannot be imported while its top level waits. Its functions are found by their text.
    if (module === home.url) continue;
    try {
      addExports(found, module, await importLoaded(module, limitMs));
    } catch (error) {
      problems.push(reasonOf(error));
    }
  }
  return { found, problems };
}

function addExports(found: Map<unknown, FoundImport>, module: string, namespace: Namespace): void {
  const moduleProblem = problemOf(() => checkModuleUrl(module));
  // In a circle of modules, an export may have no value yet: then Object.keys would throw, and no step can be that function.
  const names = Reflect.ownKeys(namespace).filter((name) => typeof name === "string");
  for (const name of orderExports(names, "")) {
    const value = attempt(() => namespace[name]);
    if (typeof value !== "function") continue;
    const problem = moduleProblem ?? problemOf(() => checkExportName(name));
    const known = found.get(value);
    const isBetter = known === undefined || (known.problem !== undefined && problem === undefined) ||
      (known.module === module && name === value.name && problem === undefined);
    if (isBetter) found.set(value, { module, export: name, problem });
  }
}

/**
 * If a module is in a circle with home, and home waits at its top level, the import of the module waits for home. Deno
 * returns the module when home has waited for something else, as it has here, but does not promise this.
 */
function importLoaded(module: string, limitMs: number): Promise<Namespace> {
  return withDeadline(importNamespace(module), limitMs, () =>
    new TypeError(
      `Cannot inspect ${JSON.stringify(module)}: its import does not finish. It imports the home module, or exports ` +
        `"then". Move what both modules need to a third one`,
    ));
}

function problemOf(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

/** Sorts the names of exports by how well they name a function. */
export function orderExports(names: readonly string[], functionName: string): string[] {
  const rank = (name: string): number => name === functionName ? 0 : name === "default" ? 2 : 1;
  return names.toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/** An imported module as the JavaScript that Deno runs. */
export interface ImportedSource {
  readonly url: string;
  readonly source: string;
}

/** Reads the sources of the modules that home imports statically, and runs none of them. */
export async function readImports(home: Home, specifiers: readonly string[]): Promise<readonly ImportedSource[]> {
  const urls = new Set(specifiers.map((specifier) => home.resolve(specifier)));
  const sources: ImportedSource[] = [];
  for (const url of urls) {
    if (url === home.url || !/^(?:file|https?):/.test(url)) continue;
    try {
      sources.push({ url, source: (await lexModule(url, await readSource(url))).source });
    } catch {
      // JSX, JSON, or a module without text: it contains nothing that could be mistaken for the function.
    }
  }
  return sources;
}
