import { ModuleUnavailable } from "../errors/planning_errors.ts";
import { importPermission, type MissingPermission, toFlags } from "../process/permissions.ts";
import { toUnavailable } from "./module_source.ts";

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

/**
 * Asks, before the first import, for the permissions that modules need, so that a refusal names the flag and no prompt
 * comes up.
 *
 * @throws {ModuleUnavailable} One is missing.
 */
export async function requireModulePermissions(modules: readonly string[]): Promise<void> {
  const missing: MissingPermission[] = [];
  let first: string | undefined;
  for (const module of modules) {
    const permission = await findMissingPermission(module).catch((error) => {
      throw toUnavailable(module, error);
    });
    if (permission === undefined) continue;
    first ??= module;
    missing.push(permission);
  }
  if (first === undefined) return;
  const others = missing.length === 1 ? "" : ` and ${missing.length - 1} more`;
  throw new ModuleUnavailable(
    first,
    undefined,
    `Cannot load ${JSON.stringify(first)}${others}: Deno has no permission to. Add ${
      toFlags(missing)
    }, and the same for ` +
      `what the module imports`,
  );
}
