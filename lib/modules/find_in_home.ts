import { parse } from "es-module-lexer";
import { stripTypeScriptTypes } from "node:module";
import { orderExports } from "./import_index.ts";
import { isUsableExportName } from "../plan/function_place.ts";
import { attempt, succeeds } from "../values/shape.ts";
import { isAssignedAgain, type LexedExport, type LexedModule, toLexedExport } from "./lex_module.ts";
import { GAP } from "./source_tokens.ts";
import type { FunctionText } from "./written_names.ts";

const FUNCTION = `(?:async\\b${GAP})?function\\b`;
const BEGINS_FUNCTION = new RegExp(`^${FUNCTION}`);
const LEADING_GAP = new RegExp(`^${GAP}`);
const EXPORT = new RegExp(`^export\\b${GAP}(?:default\\b${GAP})?`);
const EXPORT_LIST = new RegExp(`^export${GAP}\\{`);
const EXPORT_VALUE = new RegExp(`^export\\b${GAP}(?:const|let|var)\\b${GAP}[^{[\\s]`);
const EXPORT_CONST = new RegExp(`^export\\b${GAP}const\\b`);
const AFTER_EXPORT = new RegExp(`(?:^|[^\\w$.])export\\b${GAP}(?:default\\b${GAP})?$`);

/**
 * Finds the export of the home module for a function, by name and text, because home may still be evaluating and cannot be
 * imported. `undefined` if there is none, or if the text occurs more than once.
 */
export function findInHome(module: LexedModule, fn: FunctionText): string | undefined {
  const names = module.exports
    .filter((exported) => isUsableExportName(exported.name) && isDeclaredAs(module, exported, fn))
    .filter((exported) => !isReassigned(module, exported, fn.name))
    .map((exported) => exported.name);
  if (names.length === 0 || countNamed(module.source, fn) > 1) return undefined;
  return orderExports(names, fn.name)[0];
}

/** Whether the top-level declaration of an export has a function's text. A closure or a member may share its name. */
function isDeclaredAs(module: LexedModule, exported: LexedExport, fn: FunctionText): boolean {
  const { source } = module;
  if (exported.localName === undefined) return isDefaultExpression(source, exported, fn);
  if (exported.localName !== fn.name) return false;
  if (EXPORT_LIST.test(source.slice(exported.statementStart))) return isDeclaredAtTopLevel(source, fn);
  return startsDeclaration(source, exported, fn.text);
}

/** Tells whether a top-level declaration with the function's name has its text, exported or not. */
function isDeclaredAtTopLevel(source: string, fn: FunctionText): boolean {
  const declared = findTopLevel(source, fn.name);
  return declared !== undefined && startsDeclaration(declared.source, declared, fn.text);
}

/** Finds the top-level declaration of a name. Returns it as an export of a source in which it is exported. */
function findTopLevel(source: string, localName: string): LexedExport & { readonly source: string } | undefined {
  const name = RegExp.escape(localName);
  const declaration = new RegExp(
    `(?<![\\w$.])(?:${FUNCTION}${GAP}\\*?${GAP}|(?:const|let|var)\\b${GAP})${name}(?![\\w$])`,
    "g",
  );
  for (const { index } of source.matchAll(declaration)) {
    const exportedSource = `${source.slice(0, index)}export ${source.slice(index)}`;
    // The lexer only reports an `export` at the top level, so it shows which declarations are there.
    const exports = attempt(() => parse(exportedSource)[1]) ?? [];
    const exported = exports.flatMap(toLexedExport).find(({ statementStart }) => statementStart === index);
    if (exported?.localName !== localName || !beginsStatement(source, index)) continue;
    return { ...exported, source: exportedSource };
  }
  return undefined;
}

