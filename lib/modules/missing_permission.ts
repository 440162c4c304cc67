import { fromFileUrl } from "@std/path/from-file-url";

/** A permission that is needed and not granted. */
export interface MissingPermission {
  /** The permission's name, as in the flag. */
  readonly name: "read" | "write" | "import";
  /** The path or the host. */
  readonly value: string;
}

/** Finds out, without a prompt, whether a permission is missing that importing a module needs for the module itself. */
export async function findMissingPermission(module: string): Promise<MissingPermission | undefined> {
  const url = new URL(module);
  switch (url.protocol) {
    case "file:": {
      const value = fromFileUrl(url);
      return await isGranted({ name: "read", path: value }) ? undefined : { name: "read", value };
    }
    case "http:":
    case "https:": {
      const value = url.protocol === "http:" && url.port === "" ? `${url.host}:80` : url.host;
      return await isGranted({ name: "import", host: value }) ? undefined : { name: "import", value };
    }
    default:
      return undefined; // Deno asks for none
  }
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

async function isGranted(descriptor: Deno.PermissionDescriptor): Promise<boolean> {
  return (await Deno.permissions.query(descriptor)).state === "granted";
}
