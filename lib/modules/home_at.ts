import type { Home } from "../plan/home.ts";

/** Takes a module that is loaded for a home. Bare specifiers are resolved as this program resolves them. */
export function homeAt(url: string): Home {
  const resolve = (specifier: string) =>
    /^\.{0,2}\//.test(specifier) ? new URL(specifier, url).href : import.meta.resolve(specifier);
  return { url, resolve };
}
