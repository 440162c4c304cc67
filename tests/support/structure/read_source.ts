import { stripTypeScriptTypes } from "node:module";
import { maskSource } from "./mask_source.ts";

/** A function with a body in braces. */
export interface FunctionPlace {
  /** Line on which its parameters begin, counted from 1. */
  readonly line: number;
  /** Number of lines from there to its closing brace. */
  readonly lines: number;
}

/** Lists the specifiers of all static imports, re-exports, dynamic imports of a literal, and modules of threads. */
export function listImports(source: string): string[] {
  const masked = maskSource(source);
  const pattern =
    /\b(?:import|export)\b[^;"'()=]*?\bfrom\s*(?=["'])|\bimport\s*\(?\s*(?=["'])|\bimport\.meta\.resolve\(\s*(?=["'])/g;
  return [...masked.matchAll(pattern)].map((match) => readQuoted(source, match.index + match[0].length));
}

/** Says whether a module exports what another one defines. */
export function hasReexport(source: string): boolean {
  return /\bexport\b[^;"'()=]*?\bfrom\s*["']/.test(maskSource(source));
}

/** Lists the names that a module exports. */
export function listExports(source: string): string[] {
  const masked = maskSource(source);
  const declared = masked.matchAll(
    /\bexport\s+(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:function\s*\*?|class|const|let|interface|type)\s+([\w$]+)/g,
  );
  const listed = [...masked.matchAll(/\bexport\s*(?:type\s*)?\{([^}]*)\}/g)].flatMap((match) =>
    (match[1] ?? "").split(",").map((name) => name.trim().replace(/^.*\s/, ""))
  );
  return [...declared].map((match) => match[1] ?? "").concat(listed).filter((name) => name !== "");
}

/**
 * Lists all functions with a body in braces, nested ones too. Types are blanked out first, by which a body is always the
 * brace behind `=>` or behind a parenthesis that belongs to no `if`, `for`, `while`, `switch` or `catch`.
 */
export function listFunctions(source: string): FunctionPlace[] {
  const masked = maskSource(blankTypes(source));
  const functions: FunctionPlace[] = [];
  const open: { readonly start: number | undefined }[] = [];
  for (let i = 0; i < masked.length; i++) {
    if (masked.charAt(i) === "{") open.push({ start: startOfFunction(masked.slice(0, i)) });
    if (masked.charAt(i) !== "}") continue;
    const start = open.pop()?.start;
    if (start === undefined) continue;
    functions.push({ line: lineOf(masked, start), lines: lineOf(masked, i) - lineOf(masked, start) + 1 });
  }
  return functions.sort((a, b) => a.line - b.line);
}

function blankTypes(source: string): string {
  try {
    return stripTypeScriptTypes(source, { mode: "strip" });
  } catch {
    // An enum or a parameter property, as a fixture may have it, can't be blanked out, only rewritten. Lines may shift then.
    return stripTypeScriptTypes(source, { mode: "transform" });
  }
}

/** Finds where the parameters of the function begin whose body follows `before`; `undefined` if no function's does. */
function startOfFunction(before: string): number | undefined {
  const head = before.trimEnd();
  if (head.endsWith("=>")) {
    const parameters = head.slice(0, -2).trimEnd();
    return parameters.endsWith(")") ? openingOf(parameters) : parameters.length;
  }
  if (!head.endsWith(")")) return undefined;
  const start = openingOf(head);
  return /\b(?:if|for|while|switch|catch|await|with)\s*$/.test(head.slice(0, start)) ? undefined : start;
}

/** Finds the parenthesis that the last character closes. */
function openingOf(text: string): number {
  let depth = 0;
  for (let i = text.length - 1; i >= 0; i--) {
    if (text.charAt(i) === ")") depth++;
    if (text.charAt(i) === "(" && --depth === 0) return i;
  }
  return 0;
}

function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let i = text.indexOf("\n"); i !== -1 && i < offset; i = text.indexOf("\n", i + 1)) line++;
  return line;
}

function readQuoted(source: string, start: number): string {
  const end = source.indexOf(source.charAt(start), start + 1);
  return source.slice(start + 1, end);
}
