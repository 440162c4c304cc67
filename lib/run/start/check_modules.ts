import { ModuleUnavailable } from "../../errors/planning_errors.ts";
import type { ModuleChange } from "../../journal/event.ts";
import { type FunctionName, requireModulePermissions } from "../../modules/load_functions.ts";
import { hashModule, hashText, readSource, requireRegularFiles, toUnavailable } from "../../modules/module_source.ts";
import { checkModuleUrl } from "../../plan/function_place.ts";
import type { Code, NodeOptions } from "../../plan/node.ts";
import { adviseFlags, findMissingPermission, toFlags } from "../../process/permissions.ts";
import type { State } from "../../state/state.ts";
import type { StepState } from "../../state/step_state.ts";
import { hasHappened, walkSteps } from "../../state/walk_steps.ts";
import { safeText } from "../../text/escape.ts";
import { nameCodes } from "../call/plan_nodes.ts";

/** What is known of a module without running it. */
export interface ModuleLook {
  readonly url: string;
  /** What it is, compared with when the plan was made. */
  readonly source: "unchanged" | "changed" | "versioned" | "unpinned" | "unread" | "missing";
  /** Why it was not read, or cannot be. */
  readonly reason?: string | undefined;
  /** Its entries in the module table whose source was another one. */
  readonly changes?: readonly ModuleChange[] | undefined;
  /** Why nothing runs because of it. */
  readonly refusal?: ModuleUnavailable | undefined;
}

interface LookOptions {
  /** Remote modules may have changed. */
  readonly acceptsChanges: boolean | undefined;
  /** Look again after the import, only at remote modules. */
  readonly isLoaded?: boolean;
  /** Also look at modules with nothing to compare; leave out what there is no permission for. */
  readonly isDry?: boolean;
  /** Time limit to read a module. */
  readonly limitMs?: number;
}

const MAX_REASON = 300;

/**
 * Compares the modules that will be used with what they were when the plan was made. Nothing of them is run. With Deno's flag
 * `--reload`, an import may fetch a module anew: so remote modules are looked at again before the first step.
 */
export async function lookAtModules(
  state: State,
  wanted: readonly FunctionName[],
  options: LookOptions,
): Promise<readonly ModuleLook[]> {
  const urls = [...new Set(wanted.map(({ module }) => module))];
  // Before any is read: reading a module for its pin already fetches it.
  if (options.isDry !== true) {
    await requireModulePermissions(urls);
    await requireRegularFiles(urls);
  }
  const pinned = Map.groupBy(pinsOf(state), ({ url }) => url);
  const looks: ModuleLook[] = [];
  for (const url of urls) {
    const pins = pinned.get(url) ?? [];
    if (options.isDry !== true && pins.length === 0) continue;
    if (options.isLoaded !== true || /^https?:/.test(url)) looks.push(await lookAt(url, pins, options));
  }
  return looks;
}

/** The entries of the module table with what their sources were. */
function pinsOf({ modules }: State): readonly Required<ModuleChange>[] {
  return modules.flatMap(({ url, sha256 }, module) => (sha256 === undefined ? [] : [{ url, module, sha256 }]));
}

async function lookAt(
  url: string,
  pins: ReturnType<typeof pinsOf>,
  { acceptsChanges, isLoaded, isDry, limitMs }: LookOptions,
): Promise<ModuleLook> {
  if (url.startsWith("npm:")) return { url, source: "versioned" };
  try {
    if (isDry === true) {
      checkModuleUrl(url);
      const missing = await findMissingPermission(url);
      if (missing !== undefined) {
        const reason = missing.isDenied ? adviseFlags([missing]) : `that needs ${toFlags([missing])}`;
        return { url, source: "unread", reason };
      }
      await requireRegularFiles([url]);
    }
    const sha256 = await hashModule(url, { isLoaded, limitMs });
    if (pins.length === 0 || sha256 === undefined) return { url, source: "unpinned" };
    let changed = pins.filter((pin) => pin.sha256 !== sha256);
    if (changed.length > 0) {
      const text = await hashText(url, { isLoaded, limitMs });
      changed = changed.filter((pin) => pin.sha256 !== text);
    }
    const [first] = changed;
    if (first === undefined) return { url, source: "unchanged" };
    const changes = changed.map(({ module }) => ({ module, sha256 }));
    const isAccepted = url.startsWith("file:") || acceptsChanges === true;
    return { url, source: "changed", changes, refusal: isAccepted ? undefined : refusal(url, first.sha256, sha256) };
  } catch (error) {
    const unavailable = error instanceof ModuleUnavailable ? error : toUnavailable(url, error);
    return { url, source: "missing", reason: safeText(error, MAX_REASON), refusal: unavailable };
  }
}

function refusal(url: string, pinned: string, now: string): ModuleUnavailable {
  return new ModuleUnavailable(
    url,
    undefined,
    `Refused to load ${JSON.stringify(url)}: its source has changed since the plan was made (SHA-256 ${now}, was ` +
      `${pinned}). Check what changed. To run it anyway, resume with --accept-changes`,
  );
}

/** The names of local files that contain code: those with such an ending, and those without any. */
const CODE = /(?:^|\/)\.?[^./]*$|\.(?:[cm]?[jt]s|[jt]sx|wasm)$/i;

/**
 * Names the functions that a moved home must have: those of its steps that are not done or, if all are done, those of the
 * done ones. A home without steps is only read: importing it might start something.
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

/** Names every function that the rest of a transaction may call, each once. */
export function pendingFunctions(
  state: State,
  isWanted: (step: StepState) => boolean = () => true,
): readonly FunctionName[] {
  const codes = [...pendingCalls(state, isWanted)].flatMap((pending) => pending.codes);
  return nameCodes(codes, state.modules.map(({ url }) => url));
}

/** Everything that the rest of a transaction may call: steps, and the functions that are called with their arguments. */
export function* pendingCalls(
  { root, rollback, options }: State,
  isWanted: (step: StepState) => boolean = () => true,
): Generator<{ readonly step: StepState; readonly codes: readonly Code[] }> {
  // If a step fails, the same run may have to undo what has happened.
  const mayUndo = options.onFailure === "rollback";
  for (const step of rollback?.queue ?? walkSteps(root)) {
    const isUndo = rollback !== undefined || (mayUndo && !isWanted(step) && hasHappened(step));
    const codes = isUndo ? undoCodes(step) : isWanted(step) ? codesOf(step, mayUndo) : [];
    if (codes.length > 0) yield { step, codes };
  }
}

function codesOf(step: StepState, mayUndo: boolean): readonly Code[] {
  const { node, status } = step;
  if (node.kind !== "step" || status === "skipped" || status === "undone") return [];
  const undo = mayUndo ? undoCodes(step) : [];
  return status === "finished" ? undo : [node, ...probeCodes(node.options), ...undo];
}

function undoCodes({ node, status, marks }: StepState): readonly Code[] {
  if (node.kind !== "step" || status === "undone" || status === "skipped" || marks?.undo === "left") return [];
  return node.options?.undo === undefined ? [] : [node.options.undo, ...probeCodes(node.options)];
}

function probeCodes(options: NodeOptions | undefined): readonly Code[] {
  return typeof options?.interrupted === "object" ? [options.interrupted] : [];
}
