import { fromFileUrl } from "@std/path/from-file-url";

type ImportPermission =
  | { readonly name: "read"; readonly path: string }
  | { readonly name: "import"; readonly host: string };

/** The permission that Deno needs to import a module, without the module's own imports; nothing if it needs none. */
export function importPermission(module: URL): ImportPermission | undefined {
  const { protocol, hostname, port } = module;
  switch (protocol) {
    case "file:":
      return { name: "read", path: fromFileUrl(module) };
    case "http:":
    case "https:":
      // Without its port, Deno does not recognise the hosts that are allowed by default.
      return { name: "import", host: `${hostname}:${port || (protocol === "http:" ? "80" : "443")}` };
    default:
      return undefined;
  }
}

export interface MissingPermission {
  readonly name: "read" | "write" | "import";
  readonly value: string;
  /** A flag such as `--deny-read` refuses it, whatever other flags allow. */
  readonly isDenied?: boolean;
}

/** Finds a permission that is missing to import a module, without a prompt. */
export async function findMissingPermission(module: string): Promise<MissingPermission | undefined> {
  const needed = importPermission(new URL(module));
  if (needed === undefined) return undefined;
  const { state } = await Deno.permissions.query(needed);
  if (state === "granted") return undefined;
  const value = needed.name === "read" ? needed.path : needed.host.replace(/:443$/, "");
  return state === "denied" ? { name: needed.name, value, isDenied: true } : { name: needed.name, value };
}

export function missingPermission(name: "read" | "write", path: string): MissingPermission {
  const isDenied = Deno.permissions.querySync({ name, path }).state === "denied";
  return { name, value: path, isDenied };
}

/** Says which flags to add or to remove, as a sentence without its full stop. */
export function adviseFlags(missing: readonly MissingPermission[]): string {
  const { denied = [], lacking = [] } = Object.groupBy(missing, ({ isDenied }) => isDenied ? "denied" : "lacking");
  const flags = [...new Set(denied.map(({ name }) => `--deny-${name}`))].join(" and ");
  const values = denied.map(({ value }) => JSON.stringify(value)).join(" and ");
  const removed = denied.length === 0 ? [] : [`Change ${flags} so that it does not cover ${values}`];
  return [...removed, ...(lacking.length === 0 ? [] : [`Add ${toFlags(lacking)}`])].join(". ");
}

export function toFlags(missing: readonly MissingPermission[]): string {
  const flagOf = (name: MissingPermission["name"]): string[] => {
    const values = new Set(missing.filter((entry) => entry.name === name).map((entry) => entry.value));
    // In a flag, a comma separates values, and two commas are one.
    const list = [...values].map((value) => value.replaceAll(",", ",,")).join(",");
    return list === "" ? [] : [`--allow-${name}=${/^[\w./:,@%+\\[\]-]+$/.test(list) ? list : JSON.stringify(list)}`];
  };
  return [...flagOf("read"), ...flagOf("write"), ...flagOf("import")].join(" ");
}
