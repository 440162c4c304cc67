import { ModuleUnavailable } from "../errors.ts";
import type { ModuleChange } from "../journal/stored.ts";
import type { FunctionName } from "../modules/function_name.ts";
import { hashModule } from "../modules/hash_module.ts";
import { requireModulePermissions } from "../modules/require_module_permissions.ts";
import { toUnavailable } from "../modules/to_unavailable.ts";
import type { State } from "../state/state.ts";

/**
 * Compares the modules that will be used with what they were when the plan was made. Nothing of them is run.
 *
 * @param state The state, with every module where it is now.
 * @param wanted The functions that will be used.
 * @param acceptsChanges Whether remote modules may have changed.
 * @returns The modules that have changed.
 * @throws {ModuleUnavailable} A remote module has changed, or a module cannot be read.
 */
export async function checkPins(
  state: State,
  wanted: readonly FunctionName[],
  acceptsChanges: boolean,
): Promise<readonly ModuleChange[]> {
  const used = new Set(wanted.map(({ module }) => module));
  await requireModulePermissions([...used]);
  const changes: ModuleChange[] = [];
  for (const [module, { url, sha256: pinned }] of state.modules.entries()) {
    if (pinned === undefined || !used.has(url)) continue;
    const sha256 = await hashModule(url).catch((error) => {
      throw error instanceof ModuleUnavailable ? error : toUnavailable(url, error);
    });
    if (sha256 === undefined || sha256 === pinned) continue;
    if (!url.startsWith("file:") && !acceptsChanges) throw refusal(url, pinned, sha256);
    changes.push({ module, sha256 });
  }
  return changes;
}

function refusal(url: string, pinned: string, now: string): ModuleUnavailable {
  return new ModuleUnavailable(
    url,
    undefined,
    `Refused to load ${JSON.stringify(url)}: its source has changed since the plan was made (SHA-256 ${now}, was ` +
      `${pinned}). Look at what changed; to run it all the same, resume with --accept-changes`,
  );
}
