import { ModuleUnavailable } from "../errors/planning_errors.ts";
import type { ModuleChange } from "../journal/stored.ts";
import { checkFunctionName } from "../modules/check_function_name.ts";
import type { FunctionName } from "../modules/function_name.ts";
import { hashModule } from "../modules/hash_module.ts";
import { requireModulePermissions } from "../modules/require_module_permissions.ts";
import { requireRegularFiles } from "../modules/require_regular_files.ts";
import { toUnavailable } from "../modules/to_unavailable.ts";
import type { State } from "../state/state.ts";

/**
 * Compares the modules that will be used with what they were when the plan was made. Nothing of them is run.
 *
 * With Deno's flag `--reload` the source is read from the cache, and what is imported is fetched anew: hence a second look
 * at remote modules before the first step.
 *
 * @param state The state, with every module where it is now.
 * @param wanted The functions that will be used.
 * @param options `acceptsChanges`: remote modules may have changed. `isLoaded`: look again, now that all is imported.
 * @returns The modules that have changed.
 * @throws {ModuleUnavailable} A remote module has changed, or a module cannot be read or is not allowed.
 */
export async function checkPins(
  state: State,
  wanted: readonly FunctionName[],
  options: { readonly acceptsChanges: boolean; readonly isLoaded: boolean },
): Promise<readonly ModuleChange[]> {
  // Reading a module for its pin already fetches it.
  for (const name of wanted) checkFunctionName(name);
  const used = new Set(wanted.map(({ module }) => module));
  await requireModulePermissions([...used]);
  await requireRegularFiles([...used]);
  const changes: ModuleChange[] = [];
  for (const [module, { url, sha256: pinned }] of state.modules.entries()) {
    if (pinned === undefined || !used.has(url) || (options.isLoaded && !/^https?:/.test(url))) continue;
    const sha256 = await hashModule(url, options.isLoaded).catch((error) => {
      throw error instanceof ModuleUnavailable ? error : toUnavailable(url, error);
    });
    if (sha256 === undefined || sha256 === pinned) continue;
    if (!url.startsWith("file:") && !options.acceptsChanges) throw refusal(url, pinned, sha256);
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
