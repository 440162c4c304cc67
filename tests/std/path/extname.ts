import { basename } from "./basename.ts";

/** Takes the extension out of a path, with its dot; empty when there is none. */
export function extname(path: string | URL): string {
  const name = basename(path);
  const at = name === ".." ? -1 : name.lastIndexOf(".");
  return at > 0 ? name.slice(at) : "";
}
