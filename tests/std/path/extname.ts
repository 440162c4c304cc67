import { extname as nodeExtname } from "node:path";
import { fileURLToPath } from "node:url";

/** Takes the extension out of a path, with its dot; empty when there is none. */
export function extname(path: string | URL): string {
  return nodeExtname(typeof path === "string" ? path : fileURLToPath(path));
}
