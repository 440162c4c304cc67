import { type FunctionText, isAmbiguous, isDeclaredAs, isDeclaredAtTopLevel } from "./is_declared_as.ts";
import type { LexedModule } from "./lex_module.ts";

/** Says why a function that was not found has no name that another process could use, and what to write instead. */
export function explainUnnamed(home: string, module: LexedModule, fn: FunctionText): string {
  if (fn.name.startsWith("bound ")) return `it is a bound function. ${adviseWrapping(fn.name.slice("bound ".length))}`;
  if (/\{\s*\[native code\]\s*\}$/.test(fn.text)) return `it is a native function. ${adviseWrapping(fn.name)}`;
  const place = JSON.stringify(home);
  if (fn.name === "") return `it has no name and is no export. ${adviseExport("myStep", fn)} in ${place}`;
  const sharesName = module.exports.some((entry) => entry.name === fn.name || entry.localName === fn.name);
  const isDeclared = isDeclaredAtTopLevel(module.source, fn) ||
    module.exports.some((exported) => isDeclaredAs(module, exported, fn));
  if (isDeclared && isAmbiguous(module.source, fn)) {
    return `${place} has two functions of this name with the same text, and they cannot be told apart. Rename one`;
  }
  if (isDeclared && !sharesName) return `${place} does not export it. ${adviseExport(fn.name, fn)}`;
  if (sharesName) {
    return `the export of that name in ${place} is another function than this one (a closure, a member of an object, or ` +
      `wrapped). Pass the export itself, or give this function a name of its own: ${adviseExport(fn.name, fn)}`;
  }
  return `it is no export of ${place} or of a module that it imports statically (a closure, a method, wrapped, or ` +
    `imported dynamically). ${
      adviseExport(fn.name, fn)
    } at the top level, with what it needs as arguments; or name it: ` +
    `steps<typeof import("./module.ts")>(import.meta.resolve("./module.ts")).${fn.name}`;
}

function adviseWrapping(name: string): string {
  const callee = name === "" ? "the function" : `${name}(…)`;
  return `Write a function that calls it and export that: export function my${
    capitalize(name)
  }(…) { return ${callee}; }`;
}

/** The line to add: the declaration that is there, with `export` before it. */
function adviseExport(name: string, fn: FunctionText): string {
  const async = /^async\b/.test(fn.text) ? "async " : "";
  const isDeclaration = /^(?:async\s+)?function\b/.test(fn.text);
  return isDeclaration ? `Write: export ${async}function ${name}(…)` : `Write: export const ${name} = ${async}(…) => …`;
}

function capitalize(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
