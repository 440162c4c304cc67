import { toPath } from "./_paths.ts";

/** Turns a `file:` URL into a path. */
export function fromFileUrl(url: string | URL): string {
  return toPath(new URL(url));
}
