import { onWindows } from "./_paths.ts";
import { isAbsolute } from "./is_absolute.ts";

/** Turns an absolute path into a `file:` URL. */
export function toFileUrl(path: string): URL {
  if (!isAbsolute(path)) throw new TypeError(`Path must be absolute: received "${path}"`);
  if (onWindows) return process.getBuiltinModule("node:url").pathToFileURL(path);
  const url = new URL("file:///");
  // What the URL's own setter does not encode, or would drop.
  url.pathname = path.replace(/^\/+/, "/").replace(/[%\\\s]/g, (character) => encodeURIComponent(character));
  return url;
}
