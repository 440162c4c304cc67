import { ModuleUnavailable } from "../errors/planning_errors.ts";
import { explainMissingExport } from "./explain_missing_export.ts";
import type { FunctionName } from "./function_name.ts";
import type { Namespace } from "./import_namespace.ts";
import { isClass, isGeneratorFunction, isStepFunction, type StepFunction } from "./step_function.ts";

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
