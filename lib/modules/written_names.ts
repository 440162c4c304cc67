import { checkExportName, checkModuleUrl, type Home, isUsableExportName } from "../plan/function_place.ts";
import { findMissingPermission } from "../process/permissions.ts";
import { readBrand } from "../values/brand.ts";
import type { FunctionName } from "./load_functions.ts";
import { homeAt, readSource } from "./module_source.ts";
import { GAP, mayAssign, readSpecifiers, readTokens, type Token } from "./source_tokens.ts";

export interface FunctionToName {
  readonly fn: (...args: never[]) => unknown;
  /** Its place, for messages: `step 3 "mail"`. */
  readonly label: string;
}

/** A function's own `name` and `toString()`. */
export interface FunctionText {
  readonly name: string;
  readonly text: string;
}

/** Source and its tokens; none if it cannot be cut into tokens. */
interface ReadSource {
  readonly source: string;
  readonly tokens: readonly Token[] | undefined;
}

/**
 * Names the functions of a plan where that takes no parser: each carries its own name, or home's source shows at a glance that
 * the function is `export function NAME`, and no other. `undefined` in any other case, also if there is something to refuse.
 */
export async function nameWritten(
  home: Home,
  functions: readonly FunctionToName[],
): Promise<readonly FunctionName[] | undefined> {
  const branded = functions.map(readStepFunction);
  const plain = functions.filter((_, index) => branded[index] === undefined);
  if (plain.length > 0 || isMain(home)) {
    if (!/\.m?[jt]s$/i.test(new URL(home.url).pathname)) return undefined;
    const { source, tokens } = await readFrom(home.url);
    if (tokens === undefined || (isMain(home) && !asksForMain(tokens))) return undefined;
    if (!plain.every((wanted) => isWrittenOnce(source, tokens, wanted))) return undefined;
    if (plain.length > 0 && !await areImportsOthers(home, tokens, plain.map(({ fn }) => fn.name))) return undefined;
  }
  const module = checkModuleUrl(home.url);
  return functions.map(({ fn }, index) => branded[index] ?? { module, export: fn.name });
}

/** `deno test` and `deno bench` make each of their files the main module, where `import.meta.main` is false. */
export function isMain(home: Home): boolean {
  return home.url === Deno.mainModule && home.main !== false;
}

export function readStepFunction(wanted: FunctionToName): FunctionName | undefined {
  const brand = readBrand(wanted.fn, "step-function");
  if (brand === undefined) return undefined;
  // Another copy of the library may have made it, with other rules.
  checkExportName(brand.export);
  return { module: checkModuleUrl(brand.module), export: brand.export };
}

export function textOf({ fn }: Pick<FunctionToName, "fn">): FunctionText {
  return { name: String(fn.name), text: Function.prototype.toString.call(fn) };
}

async function readFrom(url: string): Promise<ReadSource> {
  const source = await readSource(url);
  return { source, tokens: readTokens(source) };
}

function asksForMain(tokens: readonly Token[]): boolean {
  const words = tokens.filter(({ kind }) => kind !== "comment").map(({ text }) => text);
  return words.some((word, index) =>
    word === "import" && /^\. meta (?:\? )?\. main /.test(`${words.slice(index + 1, index + 6).join(" ")} `)
  );
}

/**
 * Tells whether a function is the one that home's source exports under its name. Nothing else in the source may have its text,
 * or give the name another value. A member `then` is left to those who refuse it.
 */
function isWrittenOnce(source: string, tokens: readonly Token[], wanted: FunctionToName): boolean {
  const { name } = wanted.fn;
  if (!/^[A-Za-z_$][\w$]*$/.test(name) || !isUsableExportName(name)) return false;
  if ([...source.matchAll(functionNamed(name))].length !== 1 || mayAssign(source, name)) return false;
  const isThen = tokens.some((token, index) => token.text === "then" && tokens[index - 1]?.text !== ".");
  // `(name as unknown) = other` gives it another value, too.
  const isCast = tokens.some(({ text }, index) =>
    text === name && /^(?:!|as|satisfies)$/.test(tokens[index + 1]?.text ?? "")
  );
  const start = tokens.findIndex(({ text, depth }, index) =>
    text === "export" && depth === 0 && isNamed(tokens, index + 1, name)
  );
  if (isThen || isCast || start === -1) return false;
  const declared = withoutTypes(tokens, start + 1);
  const written = readTokens(textOf(wanted).text)?.map((token) => token.text);
  return declared !== undefined && written !== undefined && normalize(declared) === normalize(written);
}

function functionNamed(name: string): RegExp {
  return new RegExp(`function\\b${GAP}\\*?${GAP}${RegExp.escape(name)}(?![\\w$])`, "g");
}

function isNamed(tokens: readonly Token[], index: number, name: string): boolean {
  const at = tokens[index]?.text === "async" ? index + 1 : index;
  return tokens[at]?.text === "function" && tokens[at + 1]?.text === name;
}

