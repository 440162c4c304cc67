import { fromFileUrl } from "@std/path/from-file-url";

/** A permission that importing a module needs. */
type ImportPermission =
  | { readonly name: "read"; readonly path: string }
  | { readonly name: "import"; readonly host: string };

/**
 * The permission that importing a module needs for the module itself; nothing where Deno asks for none. The host has its
 * port: without, Deno does not find those hosts that are allowed from the beginning.
 */
export function importPermission(module: URL): ImportPermission | undefined {
  const { protocol, hostname, port } = module;
  switch (protocol) {
    case "file:":
      return { name: "read", path: fromFileUrl(module) };
    case "http:":
    case "https:":
      return { name: "import", host: `${hostname}:${port || (protocol === "http:" ? "80" : "443")}` };
    default:
      return undefined;
  }
}
