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

/** A permission that is needed and not granted. */
export interface MissingPermission {
  /** The permission's name, as in the flag. */
  readonly name: "read" | "write" | "import";
  /** The path or the host. */
  readonly value: string;
}

/** Finds out, without a prompt, whether a permission is missing that importing a module needs for the module itself. */
export async function findMissingPermission(module: string): Promise<MissingPermission | undefined> {
  const needed = importPermission(new URL(module));
  if (needed === undefined || await isGranted(needed)) return undefined;
  if (needed.name === "read") return { name: "read", value: needed.path };
  return { name: "import", value: needed.host.replace(/:443$/, "") };
}

async function isGranted(descriptor: Deno.PermissionDescriptor): Promise<boolean> {
  return (await Deno.permissions.query(descriptor)).state === "granted";
}

/** Writes the flags that grant what is missing: one per kind. */
export function toFlags(missing: readonly MissingPermission[]): string {
  const flagOf = (name: MissingPermission["name"]): string[] => {
    const values = new Set(missing.filter((entry) => entry.name === name).map((entry) => entry.value));
    // In the flag a comma separates, and two stand for one.
    const list = [...values].map((value) => value.replaceAll(",", ",,")).join(",");
    return list === "" ? [] : [`--allow-${name}=${/^[\w./:,@%+\\[\]-]+$/.test(list) ? list : JSON.stringify(list)}`];
  };
  return [...flagOf("read"), ...flagOf("write"), ...flagOf("import")].join(" ");
}
