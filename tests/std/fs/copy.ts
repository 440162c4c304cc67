import { cp } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** How to copy. */
export interface CopyOptions {
  /** Whether what is there already is replaced. @default {false} */
  overwrite?: boolean;
  /** Whether the copies keep the times of the originals. @default {false} */
  preserveTimestamps?: boolean;
}

/** Copies a file, or a folder with all that is in it. */
export async function copy(src: string | URL, dest: string | URL, options: CopyOptions = {}): Promise<void> {
  const from = toPath(src);
  const to = toPath(dest);
  if (from === to) throw new Error("Source and destination cannot be the same.");
  const { overwrite = false, preserveTimestamps = false } = options;
  if (!overwrite && await isThere(to)) throw new Deno.errors.AlreadyExists(`'${to}' already exists.`);
  await cp(from, to, { recursive: true, force: overwrite, preserveTimestamps, verbatimSymlinks: true });
}

function toPath(path: string | URL): string {
  return resolve(typeof path === "string" ? path : fileURLToPath(path));
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
