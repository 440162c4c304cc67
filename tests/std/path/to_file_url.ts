import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";

/** Turns an absolute path into a `file:` URL. */
export function toFileUrl(path: string): URL {
  if (!isAbsolute(path)) throw new TypeError(`Path must be absolute: received "${path}"`);
  return pathToFileURL(path);
}