/** Counts how often a function's text occurs under its name: more than once, it may be a closure over other values. */
export function countNamed(source: string, fn: FunctionText): number {
  const name = RegExp.escape(fn.name);
  const isNamedInside = new RegExp(`^${FUNCTION}${GAP}\\*?${GAP}${name}(?![\\w$])`).test(fn.text);
  const namedBefore = new RegExp(`(?:^|[^\\w$])${name}["'\`\\]]*${GAP}(?:[=:]${GAP})?(?:\\(${GAP})*$`);
  let count = 0;
  for (let at = source.indexOf(fn.text); at !== -1; at = source.indexOf(fn.text, at + 1)) {
    if (isNamedInside || namedBefore.test(source.slice(0, at))) count++;
  }
  return count;
}

/**
 * Tells whether a top-level statement begins here. In `const other = function name() {}`, `name` is not a declaration, but
 * the lexer does not notice. A parser does: an empty statement can only come before a statement.
 */
function beginsStatement(source: string, index: number): boolean {
  const before = source.slice(0, index);
  return AFTER_EXPORT.test(before) || succeeds(() => stripTypeScriptTypes(`${before};${source.slice(index)}`));
}

/**
 * Tells whether an export gets another value after its declaration. Then this process may call one function and a resume
 * another. The default export of a name has the value of that name, before or after.
 */
function isReassigned({ source }: LexedModule, exported: LexedExport, name: string): boolean {
  const { localName = isWholeExpression(source, exported.nameEnd, name) ? name : undefined } = exported;
  if (localName === undefined) return false;
  const isListed = exported.localName === undefined || EXPORT_LIST.test(source.slice(exported.statementStart));
  const declared = isListed ? findTopLevel(source, localName) : { ...exported, source };
  if (declared === undefined || EXPORT_CONST.test(declared.source.slice(declared.statementStart))) return false;
  return isAssignedAgain(declared.source, localName, declared.localEnd);
}

function startsDeclaration(source: string, exported: LexedExport, text: string): boolean {
  const statement = source.slice(exported.statementStart);
  const afterExport = EXPORT.exec(statement)?.[0].length ?? 0;
  // What begins with `function` is a declaration. The text is complete, so a statement that starts with it ends with it.
  if (BEGINS_FUNCTION.test(statement.slice(afterExport))) return statement.startsWith(text, afterExport);
  if (!EXPORT_VALUE.test(statement)) return false;
  const equals = skipGap(source, exported.localEnd);
  return source[equals] === "=" && isWholeExpression(source, equals + 1, text);
}

function isDefaultExpression(source: string, exported: LexedExport, fn: FunctionText): boolean {
  if (isWholeExpression(source, exported.nameEnd, fn.name)) return isDeclaredAtTopLevel(source, fn);
  if (fn.name !== "default") return false;
  const start = skipGap(source, exported.nameEnd);
  if (BEGINS_FUNCTION.test(source.slice(start))) return source.startsWith(fn.text, start);
  return isWholeExpression(source, start, fn.text);
}

function skipGap(source: string, at: number): number {
  return at + (LEADING_GAP.exec(source.slice(at))?.[0].length ?? 0);
}

/** `(a) => a` also begins `(a) => a + 1`: the expression must end with the text. It may be in parentheses. */
function isWholeExpression(source: string, start: number, text: string): boolean {
  let at = skipGap(source, start);
  let open = 0;
  for (; !source.startsWith(text, at); open++) {
    if (source[at] !== "(") return false;
    at = skipGap(source, at + 1);
  }
  at += text.length;
  for (; open > 0; open--) {
    at = skipGap(source, at);
    if (source[at++] !== ")") return false;
  }
  return endsExpression(source, at);
}

