import { checkModuleUrl, type Home } from "../plan/function_place.ts";
import { once } from "../values/shape.ts";
import { countNamed, explainUnnamed, findInHome } from "./find_in_home.ts";
import { type ImportedSource, type ImportIndex, indexImports, readImports } from "./import_index.ts";
import { homeAt, readSource, reasonOf } from "./module_source.ts";
import { type LexedModule, lexModule } from "./lex_module.ts";
import { type FunctionName, isClass, type StepFunction } from "./load_functions.ts";
import { type FunctionToName, isMain, readStepFunction, textOf } from "./written_names.ts";

/** Home's source, or why it could not be lexed. */
type LexedHome =
  | { readonly module: LexedModule }
  | { readonly problem: string; readonly cause: unknown; readonly source?: string };

/**
 * Names functions, each of them once, with a parser, and runs none. Home is only analysed if a function does not carry its own
 * name, or if it is not known to be `isGuarded`.
 */
export async function searchFunctions(
  home: Home,
  functions: readonly FunctionToName[],
  isGuarded = false,
): Promise<readonly FunctionName[]> {
  const lexed = once(() => lexHome(home));
  const specifiers = once(async () => {
    const read = await lexed();
    return "module" in read ? read.module.imports : [];
  });
  const index = once(async () => await indexImports(home, await specifiers()));
  const sources = once(async () => await readImports(home, await specifiers()));
  if (!isGuarded && isMain(home)) refuseUnguarded(home, await lexed());
  const names: FunctionName[] = [];
  for (const wanted of functions) {
    let name = readStepFunction(wanted);
    if (name === undefined) {
      name = find(home, await lexed(), await index(), wanted);
      if (name.module === home.url) refuseDouble(wanted, await sources());
    }
    names.push(name);
  }
  return names;
}

/** A script that plans outside of `if (import.meta.main)` would plan again each time that resume imports it. */
function refuseUnguarded(home: Home, lexed: LexedHome): void {
  // If the source cannot even be read (`deno eval`), resume cannot import it either.
  const asksForMain = "module" in lexed
    ? lexed.module.asksForMain
    : lexed.source === undefined || /\bimport\s*\.\s*meta\s*\??\.\s*main\b/.test(lexed.source);
  if (asksForMain) return;
  const place = JSON.stringify(home.url);
  throw new TypeError(
    `Cannot plan in ${place}: it is the main module and never checks import.meta.main. resume imports it, and would ` +
      `run everything again. Put its work under: if (import.meta.main) { … }`,
  );
}

async function lexHome(home: Home): Promise<LexedHome> {
  let source: string | undefined;
  try {
    source = await readSource(home.url);
    return { module: await lexModule(home.url, source) };
  } catch (cause) {
    const problem = `${JSON.stringify(home.url)} cannot be analysed: ${reasonOf(cause)}`;
    return { problem, cause, source };
  }
}

function find(home: Home, lexed: LexedHome, imports: ImportIndex, wanted: FunctionToName): FunctionName {
  const fn = textOf(wanted);
  if (isClass(wanted.fn)) throw refuse(wanted, "it is a class. Export a function that creates the instance");
  if ("problem" in lexed) {
    const advice = `Move the steps to a TypeScript module of their own and import them from there, or name them: ` +
      `steps<typeof import("./steps.ts")>(import.meta.resolve("./steps.ts"))`;
    throw refuse(wanted, `${lexed.problem}. ${advice}`, { cause: lexed.cause });
  }
  const imported = imports.found.get(wanted.fn);
  if (imported?.problem !== undefined) throw refuse(wanted, imported.problem);
  if (imported !== undefined) return { module: imported.module, export: imported.export };
  const { exports, reexports } = lexed.module;
  if (reexports.includes("then") || exports.some((entry) => entry.name === "then")) {
    throw refuse(
      wanted,
      `${JSON.stringify(home.url)} exports "then", which import() calls instead of returning the module. Rename it`,
    );
  }
  const exported = findInHome(lexed.module, fn);
  if (exported === undefined) {
    throw refuse(wanted, [explainUnnamed(home.url, lexed.module, fn), ...imports.problems].join(". "));
  }
  return { module: checkModuleUrl(home.url), export: exported };
}

/** A function of another module may have the name and text of home's export, and be another one. */
function refuseDouble(wanted: FunctionToName, sources: readonly ImportedSource[]): void {
  const fn = textOf(wanted);
  const double = sources.find(({ source }) => countNamed(source, fn) > 0);
  if (double === undefined) return;
  const place = JSON.stringify(double.url);
  throw refuse(wanted, `${place} has a function with the same name and the same text. Rename one of them`);
}

function refuse(wanted: FunctionToName, reason: string, options?: ErrorOptions): TypeError {
  const name = wanted.fn.name === "" ? "a function without a name" : JSON.stringify(wanted.fn.name);
  return new TypeError(`Cannot store ${name} of ${wanted.label}: ${reason}`, options);
}

/** Follows the re-exports of a function to the module that contains it, as far as sources can be analysed. */
export async function findDefiner(url: string, fn: StepFunction): Promise<string> {
  const text = textOf({ fn });
  const visited = new Set<string>();
  let definer = url;
  for (let next: string | undefined = url; next !== undefined && !visited.has(next);) {
    visited.add(next);
    const home = homeAt(next);
    const lexed = await lexHome(home);
    if ("problem" in lexed) return definer;
    definer = next;
    if (findInHome(lexed.module, text) !== undefined) return definer;
    next = (await indexImports(home, lexed.module.imports)).found.get(fn)?.module;
  }
  return definer;
}
