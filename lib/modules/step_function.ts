import { types } from "node:util";
import { ModuleUnavailable } from "../errors/planning_errors.ts";
import { checkExportName, checkModuleUrl } from "../plan/function_place.ts";
import { reasonOf } from "./module_source.ts";

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
export function isGeneratorFunction(value: unknown): boolean {
  return types.isGeneratorFunction(value);
}

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
