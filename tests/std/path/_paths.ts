/**
 * Node's functions, on Windows alone, whose paths have rules of their own. Elsewhere nothing of Node's is loaded, as by
 * the real package: it takes longer than most commands.
 */
export const onWindows = Deno.build.os === "windows" ? process.getBuiltinModule("node:path") : undefined;

/** Takes the path of a `file:` URL; a path stays as it is. */
export function toPath(path: string | URL): string {
  if (typeof path === "string") return path;
  const { protocol, pathname } = path;
  if (protocol !== "file:") throw new TypeError(`URL must be a file URL: received "${protocol}"`);
  if (onWindows) return process.getBuiltinModule("node:url").fileURLToPath(path);
  // As in the real package: the host is ignored, an encoded slash separates, and a percent sign may stand alone.
  return decodeURIComponent(pathname.replace(/%(?![0-9a-f]{2})/gi, "%25"));
}

/** Takes `.`, `..` and repeated slashes out of a path, seen as text alone. */
export function normalize(path: string): string {
  const isAbsolute = path.startsWith("/");
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (!isAbsolute) parts.push(part);
  }
  if (isAbsolute && parts.length === 0) return "/";
  return (isAbsolute ? "/" : "") + (parts.join("/") || ".") + (path.endsWith("/") ? "/" : "");
}
