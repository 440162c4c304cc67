import { fileURLToPath } from "node:url";

/** Turns a `file:` URL into a path. */
export function fromFileUrl(url: string | URL): string {
  const { protocol } = new URL(url);
  if (protocol !== "file:") throw new TypeError(`URL must be a file URL: received "${protocol}"`);
  return fileURLToPath(url);
}
