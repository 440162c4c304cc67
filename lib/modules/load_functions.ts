import { ModuleUnavailable } from "../errors/planning_errors.ts";
import { adviseFlags, findMissingPermission, type MissingPermission } from "../process/permissions.ts";
import { importNamespace, LOAD_LIMIT_MS, markLoading, type Namespace, withDeadline } from "./import_namespace.ts";
import { requireAllowedRedirect, requireRegularFiles, toUnavailable } from "./module_source.ts";
import {
  checkFunctionName,
  functionKey,
  type FunctionName,
  isStepFunction,
  pickExport,
  type StepFunction,
} from "./step_function.ts";

interface LoadOptions {
  /** Functions that need no import, by `functionKey` of their names. */
  readonly known?: ReadonlyMap<string, (...args: never[]) => unknown>;
  /** A transaction is being resumed. Then no other may be started while a module is loaded. */
  readonly forResume: boolean;
  readonly limitMs?: number;
}

/**
 * Loads functions by name, and returns them by `functionKey` of their names. It imports all modules, one after the
 * other, and checks all exports, so that anything missing is found before a step runs. Before it is called,
 * everything must be durable, because a mismatch with a lock file ends the process.
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
  // One after the other, so that the mark names the module that tries to start a transaction.
  for (const module of modules) {
    const load = () => importModule(module, options.limitMs ?? LOAD_LIMIT_MS);
    namespaces.set(module, await (options.forResume ? markLoading(module, load) : load()));
  }
  return namespaces;
}

async function importModule(module: string, limitMs: number): Promise<Namespace> {
  try {
    const namespace = requireAllowedRedirect(module).then(() => importNamespace(module));
    return await withDeadline(namespace, limitMs, () =>
      new TypeError(
        `the import did not finish within ${limitMs / 1000} seconds. Its top level waits for something that does not ` +
          `happen, or it imports the module that waits for it`,
      ));
  } catch (error) {
    throw toUnavailable(module, error);
  }
}

/** Checks the permissions before the first import, so that an error names the flag and Deno does not prompt. */
export async function requireModulePermissions(modules: readonly string[]): Promise<void> {
  const missing = new Map<string, MissingPermission>();
  for (const module of modules) {
    const permission = await findMissingPermission(module).catch((error) => {
      throw toUnavailable(module, error);
    });
    if (permission !== undefined) missing.set(module, permission);
  }
  const [first] = missing.keys();
  if (first === undefined) return;
  const others = missing.size === 1 ? "" : ` and ${missing.size - 1} more`;
  const message =
    `Cannot load ${JSON.stringify(first)}${others}: Deno has no permission to. ${
      adviseFlags([...missing.values()])
    }, and ` +
    `the same for what the module imports`;
  throw new ModuleUnavailable(first, undefined, message);
}
