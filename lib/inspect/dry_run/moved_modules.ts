import { relocateModules } from "../../modules/module_source.ts";
import { checkFunctionName } from "../../modules/step_function.ts";
import { pendingFunctions } from "../../run/start/pending_functions.ts";
import { applyModuleChanges } from "../../state/apply_event.ts";
import type { State } from "../../state/state.ts";
import type { Examination } from "../../storage/store.ts";

/** A module that would be looked for elsewhere than before. */
export interface MovedModule {
  /** Where it was. */
  readonly from: string;
  /** Where it is now. */
  readonly to: string;
}

/**
 * Finds the modules that are elsewhere when the program is, and checks where from functions would be taken.
 *
 * @throws {ModuleUnavailable} A module or an export is not allowed. Whether it is there is not looked at.
 */
export function findMoved(state: State, home: string | URL | undefined): readonly MovedModule[] {
  const before = state.modules.map(({ url }) => url);
  const after = home === undefined ? before : relocateModules(before, state.home, String(home));
  const moved = before.flatMap((from, index) => {
    const to = after[index];
    return to === undefined || to === from ? [] : [{ from, to }];
  });
  const places = new Map(moved.map(({ from, to }) => [from, to]));
  for (const name of pendingFunctions(state)) {
    checkFunctionName({ ...name, module: places.get(name.module) ?? name.module });
  }
  return moved;
}

/** Makes what was found true of a state. */
export function applyMoved(state: State, moved: readonly MovedModule[]): void {
  const places = new Map(moved.map(({ from, to }) => [from, to]));
  const changes = state.modules.map(({ url }, module) => ({ module, url: places.get(url) ?? url }));
  applyModuleChanges(state, changes.filter(({ module, url }) => state.modules[module]?.url !== url));
}

/** What a run goes by that looks at its file. */
interface RefusalOptions {
  /** It is run whoever has written it. */
  readonly isTrusted: boolean;
  /** It is removed when all steps are done. */
  readonly isRemoved: boolean;
}

/**
 * Says why a run would refuse a journal for what its file is. What nobody may find out here, because a look needs fewer
 * permissions than a run, counts for nothing.
 */
export function findRefusal(
  { refusal, distrust, staying }: Examination,
  { isTrusted, isRemoved }: RefusalOptions,
): string | undefined {
  if (refusal !== undefined) return refusal;
  if (distrust?.isKnown === true && !isTrusted) {
    return `${distrust.reason}. Look at it with inspect; --trust runs it all the same`;
  }
  return isRemoved ? staying : undefined;
}
