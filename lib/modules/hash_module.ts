import { createHash } from "node:crypto";
import { readSource } from "./read_source.ts";

/**
 * Computes the SHA-256 of a module's source in hex: the module alone, not what it imports. `undefined` for `npm:`, where
 * the exact version stands for the source.
 *
 * @throws {ModuleUnavailable} There is no such module, or it may not be read.
 */
export async function hashModule(url: string): Promise<string | undefined> {
  if (url.startsWith("npm:")) return undefined;
  return createHash("sha256").update(await readSource(url)).digest("hex");
}
