import { ModuleUnavailable } from "../errors/planning_errors.ts";
import { type LexedModule, lexModule } from "./lex_module.ts";
import { findMissingPermission } from "./module_permissions.ts";
import { hashModule, readSource } from "./module_source.ts";
import { explainMissingExport } from "./pick_export.ts";
import type { FunctionName } from "./step_function.ts";

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
