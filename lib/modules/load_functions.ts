import types from "node:util/types";
import { ModuleUnavailable } from "../errors/planning_errors.ts";
import { checkExportName, checkModuleUrl } from "../plan/function_place.ts";
import { adviseFlags, findMissingPermission, type MissingPermission } from "../process/permissions.ts";
import { findNearMatch } from "../text/suggest_name.ts";
import { importNamespace, LOAD_LIMIT_MS, markLoading, type Namespace, withDeadline } from "./import_namespace.ts";
import { reasonOf, requireAllowedRedirect, requireRegularFiles, toUnavailable } from "./module_source.ts";

/** A function that a step calls. Only its author knows its parameters; the journal contains the arguments. */
export type StepFunction = (...args: readonly unknown[]) => unknown;

/** Tells whether a step can call a value. A class cannot be called, and calling a generator function runs nothing. */
export function isStepFunction(value: unknown): value is StepFunction {
  return typeof value === "function" && !isClass(value) && !types.isGeneratorFunction(value);
}

export function isClass(value: unknown): boolean {
  return typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));
}

/** How another process finds a function. */
export interface FunctionName {
  /** The URL of its module. */
  readonly module: string;
  readonly export: string;
}

/** A unique text for each function name. A checked module URL contains no line break. */
export function functionKey(name: FunctionName): string {
  return `${name.module}\n${name.export}`;
}

/** Checks a function's name, which may come from an untrusted journal. Reads and fetches nothing. */
export function checkFunctionName(name: FunctionName): void {
  let normal: string;
  try {
    normal = checkModuleUrl(name.module);
    checkExportName(name.export);
  } catch (error) {
    throw new ModuleUnavailable(name.module, name.export, reasonOf(error), { cause: error });
  }
  if (normal === name.module) return;
  // The URL that a person reads in the journal must be the one that is loaded.
  const [found, expected] = [name.module, normal].map((url) => JSON.stringify(url));
  const message = `Cannot use ${found} as a step module: its normal form is ${expected}`;
  throw new ModuleUnavailable(name.module, name.export, message);
}

export function pickExport(name: FunctionName, namespace: Namespace): StepFunction {
  const subject = `Cannot use ${JSON.stringify(name.export)} of ${JSON.stringify(name.module)}`;
  if (!Object.hasOwn(namespace, name.export)) {
    const why = explainMissingExport(name.export, Object.keys(namespace));
    throw new ModuleUnavailable(name.module, name.export, `${subject}: ${why}`);
  }
  const value = namespace[name.export];
  if (isStepFunction(value)) return value;
  throw new ModuleUnavailable(name.module, name.export, `${subject}: it is ${describe(value)}, not a function`);
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (isClass(value)) return "a class";
  if (types.isGeneratorFunction(value)) return "a generator, which runs nothing when it is called";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

const LISTED_EXPORTS = 20;

/** Says that a module has no such export, which ones it has, and which one was probably meant, as the end of a sentence. */
export function explainMissingExport(wanted: string, names: readonly string[]): string {
  if (names.length === 0) return "the module exports nothing";
  const near = findNearMatch(wanted, names);
  const question = near === undefined ? "" : `. Did you mean ${JSON.stringify(near)}?`;
  const listed = names.slice(0, LISTED_EXPORTS).map((name) => JSON.stringify(name)).join(", ");
  const rest = names.length > LISTED_EXPORTS ? ` and ${names.length - LISTED_EXPORTS} more` : "";
  return `the module has no such export, only ${listed}${rest}${question}`;
}

interface LoadOptions {
  /** Functions that need no import, by `functionKey` of their names. */
  readonly known?: ReadonlyMap<string, (...args: never[]) => unknown>;
  /** A transaction is being resumed. Then no other may be started while a module is loaded. */
  readonly forResume: boolean;
  readonly limitMs?: number;
}

/**
 * Loads functions, by `functionKey` of their names. Anything missing is found before a step runs. Before it is called,
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
  const namespaces = new Map<string, Namespace>();
  // One after the other, so that the mark names the module that tries to start a transaction.
  for (const module of modules) {
    const load = () => importModule(module, options.limitMs ?? LOAD_LIMIT_MS);
    namespaces.set(module, await (options.forResume ? markLoading(module, load) : load()));
  }
  for (const [key, name] of wanted) loaded.set(key, pickExport(name, namespaces.get(name.module) ?? {}));
  return loaded;
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
