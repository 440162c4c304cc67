import { isUsableExportName } from "../plan/check_export_name.ts";
import { type FunctionText, isAmbiguous, isDeclaredAs } from "./is_declared_as.ts";
import type { LexedModule } from "./lex_module.ts";

/**
 * Finds the export of the home module that a function is, by name and text: home may still be evaluating, and cannot be
 * asked. `undefined` when there is none, or when the text stands for more than one function. Of two exports of the same
 * function the one with the function's own name counts, otherwise the first of the alphabet, `default` last.
 */
export function findInHome(module: LexedModule, fn: FunctionText): string | undefined {
  const names = module.exports
    .filter((exported) => isUsableExportName(exported.name) && isDeclaredAs(module, exported, fn))
    .map((exported) => exported.name);
  if (names.length === 0 || isAmbiguous(module.source, fn)) return undefined;
  return orderExports(names, fn.name)[0];
}

/** Sorts the names of exports by how well they name a function. */
export function orderExports(names: readonly string[], functionName: string): string[] {
  const rank = (name: string): number => name === functionName ? 0 : name === "default" ? 2 : 1;
  return names.toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}
