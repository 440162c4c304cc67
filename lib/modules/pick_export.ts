import { ModuleUnavailable } from "../errors/planning_errors.ts";
import { findNearMatch } from "../text/suggest_name.ts";
import type { Namespace } from "./import_namespace.ts";
import { type FunctionName, isClass, isGeneratorFunction, isStepFunction, type StepFunction } from "./step_function.ts";

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
  const question = near === undefined ? "" : `. Is ${JSON.stringify(near)} meant?`;
  const listed = names.slice(0, LISTED_EXPORTS).map((name) => JSON.stringify(name)).join(", ");
  const rest = names.length > LISTED_EXPORTS ? ` and ${names.length - LISTED_EXPORTS} more` : "";
  return `the module has no such export, only ${listed}${rest}${question}`;
}
