import { ModuleUnavailable } from "../errors/planning_errors.ts";
import { checkExportName, checkModuleUrl } from "../plan/function_place.ts";
import { reasonOf } from "./module_source.ts";
import { findNearMatch } from "../text/suggest_name.ts";
import type { Namespace } from "./import_namespace.ts";

/** A function that a step calls. What it takes is known to its author alone; the journal holds the arguments. */
export type StepFunction = (...args: readonly unknown[]) => unknown;

/**
 * Whether a value can be called as a step. Classes are functions to JavaScript, but cannot be called; calling a generator
 * function runs nothing of it.
 */
export function isStepFunction(value: unknown): value is StepFunction {
  return typeof value === "function" && !isClass(value) && !isGeneratorFunction(value);
}

/** Whether a value is a generator function, async or not. */
function isGeneratorFunction(value: unknown): boolean {
  return typeof value === "function" && GENERATORS.has(Object.getPrototypeOf(value));
}

const GENERATORS: ReadonlySet<unknown> = new Set([
  Object.getPrototypeOf(function* () {}),
  Object.getPrototypeOf(async function* () {}),
]);

/** Whether a value is a class. */
export function isClass(value: unknown): boolean {
  return typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));
}

/** Where another process finds a function. */
export interface FunctionName {
  /** The module's URL. */
  readonly module: string;
  /** The export's name. */
  readonly export: string;
}

/** Gives one text per function name. Unambiguous, since a module URL that passed the check holds no line break. */
export function functionKey(name: FunctionName): string {
  return `${name.module}\n${name.export}`;
}

/**
 * Checks that a function's name, which may come from a journal that anybody wrote, may be used at all. Nothing is read
 * or fetched for it.
 *
 * @throws {ModuleUnavailable} The URL or the export is not allowed, or the URL is not written as this library writes it.
 */
export function checkFunctionName(name: FunctionName): void {
  let normal: string;
  try {
    normal = checkModuleUrl(name.module);
    checkExportName(name.export);
  } catch (error) {
    throw new ModuleUnavailable(name.module, name.export, reasonOf(error), { cause: error });
  }
  if (normal === name.module) return;
  // What a person has read in the journal must be what is loaded.
  const message = `Cannot use ${JSON.stringify(name.module)} as a step module: what it names is ${
    JSON.stringify(normal)
  }`;
  throw new ModuleUnavailable(name.module, name.export, message);
}

/**
 * Takes a step function out of its loaded module.
 *
 * @throws {ModuleUnavailable} There is no such export, or it is no function.
 */
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
  if (isGeneratorFunction(value)) return "a generator, of which a call runs nothing";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** How many exports a message lists. */
const LISTED_EXPORTS = 20;

/** Says that a module has no such export, which ones it has, and which one may be meant: the end of a sentence. */
export function explainMissingExport(wanted: string, names: readonly string[]): string {
  if (names.length === 0) return "the module exports nothing";
  const near = findNearMatch(wanted, names);
  const question = near === undefined ? "" : `. Did you mean ${JSON.stringify(near)}?`;
  const listed = names.slice(0, LISTED_EXPORTS).map((name) => JSON.stringify(name)).join(", ");
  const rest = names.length > LISTED_EXPORTS ? ` and ${names.length - LISTED_EXPORTS} more` : "";
  return `the module has no such export, only ${listed}${rest}${question}`;
}
