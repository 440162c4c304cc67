import { resolve } from "@std/path/resolve";
import { toFileUrl } from "@std/path/to-file-url";
import { ModuleUnavailable } from "../errors/planning_errors.ts";
import { findMissingPermission, toFlags } from "../modules/missing_permission.ts";
import { readSource } from "../modules/read_source.ts";
import { checkModuleUrl } from "../plan/check_module_url.ts";
import type { CommandRequest } from "./command.ts";
import { UsageError } from "./usage_error.ts";

/**
 * Finds where the program is now, if a command was told: its second argument.
 *
 * @throws {UsageError} It is no path, and no URL that a module may have.
 */
export function readModule(request: CommandRequest, command: string): string | undefined {
  const [, text] = request.arguments;
  return text === undefined ? undefined : parseModule(text, command);
}

/**
 * Turns a word that names a module, a path or a URL, into its URL.
 *
 * @throws {UsageError} It is no path, and no URL that a module may have.
 */
export function parseModule(text: string, command: string): string {
  try {
    // One letter before the colon is a drive.
    return checkModuleUrl(/^[a-z][a-z0-9+.-]+:/i.test(text) ? text : toFileUrl(resolve(text)));
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), command);
  }
}

/**
 * Checks that the program is there: a slip in its path must not get into the journal, also when no step of that very
 * module is left.
 *
 * @throws {ModuleUnavailable} It is not, or may not be read.
 */
export async function requireModule(home: string): Promise<void> {
  const missing = await findMissingPermission(home);
  if (missing === undefined) return void await readSource(home);
  const message = `Cannot read ${JSON.stringify(home)}: Deno has no permission to. Add ${toFlags([missing])}`;
  throw new ModuleUnavailable(home, undefined, message);
}
