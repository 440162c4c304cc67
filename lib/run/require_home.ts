import { extname } from "@std/path/extname";
import { ModuleUnavailable } from "../errors/planning_errors.ts";
import type { FunctionName } from "../modules/function_name.ts";
import { readSource } from "../modules/read_source.ts";
import { requireModulePermissions } from "../modules/require_module_permissions.ts";
import { requireRegularFiles } from "../modules/require_regular_files.ts";
import type { State } from "../state/state.ts";
import { walkSteps } from "../state/walk_steps.ts";

/** What a local file with code in it is called; one without such an ending is code as well. */
const ENDINGS: ReadonlySet<string> = new Set([
  "",
  ".js",
  ".mjs",
  ".cjs",
  ".ts",
  ".mts",
  ".cts",
  ".jsx",
  ".tsx",
  ".wasm",
]);

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
  if (!home.startsWith("file:") || ENDINGS.has(extname(new URL(home).pathname).toLowerCase())) return;
  throw new ModuleUnavailable(home, undefined, `Cannot use ${JSON.stringify(home)} as a program: it is no code`);
}
