import { resolve } from "@std/path/resolve";
import { toFileUrl } from "@std/path/to-file-url";
import { ModuleUnavailable } from "../../errors/planning_errors.ts";
import { adviseFlags, findMissingPermission } from "../../process/permissions.ts";
import { readSource } from "../../modules/module_source.ts";
import { checkModuleUrl } from "../../plan/function_place.ts";
import { safeText } from "../../text/escape.ts";
import { type CommandArgument, type CommandRequest, UsageError } from "./command.ts";

export const MOVED_MODULE: CommandArgument = {
  name: "MODULE",
  summary: "path or URL of the program, if it was moved",
  isOptional: true,
  completion: "file",
};

/** Finds where the program is now, if the second argument says so. */
export function readModule({ arguments: [, word] }: CommandRequest): string | undefined {
  return word === undefined ? undefined : parseModule(word);
}

/** Turns a path or URL of a module into its URL, if a module can have that. */
export function parseModule(word: string): string {
  try {
    // One letter before the colon is a drive.
    return checkModuleUrl(/^[a-z][a-z0-9+.-]+:/i.test(word) ? word : toFileUrl(resolve(word)));
  } catch (error) {
    throw new UsageError(safeText(error));
  }
}

/** Checks that the program exists, so that a mistyped path never gets into the journal, even if no step of that module is left. */
export async function requireModule(home: string): Promise<void> {
  const missing = await findMissingPermission(home);
  if (missing === undefined) return void await readSource(home);
  const message = `Cannot read ${JSON.stringify(home)}: Deno has no permission to. ${adviseFlags([missing])}`;
  throw new ModuleUnavailable(home, undefined, message);
}