function endsExpression(source: string, at: number): boolean {
  const end = skipGap(source, at);
  const [blank, next] = [source.slice(at, end), source.slice(end)];
  if (next === "" || /^[;,]/.test(next)) return true;
  // Without a semicolon, a new line ends it, unless that line continues the expression.
  return blank.includes("\n") && /^[\w$@{}'"#]/.test(next) && !/^(?:in|instanceof)\b/.test(next);
}

/** Explains why another process could not find a function, and what to write instead. */
export function explainUnnamed(home: string, module: LexedModule, fn: FunctionText): string {
  if (fn.name.startsWith("bound ")) return `it is a bound function. ${adviseWrapping(fn.name.slice("bound ".length))}`;
  if (/\{\s*\[native code\]\s*\}$/.test(fn.text)) return `it is a native function. ${adviseWrapping(fn.name)}`;
  const place = JSON.stringify(home);
  if (fn.name === "") {
    return `it has no name, and exports are found by name. ${adviseExport("myStep", fn)} in ${place}`;
  }
  const namesake = module.exports.find((entry) => entry.name === fn.name || entry.localName === fn.name);
  const declaring = module.exports.filter((exported) => isDeclaredAs(module, exported, fn));
  const isDeclared = declaring.length > 0 || isDeclaredAtTopLevel(module.source, fn);
  const isAmbiguous = countNamed(module.source, fn) > 1;
  if (isDeclared && isAmbiguous) {
    return `${place} has two functions with this name and the same text. Rename one of them`;
  }
  const same = namesake === undefined ? declaring : [namesake, ...declaring];
  if (same.some((exported) => isReassigned(module, exported, fn.name))) {
    return `${place} assigns another value to this export after its declaration, so that a resume could call another ` +
      `function. Give each function a name of its own, and write: export const ${fn.name}Step = …`;
  }
  const renamed = isAmbiguous ? undefined : findRenamed(module, fn);
  if (renamed !== undefined) {
    const advice = adviseExport(renamed === "default" ? fn.name : renamed, fn);
    const [exported, own] = [renamed, fn.name].map((name) => JSON.stringify(name));
    return `${place} exports it as ${exported}, but its own name is ${own}. ${advice}`;
  }
  if (isDeclared && namesake === undefined) return `${place} does not export it. ${adviseExport(fn.name, fn)}`;
  if (namesake !== undefined && !isWrittenAsFunction(module, namesake)) {
    return `the export of that name in ${place} may be this function, but its declaration does not show it (it is a ` +
      `destructuring pattern, or an expression). ${adviseExport(fn.name, fn)}`;
  }
  if (namesake !== undefined) {
    return `the export of that name in ${place} is a different function. This one is a closure, a member of an object, or ` +
      `wrapped. Pass the export itself, or give this function its own name. ${adviseExport(fn.name, fn)}`;
  }
  return `it is not an export of ${place} or of a module that it imports statically (it is a closure, a method, wrapped, ` +
    `or imported dynamically). ${adviseExport(fn.name, fn)} at the top level, with everything that it needs as ` +
    `arguments. Or name it: steps<typeof import("./module.ts")>(import.meta.resolve("./module.ts")).${fn.name}`;
}

/** Finds the export whose value is a function expression with a different name. */
function findRenamed(module: LexedModule, { text }: FunctionText): string | undefined {
  const isRenamed = (exported: LexedExport) =>
    isDeclaredAs(module, exported, { name: exported.localName ?? "default", text });
  return module.exports.find(isRenamed)?.name;
}

/** Tells whether an export is declared as a function. Good enough for a message. */
function isWrittenAsFunction({ source }: LexedModule, { localName = "" }: LexedExport): boolean {
  const name = RegExp.escape(localName);
  const value = `(?:async\\b${GAP})?(?:function\\b|\\(|[\\w$]+${GAP}=>)`;
  const declaration =
    `${FUNCTION}${GAP}\\*?${GAP}${name}(?![\\w$])|(?:const|let|var)\\b${GAP}${name}${GAP}=${GAP}${value}`;
  return new RegExp(`^(?:export\\b${GAP})?(?:default\\b${GAP})?(?:${declaration})`, "m").test(source);
}

function adviseWrapping(name: string): string {
  const callee = name === "" ? "the function" : `${name}(…)`;
  const own = `my${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return `Write a function that calls it and export that: export function ${own}(…) { return ${callee}; }`;
}

/** The line to add: the existing declaration with `export` before it. */
function adviseExport(name: string, fn: FunctionText): string {
  const async = /^async\b/.test(fn.text) ? "async " : "";
  const isDeclaration = BEGINS_FUNCTION.test(fn.text);
  return isDeclaration ? `Write: export ${async}function ${name}(…)` : `Write: export const ${name} = ${async}(…) => …`;
}
