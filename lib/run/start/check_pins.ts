import { ModuleUnavailable } from "../../errors/planning_errors.ts";
import type { ModuleChange } from "../../journal/event.ts";
import { requireModulePermissions } from "../../modules/load_functions.ts";
import { hashModule, readSource, requireRegularFiles, toUnavailable } from "../../modules/module_source.ts";
import { checkFunctionName, type FunctionName } from "../../modules/step_function.ts";
import type { State } from "../../state/state.ts";
import { walkSteps } from "../../state/walk_steps.ts";

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

/** The names of local files that contain code: those with such an ending, and those without any. */
const CODE = /(?:^|\/)\.?[^./]*$|\.(?:[cm]?[jt]s|[jt]sx|wasm)$/i;

/**
 * Names the functions by which a moved home can be told from any other module: those of its steps that are not done, and if
 * all are, those of the done ones. A home that has none is only looked at: it need not be a module that may be imported
 * without starting something.
 *
 * @param state The state, with every module where it is now.
 * @throws {ModuleUnavailable} Home has no steps, and is not there, may not be read, or is no code.
 */
export async function requireHome(state: State): Promise<readonly FunctionName[]> {
  const { home, modules, root } = state;
  const open = new Set<string>();
  const done = new Set<string>();
  for (const { node, status } of walkSteps(root)) {
    if (node.kind !== "step" || modules[node.module]?.url !== home) continue;
    (status === "finished" || status === "skipped" ? done : open).add(node.export);
  }
  const exports = open.size > 0 ? open : done;
  if (exports.size === 0) await requireCode(home);
  return Array.from(exports, (name) => ({ module: home, export: name }));
}

async function requireCode(home: string): Promise<void> {
  await requireModulePermissions([home]);
  await requireRegularFiles([home]);
  await readSource(home);
  if (!home.startsWith("file:") || CODE.test(new URL(home).pathname)) return;
  throw new ModuleUnavailable(home, undefined, `Cannot use ${JSON.stringify(home)} as a program: it is no code`);
}
