/** Step functions that return plans. */

import type { Ref, SubPlan } from "../../../lib/plan/ref.ts";
import { plan } from "../../../lib/plan/sub_plan.ts";
import { failUnless, join, note } from "./sample_steps.ts";

/** Plans one call, whose value becomes its own. */
export function planJoin(...texts: readonly string[]): SubPlan<Ref<string>> {
  return plan((t) => t.do(join, ...texts));
}

/** Plans a step that can be undone, and one that fails unless there is a word that mends it. */
export function planFailing(word: string): SubPlan<Ref<string>> {
  return plan((t) => {
    t.do(note, "inside").with({ undo: takeBack });
    return t.do(failUnless, word);
  });
}

/** Takes any of them back. */
export function takeBack(value: unknown): void {
  note(`undone ${value}`);
}

/** Plans one call under a name. */
export function planNamed(name: string): SubPlan<Ref<string>> {
  return plan((t) => t.do(join, name).with({ name }));
}
