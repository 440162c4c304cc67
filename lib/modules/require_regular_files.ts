import { ModuleUnavailable } from "../errors/planning_errors.ts";

/**
 * Refuses local modules that are no files: reading a device may never end, and opening a named pipe neither. What is not
 * there is left to the import, which says so.
 *
 * @throws {ModuleUnavailable} A module is a folder, a device, a pipe or a socket.
 */
export async function requireRegularFiles(modules: readonly string[]): Promise<void> {
  for (const module of modules) {
    if (!module.startsWith("file:") || await isFileOrMissing(module)) continue;
    throw new ModuleUnavailable(module, undefined, `Cannot load ${JSON.stringify(module)}: it is no regular file`);
  }
}

async function isFileOrMissing(module: string): Promise<boolean> {
  try {
    return (await Deno.stat(new URL(module))).isFile;
  } catch {
    return true;
  }
}
