import { safeText } from "../text/escape.ts";
import { ModuleUnavailable } from "../errors/planning_errors.ts";
import type { Home } from "../plan/function_place.ts";
import { sha256 } from "../process/sha256.ts";

/**
 * Reads a module's source as its author wrote it. Needs the permission that importing the module needs, runs nothing of
 * it, and works while the module is still being evaluated, when importing it would never settle.
 *
 * @throws {ModuleUnavailable} There is no such module, or it may not be read.
 */
export async function readSource(url: string): Promise<string> {
  let text: unknown;
  try {
    const imported: { readonly default?: unknown } = await import(url, { with: { type: "text" } });
    text = imported.default;
  } catch (error) {
    const message = `Cannot read ${JSON.stringify(url)}: ${reasonOf(error)}`;
    throw new ModuleUnavailable(url, undefined, message, { cause: error });
  }
  if (typeof text === "string") return text;
  throw new ModuleUnavailable(url, undefined, `Cannot read ${JSON.stringify(url)}: it is no text`);
}

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

/**
 * Moves the modules of a transaction along with its home module: home becomes the new home, and each other `file:`
 * module is taken where it lay relative to home. All else stays: a remote module is where it was.
 */
export function relocateModules(modules: readonly string[], oldHome: string, newHome: string): readonly string[] {
  return modules.map((module) => {
    if (module === oldHome) return newHome;
    const path = findRelativePath(oldHome, module);
    return path === undefined ? module : new URL(path, newHome).href;
  });
}

function findRelativePath(from: string, to: string): string | undefined {
  // A journal may name anything; what is no URL is refused when it is loaded.
  const [source, target] = [URL.parse(from), URL.parse(to)];
  if (
    source === null || target === null || source.protocol !== "file:" || target.protocol !== "file:" ||
    source.host !== target.host
  ) return undefined;
  const folders = source.pathname.split("/").slice(0, -1);
  const parts = target.pathname.split("/");
  let shared = 0;
  while (shared < folders.length && shared < parts.length - 1 && folders[shared] === parts[shared]) shared++;
  const up = "../".repeat(folders.length - shared);
  return `./${up}${parts.slice(shared).join("/")}${target.search}${target.hash}`;
}

/** Takes a module that is loaded for a home. Bare specifiers are resolved as this program resolves them. */
export function homeAt(url: string): Home {
  const resolve = (specifier: string) =>
    /^\.{0,2}\//.test(specifier) ? new URL(specifier, url).href : import.meta.resolve(specifier);
  return { url, resolve };
}

/** Puts what was thrown into a message of our own: its first line, without the full stop that Deno may end it with. */
export function reasonOf(error: unknown): string {
  return (safeText(error).split("\n")[0] ?? "").replace(/\.$/, "");
}

/** Says that a module cannot be loaded, with what was thrown as the cause. */
export function toUnavailable(module: string, error: unknown): ModuleUnavailable {
  const message = `Cannot load ${JSON.stringify(module)}: ${reasonOf(error)}`;
  return new ModuleUnavailable(module, undefined, message, { cause: error });
}
