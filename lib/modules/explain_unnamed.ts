import { type FunctionText, isAmbiguous, isDeclaredAs, isDeclaredAtTopLevel } from "./find_in_home.ts";
import type { LexedExport, LexedModule } from "./lex_module.ts";

/** Says why a function that was not found has no name that another process could use, and what to write instead. */
export function explainUnnamed(home: string, module: LexedModule, fn: FunctionText): string {
  if (fn.name.startsWith("bound ")) return `it is a bound function. ${adviseWrapping(fn.name.slice("bound ".length))}`;
  if (/\{\s*\[native code\]\s*\}$/.test(fn.text)) return `it is a native function. ${adviseWrapping(fn.name)}`;
  const place = JSON.stringify(home);
  if (fn.name === "") {
    return `it has no name, by which exports are looked for. ${adviseExport("myStep", fn)} in ${place}`;
  }
  const namesake = module.exports.find((entry) => entry.name === fn.name || entry.localName === fn.name);
  const isDeclared = isDeclaredAtTopLevel(module.source, fn) ||
    module.exports.some((exported) => isDeclaredAs(module, exported, fn));
  if (isDeclared && isAmbiguous(module.source, fn)) {
    return `${place} has two functions of this name with the same text, and they cannot be told apart. Rename one`;
  }
  const renamed = isAmbiguous(module.source, fn) ? undefined : findRenamed(module, fn);
  if (renamed !== undefined) {
    return `${place} exports it as ${
      JSON.stringify(renamed)
    }, but exports are looked for by the function's own name, ` +
      `${JSON.stringify(fn.name)}. ${adviseExport(renamed === "default" ? fn.name : renamed, fn)}`;
  }
  if (isDeclared && namesake === undefined) return `${place} does not export it. ${adviseExport(fn.name, fn)}`;
  if (namesake !== undefined && !isWrittenAsFunction(module, namesake)) {
    return `the export of that name in ${place} may be this function, but that cannot be seen from how it is written ` +
      `there (taken out of a pattern, or made by an expression). ${adviseExport(fn.name, fn)}`;
  }
  if (namesake !== undefined) {
    return `the export of that name in ${place} is another function than this one (a closure, a member of an object, or ` +
      `wrapped). Pass the export itself, or give this function a name of its own: ${adviseExport(fn.name, fn)}`;
  }
  return `it is no export of ${place} or of a module that it imports statically (a closure, a method, wrapped, or ` +
    `imported dynamically). ${
      adviseExport(fn.name, fn)
    } at the top level, with what it needs as arguments; or name it: ` +
    `steps<typeof import("./module.ts")>(import.meta.resolve("./module.ts")).${fn.name}`;
}

/** Finds the export that is made of a function expression with a name of its own. */
function findRenamed(module: LexedModule, { text }: FunctionText): string | undefined {
  return module.exports.find((exported) =>
    isDeclaredAs(module, exported, { name: exported.localName ?? "default", text })
  )
    ?.name;
}

/** Tells whether an export is declared as a function, as far as a message needs to know. */
function isWrittenAsFunction({ source }: LexedModule, { localName = "" }: LexedExport): boolean {
  const name = RegExp.escape(localName);
  const value = "(?:async\\b\\s*)?(?:function\\b|\\(|[\\w$]+\\s*=>)";
  const declaration =
    `(?:async\\s+)?function\\s*\\*?\\s*${name}(?![\\w$])|(?:const|let|var)\\s+${name}\\s*=\\s*${value}`;
  return new RegExp(`^(?:export\\s+)?(?:default\\s+)?(?:${declaration})`, "m").test(source);
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
