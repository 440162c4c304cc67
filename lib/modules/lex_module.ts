import { type Export, type Import, init, parse } from "es-module-lexer";
import { stripTypeScriptTypes } from "node:module";
import { processSlot } from "../process/process_slot.ts";
import { attempt } from "../values/shape.ts";
import { VERSION } from "../version.ts";
import { ModuleUnavailable } from "../errors/planning_errors.ts";
import { findMissingPermission } from "../process/permissions.ts";
import { hashModule, readSource, requireRegularFiles } from "./module_source.ts";
import { explainMissingExport, type FunctionName } from "./load_functions.ts";
import { GAP, LOOP_OR_EQUALS, mayAssign, OPERATOR } from "./source_tokens.ts";

/** What a module's source shows without running it. */
export interface LexedModule {
  /** The JavaScript that Deno runs. `toString` of a function returns a part of it. */
  readonly source: string;
  /** The specifiers of static imports and re-exports, in order, without type-only ones, which Deno does not load. */
  readonly imports: readonly string[];
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
  readonly statementStart: number;
  readonly nameEnd: number;
  /** End of the local name, or -1. */
  readonly localEnd: number;
}

const MAX_CACHED = 50;

/** Lexes TypeScript or JavaScript. Results are cached, because a process that runs many transactions has few homes. */
export async function lexModule(url: string, source: string): Promise<LexedModule> {
  await init;
  // Another version of the library may cache other data.
  const cache = processSlot(
    `lexed-modules@${VERSION}`,
    (value) => value instanceof Map,
    () => new Map<string, { readonly source: string; readonly module: LexedModule }>(),
  );
  const known = cache.get(url);
  if (known?.source === source) return known.module;
  const module = lex(url, source);
  const [oldest] = cache.keys();
  if (cache.size >= MAX_CACHED && oldest !== undefined) cache.delete(oldest);
  cache.set(url, { source, module });
  return module;
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

export function toLexedExport(entry: Export): LexedExport[] {
  // A re-export belongs to the module that it comes from, and is found there.
  if (entry.type !== "direct") return [];
  const { name, localName, localEnd, exportStart: statementStart, end: nameEnd } = entry;
  return [{ name, localName, localEnd, statementStart, nameEnd }];
}

const NAMESPACE = "$resumableTx";

/**
 * Tells whether a module gives a top-level name, whose declaration has it before `nameEnd`, another value afterwards, as far as
 * its source shows. Functions may have names of their own that are the same. Which is which, the compiler knows: it writes
 * `NAMESPACE.name` for a variable that a namespace exports, wherever it is used.
 */
export function isAssignedAgain(source: string, name: string, nameEnd: number): boolean {
  const [before, after] = [source.slice(0, nameEnd - name.length), source.slice(nameEnd)];
  if (!mayAssign(`${before}${after.replace(new RegExp(`^${GAP}=`), "")}`, name) || source.includes(NAMESPACE)) {
    return false;
  }
  const body = withoutModuleSyntax(`${before}${NAMESPACE}1${after}`);
  const code = `namespace ${NAMESPACE} { export let ${name};\n${body}\n}`;
  const printed = attempt(() => stripTypeScriptTypes(code, { mode: "transform" }));
  if (printed === undefined) return false;
  const target = RegExp.escape(`${NAMESPACE}.${name}`);
  const loop = String.raw`for (?:await )?\(${target} (?:of|in)\b`;
  // The compiler prints a pattern in one line, and a list or an object in several.
  const pattern = String.raw`(?<!= |[\w$)\]]\[)${target}(?!\]:|\.)[\w$.,:= [\]{}"'-]*[\]}]\)?\s${LOOP_OR_EQUALS}`;
  return new RegExp(`${target}\\s*${OPERATOR}|(?:\\+\\+|--)${target}|${loop}|${pattern}`).test(printed);
}

/** Leaves what may stand in a namespace: no imports, no list of exports, no default export. */
function withoutModuleSyntax(source: string): string {
  const [imports, exports] = parse(source);
  const edits = new Map<number, readonly [end: number, text: string]>();
  for (const entry of exports) {
    if (entry.type !== "direct") continue;
    const { exportStart: start, name, localName } = entry;
    const words = new RegExp(`^export(?:${GAP}\\{[^}]*\\}|${GAP}default\\b)?`).exec(source.slice(start))?.[0] ?? "";
    const isExpression = name === "default" && localName === undefined && words.endsWith("default");
    edits.set(start, [start + words.length, isExpression ? ";void" : ";"]);
  }
  for (const entry of imports) {
    if (entry.type === "static" || entry.type === "reexport-star") edits.set(entry.importStart, [entry.importEnd, ";"]);
  }
  let rest = source;
  for (const [start, [end, text]] of [...edits].toSorted(([a], [b]) => b - a)) {
    rest = `${rest.slice(0, start)}${text}${rest.slice(end)}`;
  }
  return rest.replace(new RegExp(`\\bexport${GAP}\\{${GAP}\\}`, "g"), ";");
}

/**
 * Checks without running it that the module of a function exists and, as far as its source shows, exports the function.
 * Returns the SHA-256 of its source; nothing if it may not be read, or if its version is enough (`npm:`).
 */
export async function pinFunction(name: FunctionName): Promise<string | undefined> {
  if (name.module.startsWith("npm:") || await findMissingPermission(name.module) !== undefined) return undefined;
  await requireRegularFiles([name.module]);
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
