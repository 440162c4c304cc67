import { ModuleUnavailable } from "../errors/planning_errors.ts";
import { findMissingPermission, type MissingPermission, toFlags } from "./missing_permission.ts";
import { toUnavailable } from "./to_unavailable.ts";

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
