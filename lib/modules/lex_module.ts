import { type Export, type Import, init, parse } from "es-module-lexer";
import { stripTypeScriptTypes } from "node:module";
import { processSlot } from "../process/process_slot.ts";
import { VERSION } from "../version.ts";
import { ModuleUnavailable } from "../errors/planning_errors.ts";
import { findMissingPermission } from "../process/permissions.ts";
import { hashModule, readSource } from "./module_source.ts";
import { explainMissingExport, type FunctionName } from "./step_function.ts";

/** What a look at a module's source tells, without running it. */
export interface LexedModule {
  /** The JavaScript that Deno runs: what `toString` of the module's functions is cut from. */
  readonly source: string;
  /** The specifiers of the static imports and re-exports, in order. Type-only ones do not count: nothing loads them. */
  readonly imports: readonly string[];
  /** The exports that the module declares itself. */
  readonly exports: readonly LexedExport[];
  /** Whether the module asks `import.meta.main`. */
  readonly asksForMain: boolean;
}

/** One export that a module declares itself. All positions are offsets into the source. */
export interface LexedExport {
  /** Under which name it is exported. */
  readonly name: string;
  /** Its name inside the module; `undefined` for a default export of a nameless function or of an expression. */
  readonly localName: string | undefined;
  /** Where the statement starts that exports it. */
  readonly statementStart: number;
  /** Where the exported name ends. */
  readonly nameEnd: number;
  /** Where the local name starts; -1 without one. */
  readonly localStart: number;
  /** Where the local name ends; -1 without one. */
  readonly localEnd: number;
}

/** How many modules are remembered. */
const MAX_REMEMBERED = 50;

/**
 * Lexes a module: its imports, its exports and where they are declared. What it finds is remembered for the same source of
 * the same module: a process that runs many transactions has few homes.
 *
 * @throws {SyntaxError} The source is JSX, or neither TypeScript nor JavaScript that can be lexed.
 */
export async function lexModule(url: string, source: string): Promise<LexedModule> {
  await init;
  const remembered = rememberedModules();
  const known = remembered.get(url);
  if (known?.source === source) return known.module;
  const module = lex(url, source);
  const [oldest] = remembered.keys();
  if (remembered.size >= MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
  remembered.set(url, { source, module });
  return module;
}

interface Remembered {
  /** As its author wrote it. */
  readonly source: string;
  readonly module: LexedModule;
}

/** What another version of the library remembers may look different. */
function rememberedModules(): Map<string, Remembered> {
  return processSlot(`lexed-modules@${VERSION}`, (value) => value instanceof Map, () => new Map<string, Remembered>());
}

function lex(url: string, source: string): LexedModule {
  const script = toJavaScript(url, source);
  const [imports, exports] = parse(script);
  return {
    source: script,
    imports: imports.flatMap((entry) => isSearched(entry) ? [entry.specifier] : []),
    exports: exports.flatMap(toLexedExport),
    asksForMain: imports.some((entry) =>
      entry.type === "import-meta" && /^\s*\??\.\s*main\b/.test(script.slice(entry.end, entry.end + 40))
    ),
  };
}

function toJavaScript(url: string, source: string): string {
  const path = new URL(url).pathname;
  if (/\.[jt]sx$/i.test(path)) throw new SyntaxError("JSX cannot be analysed");
  if (/\.m?js$/i.test(path)) return source;
  // Not mode "strip": it keeps imports that only types use, which Deno never loads.
  return stripTypeScriptTypes(source, { mode: "transform" });
}

/** Data comes with attributes and holds no functions; a phase means that the module has not been evaluated. */
function isSearched(entry: Import): entry is Extract<Import, { readonly type: "static" | "reexport-star" }> {
  return (entry.type === "static" || entry.type === "reexport-star") && entry.phase === null &&
    entry.attributes === null;
}

function toLexedExport(entry: Export): LexedExport[] {
  // What is re-exported belongs to the module that it comes from, and is found there.
  if (entry.type !== "direct") return [];
  return [{
    name: entry.name,
    localName: entry.localName,
    statementStart: entry.exportStart,
    nameEnd: entry.end,
    localStart: entry.localStart,
    localEnd: entry.localEnd,
  }];
}

/** Then there may be exports that only loading the other module would tell. */
const RE_EXPORT = /\bexport\s*(?:\*|\{[^}]*\}\s*from\b)/;

/**
 * Looks at the module of a function without running it: whether it is there and exports the name, as far as its source
 * tells.
 *
 * @returns The SHA-256 of its source; nothing if it may not be read, or its version says enough (`npm:`).
 * @throws {ModuleUnavailable} There is no such module, or no such export in it.
 */
export async function pinFunction(name: FunctionName): Promise<string | undefined> {
  if (name.module.startsWith("npm:") || await findMissingPermission(name.module) !== undefined) return undefined;
  const source = await readSource(name.module);
  const lexed = await lexModule(name.module, source).catch(() => undefined);
  if (lexed !== undefined) requireExport(name, lexed);
  return await hashModule(name.module);
}

function requireExport({ module, export: wanted }: FunctionName, { source, exports }: LexedModule): void {
  const names = exports.map(({ name }) => name);
  if (names.includes(wanted) || RE_EXPORT.test(source)) return;
  const what = `Cannot use ${JSON.stringify(wanted)} of ${JSON.stringify(module)}`;
  throw new ModuleUnavailable(module, wanted, `${what}: ${explainMissingExport(wanted, names)}`);
}
