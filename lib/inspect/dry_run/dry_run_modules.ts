import type { ModuleEntry } from "../../journal/stored.ts";
import { findMissingPermission, toFlags } from "../../process/permissions.ts";
import { hashModule } from "../../modules/module_source.ts";
import type { FunctionName } from "../../modules/step_function.ts";
import type { State } from "../../state/state.ts";
import type { StepState } from "../../state/step_state.ts";
import { encodedArguments, walkSteps } from "../../state/walk_steps.ts";
import { safeText } from "../../text/escape.ts";
import { findPlaceholders } from "../../values/annotations.ts";

/** A module that a run would use. */
export interface DryRunModule {
  /** Where it is looked for. */
  readonly url: string;
  /** What it is, compared with when the plan was made. */
  readonly source: "unchanged" | "changed" | "versioned" | "unpinned" | "unread" | "missing";
  /** Why it was not read, or cannot be. */
  readonly reason?: string;
}

/** What a run would have to be permitted. */
export interface DryRunNeeds {
  /** Flags of `deno run` that are missing, for the modules and the variables that are named. */
  readonly flags: readonly string[];
  /** Variables of the environment that may be read and are not set. */
  readonly unset: readonly string[];
}

/** So much is told of why a module was not read. */
const MAX_REASON = 300;

/** Looks at the source of the modules that functions come from, without running any. */
export async function dryRunModules(
  wanted: readonly FunctionName[],
  modules: readonly ModuleEntry[],
): Promise<readonly DryRunModule[]> {
  const pins = new Map(modules.map(({ url, sha256 }) => [url, sha256]));
  const looked: DryRunModule[] = [];
  for (const url of new Set(wanted.map(({ module }) => module))) looked.push(await lookAt(url, pins.get(url)));
  return looked;
}

async function lookAt(url: string, pinned: string | undefined): Promise<DryRunModule> {
  if (url.startsWith("npm:")) return { url, source: "versioned" };
  try {
    const missing = await findMissingPermission(url);
    if (missing !== undefined) return { url, source: "unread", reason: `that needs ${toFlags([missing])}` };
    const hash = await hashModule(url);
    if (pinned === undefined) return { url, source: "unpinned" };
    return { url, source: hash === pinned ? "unchanged" : "changed" };
  } catch (error) {
    return { url, source: "missing", reason: safeText(error, MAX_REASON) };
  }
}

/** Finds the modules because of which nothing would run: those that cannot be read, or have changed without leave. */
export function findBlocking(modules: readonly DryRunModule[], acceptsChanges: boolean): readonly DryRunModule[] {
  return modules.filter(({ url, source }) =>
    source === "missing" || (source === "changed" && !url.startsWith("file:") && !acceptsChanges)
  );
}

/** Finds what is not permitted or not set, of what can be told before a step runs. */
export async function dryRunNeeds(
  state: State,
  modules: readonly DryRunModule[],
  isWanted: (step: StepState) => boolean,
): Promise<DryRunNeeds> {
  const missing = await Promise.all(modules.map(({ url }) => findMissingPermission(url).catch(() => undefined)));
  const flags = toFlags(missing.filter((permission) => permission !== undefined));
  const names = new Set([...walkSteps(state.root)].filter(isWanted).flatMap(variablesOf));
  const unreadable = [...names].filter((name) => !mayRead(name));
  return {
    flags: [
      ...(flags === "" ? [] : flags.split(/ (?=--)/)),
      ...(unreadable.length === 0 ? [] : [`--allow-env=${unreadable.join(",")}`]),
    ],
    unset: [...names].filter((name) => mayRead(name) && Deno.env.get(name) === undefined),
  };
}

function variablesOf(step: StepState): readonly string[] {
  const { node, status } = step;
  if (node.kind !== "step" || status === "finished" || status === "skipped" || status === "undone") return [];
  return findPlaceholders(encodedArguments(step)).flatMap((entry) => (entry.kind === "env" ? [entry.name] : []));
}

function mayRead(name: string): boolean {
  return Deno.permissions.querySync({ name: "env", variable: name }).state === "granted";
}
