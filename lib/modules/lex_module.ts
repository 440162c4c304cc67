import { type Export, type Import, init, parse } from "es-module-lexer";
import { stripTypeScriptTypes } from "node:module";
import { processSlot } from "../process/process_slot.ts";
import { VERSION } from "../version.ts";
import { ModuleUnavailable } from "../errors/planning_errors.ts";
import { findMissingPermission } from "../process/permissions.ts";
import { hashModule, readSource } from "./module_source.ts";
import { explainMissingExport, type FunctionName } from "./step_function.ts";

/** What a module's source shows without running it. */
export interface LexedModule {
  /** The JavaScript that Deno runs. `toString` of a function returns a part of it. */
  readonly source: string;
  /** The specifiers of static imports and re-exports, in order, without type-only ones, which Deno does not load. */
  readonly imports: readonly string[];
  /** The exports that the module itself declares. */
  readonly exports: readonly LexedExport[];
  /** The names of exports that it has from other modules. */
  readonly reexports: readonly string[];
  /** It has all exports of another module, except `default`: which ones shows only when that module is loaded. */
  readonly reexportsAll: boolean;
  /** The module checks `import.meta.main`. */
  readonly asksForMain: boolean;
}

/** An export that a module itself declares. Positions are offsets in the source. */
export interface LexedExport {
  readonly name: string;
  /** Its name in the module; `undefined` for a default export of a function without a name, or of an expression. */
  readonly localName: string | undefined;
  /** Start of the statement that exports it. */
  readonly statementStart: number;
  /** End of the exported name. */
  readonly nameEnd: number;
  /** End of the local name, or -1. */
  readonly localEnd: number;
}

const MAX_CACHED = 50;

/**
 * Lexes TypeScript or JavaScript: its imports, its exports and where they are declared. Results are cached, because a
 * process that runs many transactions has few homes.
 */
export async function lexModule(url: string, source: string): Promise<LexedModule> {
  await init;
  const cache = cachedModules();
  const known = cache.get(url);
  if (known?.source === source) return known.module;
  const module = lex(url, source);
  const [oldest] = cache.keys();
  if (cache.size >= MAX_CACHED && oldest !== undefined) cache.delete(oldest);
  cache.set(url, { source, module });
  return module;
}

interface Cached {
  /** Before it becomes JavaScript. */
  readonly source: string;
  readonly module: LexedModule;
}

/** The name contains the version, because another version of the library may cache other data. */
function cachedModules(): Map<string, Cached> {
  return processSlot(`lexed-modules@${VERSION}`, (value) => value instanceof Map, () => new Map<string, Cached>());
}

function lex(url: string, source: string): LexedModule {
  const script = toJavaScript(url, source);
  const [imports, exports] = parse(script);
  return {
    source: script,
    imports: imports.flatMap((entry) => isSearched(entry) ? [entry.specifier] : []),
    exports: exports.flatMap(toLexedExport),
    reexports: exports.flatMap((entry) => entry.type === "reexport" ? [entry.name] : []),
    reexportsAll: exports.some((entry) => entry.type === "reexport-all"),
    asksForMain: imports.some((entry) =>
      entry.type === "import-meta" && /^\s*\??\.\s*main\b/.test(script.slice(entry.end, entry.end + 40))
    ),
  };
}

function toJavaScript(url: string, source: string): string {
  const path = new URL(url).pathname;
  if (/\.[jt]sx$/i.test(path)) throw new SyntaxError("JSX cannot be analysed");
  if (/\.m?js$/i.test(path)) return source;
  // Mode "strip" would keep imports that are only used as types, which Deno does not load.
  return stripTypeScriptTypes(source, { mode: "transform" });
}

/** An import with attributes is data without functions, and one with a phase has not been evaluated. */
function isSearched(entry: Import): entry is Extract<Import, { readonly type: "static" | "reexport-star" }> {
  return (entry.type === "static" || entry.type === "reexport-star") && entry.phase === null &&
    entry.attributes === null;
}

function toLexedExport(entry: Export): LexedExport[] {
  // A re-export belongs to the module that it comes from, and is found there.
  if (entry.type !== "direct") return [];
  const { name, localName, localEnd, exportStart: statementStart, end: nameEnd } = entry;
  return [{ name, localName, localEnd, statementStart, nameEnd }];
}

/**
 * Checks without running it that the module of a function exists and, as far as its source shows, exports the function.
 * Returns the SHA-256 of its source; nothing if it may not be read, or if its version is enough (`npm:`).
 */
export async function pinFunction(name: FunctionName): Promise<string | undefined> {
  if (name.module.startsWith("npm:") || await findMissingPermission(name.module) !== undefined) return undefined;
  const source = await readSource(name.module);
  const lexed = await lexModule(name.module, source).catch(() => undefined);
  if (lexed !== undefined) requireExport(name, lexed);
  return await hashModule(name.module);
}

function requireExport({ module: url, export: wanted }: FunctionName, module: LexedModule): void {
  const names = [...module.exports.map(({ name }) => name), ...module.reexports];
  if (names.includes(wanted) || (module.reexportsAll && wanted !== "default")) return;
  const what = `Cannot use ${JSON.stringify(wanted)} of ${JSON.stringify(url)}`;
  throw new ModuleUnavailable(url, wanted, `${what}: ${explainMissingExport(wanted, names)}`);
}
