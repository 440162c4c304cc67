import { ModuleUnavailable } from "../errors/planning_errors.ts";
import { checkExportName } from "../plan/check_export_name.ts";
import { checkModuleUrl } from "../plan/check_module_url.ts";
import type { FunctionName } from "./function_name.ts";
import { reasonOf } from "./reason_of.ts";

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
