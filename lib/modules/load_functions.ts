import { ModuleUnavailable } from "../errors/planning_errors.ts";
import { findMissingPermission, type MissingPermission, toFlags } from "../process/permissions.ts";
import { importNamespace, markLoading, type Namespace, withDeadline } from "./import_namespace.ts";
import { requireRegularFiles, toUnavailable } from "./module_source.ts";
import {
  checkFunctionName,
  functionKey,
  type FunctionName,
  isStepFunction,
  pickExport,
  type StepFunction,
} from "./step_function.ts";

/** How long the import of a module may take, with all that it loads. */
const PATIENCE_MS = 60_000;

/** How functions are loaded. */
interface LoadOptions {
  /** Functions that are at hand and need no import, by `functionKey` of their names. */
  readonly known?: ReadonlyMap<string, (...args: never[]) => unknown>;
  /** Whether a transaction is being resumed: then none may be started while a module is loaded. */
  readonly forResume: boolean;
  /**
   * How long the import of a module may take, in milliseconds.
   *
   * @default {60_000}
   */
  readonly patienceMs?: number;
}

/**
 * Loads functions by name, and returns them by `functionKey` of their names. All modules are imported, one after the
 * other, and all exports checked before it returns: what is missing is found before any step has run. Everything that
 * has happened must be durable before it is called, since a mismatch with a lock file ends the process.
 *
 * @throws {ModuleUnavailable} A module or an export is not allowed, not permitted, not there, fails to load, or is no
 * function.
 */
export async function loadFunctions(
  codes: readonly FunctionName[],
  options: LoadOptions,
): Promise<ReadonlyMap<string, StepFunction>> {
  const loaded = new Map<string, StepFunction>();
  const wanted = new Map<string, FunctionName>();
  for (const name of codes) {
    const key = functionKey(name);
    const known: unknown = options.known?.get(key);
    if (isStepFunction(known)) loaded.set(key, known);
    else wanted.set(key, name);
  }
  for (const name of wanted.values()) checkFunctionName(name);
  const modules = [...new Set(Array.from(wanted.values(), (name) => name.module))];
  await requireModulePermissions(modules);
  await requireRegularFiles(modules);
  const namespaces = await importAll(modules, options);
  for (const [key, name] of wanted) loaded.set(key, pickExport(name, namespaces.get(name.module) ?? {}));
  return loaded;
}

async function importAll(modules: readonly string[], options: LoadOptions): Promise<Map<string, Namespace>> {
  const namespaces = new Map<string, Namespace>();
  // One after the other: so the mark names the very module that tries to start a transaction.
  for (const module of modules) {
    const load = () => importModule(module, options.patienceMs ?? PATIENCE_MS);
    namespaces.set(module, await (options.forResume ? markLoading(module, load) : load()));
  }
  return namespaces;
}

async function importModule(module: string, patienceMs: number): Promise<Namespace> {
  try {
    return await withDeadline(importNamespace(module), patienceMs, () =>
      new TypeError(
        `importing it does not end within ${patienceMs / 1000} seconds: it waits at its top level for something that ` +
          `does not happen, or imports the module that is waiting for it`,
      ));
  } catch (error) {
    throw toUnavailable(module, error);
  }
}

/**
 * Asks, before the first import, for the permissions that modules need, so that a refusal names the flag and no prompt
 * comes up.
 *
 * @throws {ModuleUnavailable} One is missing.
 */
export async function requireModulePermissions(modules: readonly string[]): Promise<void> {
  const missing: MissingPermission[] = [];
  let first: string | undefined;
  for (const module of modules) {
    const permission = await findMissingPermission(module).catch((error) => {
      throw toUnavailable(module, error);
    });
    if (permission === undefined) continue;
    first ??= module;
    missing.push(permission);
  }
  if (first === undefined) return;
  const others = missing.length === 1 ? "" : ` and ${missing.length - 1} more`;
  throw new ModuleUnavailable(
    first,
    undefined,
    `Cannot load ${JSON.stringify(first)}${others}: Deno has no permission to. Add ${
      toFlags(missing)
    }, and the same for ` +
      `what the module imports`,
  );
}
