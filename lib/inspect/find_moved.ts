import { checkFunctionName } from "../modules/check_function_name.ts";
import { relocateModules } from "../modules/relocate_modules.ts";
import { pendingFunctions } from "../run/pending_functions.ts";
import { applyModuleChanges } from "../state/apply_event.ts";
import type { State } from "../state/state.ts";

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
