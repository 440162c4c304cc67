import { sha256 } from "../values/sha256.ts";
import { readSource } from "./read_source.ts";

/**
 * Computes the SHA-256 of a module's source in hex: the module alone, not what it imports. `undefined` for `npm:`, where
 * the exact version stands for the source.
 *
 * @param isLoaded The module was imported in between: what is hashed is what that import has left in Deno's cache.
 * @throws {ModuleUnavailable} There is no such module, or it may not be read.
 */
export async function hashModule(url: string, isLoaded = false): Promise<string | undefined> {
  if (url.startsWith("npm:")) return undefined;
  // What was read once under a URL is not read again in this process; the fragment makes it another URL of the same file.
  const place = isLoaded ? `${url}${url.includes("#") ? "" : "#"}resumable-tx` : url;
  return sha256(new TextEncoder().encode(await readSource(place))).toHex();
}
