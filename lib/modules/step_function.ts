import { types } from "node:util";
import { ModuleUnavailable } from "../errors/planning_errors.ts";
import { checkExportName, checkModuleUrl } from "../plan/function_place.ts";
import { reasonOf } from "./module_source.ts";
import { findNearMatch } from "../text/suggest_name.ts";
import type { Namespace } from "./import_namespace.ts";

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

/** Maximum number of exports in a message. */
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
