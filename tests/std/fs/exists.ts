/** What must be true of the path besides. */
export interface ExistsOptions {
  /** Whether this process must be able to read it. */
  isReadable?: boolean;
  /** Whether it must be a folder. */
  isDirectory?: boolean;
  /** Whether it must be a file. */
  isFile?: boolean;
}

/** Says whether there is something at a path. Good for messages; before an action, try the action instead. */
export async function exists(path: string | URL, options: ExistsOptions = {}): Promise<boolean> {
  if (options.isDirectory && options.isFile) {
    throw new TypeError("Cannot ask for a path that is both: isDirectory and isFile are both true");
  }
  try {
    const info = await Deno.stat(path);
    if (options.isDirectory && !info.isDirectory) return false;
    if (options.isFile && !info.isFile) return false;
    return !options.isReadable || await isReadable(path, info);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function isReadable(path: string | URL, info: Deno.FileInfo): Promise<boolean> {
  try {
    if (info.isDirectory) await Array.fromAsync(Deno.readDir(path));
    else (await Deno.open(path)).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) return false;
    throw error;
  }
}
