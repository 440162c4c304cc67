import { ModuleUnavailable } from "../errors/planning_errors.ts";
import { reasonOf } from "./reason_of.ts";

/** Says that a module cannot be loaded, with what was thrown as the cause. */
export function toUnavailable(module: string, error: unknown): ModuleUnavailable {
  const message = `Cannot load ${JSON.stringify(module)}: ${reasonOf(error)}`;
  return new ModuleUnavailable(module, undefined, message, { cause: error });
}