/** Leaves out what a formatter may add: a comma after the last member, and a semicolon after the last statement. */
function normalize(words: readonly string[]): string {
  return words.filter((word, index) => {
    const [before = "", next = ""] = [words[index - 1], words[index + 1]];
    if (word === ",") return !/^[)\]}]$/.test(next) || before === "[" || before === ",";
    return word !== ";" || next !== "}";
  }).join("\n");
}

/** The tokens of a function declaration, as JavaScript has them. `undefined` for what is not simple. */
function withoutTypes(tokens: readonly Token[], start: number): readonly string[] | undefined {
  let at = tokens.findIndex(({ text }, index) => index >= start && (text === "(" || text === "<"));
  const words = tokens.slice(start, at).map(({ text }) => text);
  if (tokens[at]?.text === "<") at = skipType(tokens, at, ({ text }) => text === "(");
  if (tokens[at]?.text !== "(") return undefined;
  words.push("(");
  for (at += 1; tokens[at]?.text !== ")"; at += tokens[at]?.text === "," ? 1 : 0) {
    while (tokens[at]?.text === ".") words.push(tokens[at++]?.text ?? "");
    const parameter = tokens[at++];
    if (parameter?.kind !== "word" || parameter.text === "this") return undefined;
    words.push(parameter.text);
    if (tokens[at]?.text === "?") at += 1;
    if (tokens[at]?.text === ":") at = skipType(tokens, at, ({ text }) => text === "," || text === "=");
    if (tokens[at]?.text === "=") {
      const end = tokens.findIndex(({ text, depth }, index) =>
        index > at && ((text === "," && depth === parameter.depth) || (text === ")" && depth < parameter.depth))
      );
      words.push(...tokens.slice(at, end).map(({ text }) => text));
      at = end;
    }
    if (tokens[at]?.text === ",") words.push(",");
    else if (tokens[at]?.text !== ")") return undefined;
  }
  words.push(")");
  at += 1;
  if (tokens[at]?.text === ":") {
    at = skipType(tokens, at, ({ text }, before) => text === "{" && !BEFORE_TYPE.test(before));
  }
  if (tokens[at]?.text !== "{") return undefined;
  const end = tokens.findIndex(({ text, depth }, index) => index > at && text === "}" && depth === tokens[at]?.depth);
  return [...words, ...tokens.slice(at, end + 1).map(({ text }) => text)];
}

/** What comes before a type, and not before the body of a function. */
const BEFORE_TYPE = /^(?:[:|&?]|=>|is|extends|keyof|readonly)$/;

/** The index of the first token after a type, outside of its brackets. The bracket around it always ends it. */
function skipType(
  tokens: readonly Token[],
  start: number,
  isEnd: (token: Token, before: string) => boolean,
): number {
  const depth = tokens[start]?.depth ?? 0;
  let angles = 0;
  for (let at = start; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token === undefined || token.kind === "comment" || token.depth < depth) return at;
    if (angles === 0 && at > start && token.depth === depth && isEnd(token, tokens[at - 1]?.text ?? "")) return at;
    if (token.text === "<") angles += 1;
    if (token.text === ">") angles -= 1;
  }
  return tokens.length;
}

/** This library itself, where it is a file or comes by https. */
const LIBRARY = ["../../mod.ts", "../"].map((path) => new URL(path, import.meta.url).href);

/** To read more files takes longer than to load a parser. */
const MAX_IMPORTED = 30;

/**
 * Tells whether no module that home imports can have one of the functions: as an export of home, if it imports home itself, or
 * as another one with the same name and text, which may also come from a module that it imports, under any name.
 */
async function areImportsOthers(
  home: Home,
  tokens: readonly Token[],
  names: readonly string[],
): Promise<boolean> {
  const isSkipped = (url: string) =>
    url === home.url || LIBRARY.some((place) => url.startsWith(place)) ||
    /^(?:node:|jsr:@x\/resumable-tx(?![\w-]))/.test(url);
  const urlsIn = (read: readonly Token[], { resolve }: Pick<Home, "resolve">) =>
    readSpecifiers(read).map((specifier) => specifier.includes("\\") ? "" : resolve(specifier));
  const urls = new Set(urlsIn(tokens, home));
  // What is added to a set is visited, too.
  for (const url of urls) {
    if (isSkipped(url)) continue;
    if (urls.size > MAX_IMPORTED || !/^(?:file|https?):/.test(url)) return false;
    // To read it without a permission would ask for one.
    if (await findMissingPermission(url) !== undefined) return false;
    const { source, tokens: imported } = await readFrom(url);
    if (imported === undefined || names.some((name) => functionNamed(name).test(source))) return false;
    const others = urlsIn(imported, homeAt(url));
    if (others.length === 0) continue;
    const reexportsAll = imported.some(({ text }, index) => text === "export" && imported[index + 1]?.text === "*");
    if (reexportsAll || names.some((name) => imported.some(({ text }) => text === name))) return false;
    for (const other of others) urls.add(other);
  }
  return true;
}
