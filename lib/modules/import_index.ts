import { checkExportName, checkModuleUrl } from "../plan/function_place.ts";
import type { Home } from "../plan/function_place.ts";
import { importNamespace, type Namespace, withDeadline } from "./import_namespace.ts";
import { readSource, reasonOf } from "./module_source.ts";
import type { FunctionName } from "./step_function.ts";
import { lexModule } from "./lex_module.ts";

/** How long an import of a loaded module may take. It takes no time, or for ever. */
const PATIENCE_MS = 5_000;

/** Where a function was found, and why it cannot be named that way if it cannot. */
interface FoundImport extends FunctionName {
  /** Why the module or the export may not be used. */
  readonly problem?: string;
}

/** Tells which export of an imported module each function is. */
export interface ImportIndex {
  /** By identity. The first module that may be used counts, in the order of the imports. */
  readonly found: ReadonlyMap<unknown, FoundImport>;
  /** What could not be looked at, and why. */
  readonly problems: readonly string[];
}

/**
 * Indexes the functions of the modules that home imports statically. They are loaded already, so that importing them
 * runs nothing.
 */
export async function indexImports(
  home: Home,
  specifiers: readonly string[],
  options: { readonly patienceMs?: number } = {},
): Promise<ImportIndex> {
  const found = new Map<unknown, FoundImport>();
  const problems: string[] = [];
  for (const module of new Set(specifiers.map((specifier) => home.resolve(specifier)))) {
    // Home itself cannot be imported while it waits at its top level; its functions are found by their text.
    if (module === home.url) continue;
    try {
      addExports(found, module, await importLoaded(module, options.patienceMs ?? PATIENCE_MS));
    } catch (error) {
      problems.push(reasonOf(error));
    }
  }
  return { found, problems };
}

function addExports(found: Map<unknown, FoundImport>, module: string, namespace: Namespace): void {
  const moduleProblem = problemOf(() => checkModuleUrl(module));
  // Not Object.keys: it throws when one of the exports has no value yet.
  const names = Reflect.ownKeys(namespace).filter((name) => typeof name === "string");
  for (const name of orderExports(names, "")) {
    const value = readExport(namespace, name);
    if (typeof value !== "function") continue;
    const problem = moduleProblem ?? problemOf(() => checkExportName(name));
    const known = found.get(value);
    const isBetter = known === undefined || (known.problem !== undefined && problem === undefined) ||
      (known.module === module && name === value.name && problem === undefined);
    if (isBetter) found.set(value, { module, export: name, ...(problem === undefined ? {} : { problem }) });
  }
}

/** In a circle of modules an export may have no value yet. Then it is no function of a plan either. */
function readExport(namespace: Namespace, name: string): unknown {
  try {
    return namespace[name];
  } catch {
    return undefined;
  }
}

/**
 * A module in a circle with a home that waits at its top level is loaded, yet by the language its import waits for home.
 * Deno hands it out once home has waited for something else, which is the case here, but promises that nowhere.
 */
function importLoaded(module: string, patienceMs: number): Promise<Namespace> {
  return withDeadline(importNamespace(module), patienceMs, () =>
    new TypeError(
      `Cannot look into ${JSON.stringify(module)}: importing it does not end. It imports the home module in turn, or ` +
        `exports a "then": move what both need to a third module`,
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

/** A module that another one imports, as text. */
export interface ImportedSource {
  /** Its URL. */
  readonly url: string;
  /** The JavaScript that Deno runs of it. */
  readonly source: string;
}

/** Reads the modules that home imports statically, as far as they have a source that can be read. Runs nothing of them. */
export async function readImports(home: Home, specifiers: readonly string[]): Promise<readonly ImportedSource[]> {
  const urls = new Set(specifiers.map((specifier) => home.resolve(specifier)));
  const sources: ImportedSource[] = [];
  for (const url of urls) {
    if (url === home.url || !/^(?:file|https?):/.test(url)) continue;
    try {
      sources.push({ url, source: (await lexModule(url, await readSource(url))).source });
    } catch {
      // JSX, JSON, or a module without a text: nothing that a function could be mistaken for can be found there.
    }
  }
  return sources;
}
