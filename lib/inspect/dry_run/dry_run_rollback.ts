import type { RollbackOptions } from "../../run/options/rollback_options.ts";
import { pendingFunctions } from "../../run/start/pending_functions.ts";
import { planRollback } from "../../run/start/plan_rollback.ts";
import { applyEvent } from "../../state/apply_event.ts";
import { interruptedPolicy, nextActions } from "../../state/next_actions.ts";
import { happenedSteps, hasUndo, rewoundEffects } from "../../state/rollback.ts";
import type { State } from "../../state/state.ts";
import { isUndoing, type StepState } from "../../state/step_state.ts";
import { readIdleState } from "../../storage/read_state.ts";
import type { Store } from "../../storage/store.ts";
import type { Encoded } from "../../values/json.ts";
import { VERSION } from "../../version.ts";
import { formatCall } from "../format/format_call.ts";
import { type DryRunModule, dryRunModules, findBlocking } from "./dry_run_modules.ts";
import { describeUndo, type DryRunStep } from "./dry_run_steps.ts";
import { applyMoved, findMoved, findRefusal, type MovedModule } from "./moved_modules.ts";

/** What a rollback would be told, and how it is shown. */
interface RollbackDryRunRequest extends RollbackOptions {
  /** Takes out of the arguments of steps what is not to be shown. */
  readonly redact: (encoded: Encoded) => Encoded;
}

/** What a rollback would do. */
export interface RollbackDryRun {
  /** All would be undone, unless an undo fails; otherwise somebody has to decide first. */
  readonly finishes: boolean;
  /** The steps that would be undone, in that order. */
  readonly undo: readonly DryRunStep[];
  /** The steps that have happened and would stay, because they have no undo function or come before the one that stays. */
  readonly left: readonly DryRunStep[];
  /** Ids of the steps that had happened before they were rewound: what they did then would stay. */
  readonly rewound: readonly string[];
  /** Modules that would be looked for elsewhere than before. */
  readonly moved: readonly MovedModule[];
  /** Why it would be refused for what its file is, before anything runs. */
  readonly refusal?: string;
  /** The modules because of which it would be refused, before anything runs. */
  readonly blocking: readonly DryRunModule[];
}

/**
 * Says what a rollback would do: refuses what it would refuse as far as that can be told. Takes no lock, writes
 * nothing and imports no module.
 *
 * @throws {JournalError} There is nothing to undo, or it cannot be.
 * @throws {ModuleUnavailable} A module or an export is not allowed. Whether it is there is not looked at.
 */
export async function dryRunRollback(
  store: Store,
  journal: string,
  options: RollbackDryRunRequest,
): Promise<RollbackDryRun> {
  const state = await readIdleState(store, journal);
  const decision = planRollback(journal, state, options);
  const at = state.lastAt;
  applyEvent(state, { type: "resumed", run: state.runs.length + 1, library: VERSION }, at);
  if (decision !== undefined) applyEvent(state, decision, at);
  const moved = findMoved(state, options.home);
  const place = await store.examine?.(journal) ?? {};
  const refusal = findRefusal(place, { isTrusted: options.trust === true, isRemoved: false });
  const queue = state.rollback?.queue.filter((step) => !isOver(step)) ?? [];
  const undo = new Set(queue);
  const happened = happenedSteps(state, undefined);
  const describe = (step: StepState, what: string): DryRunStep => ({
    id: step.node.id,
    // A list in the order of what comes, not a tree.
    depth: 0,
    kind: step.node.kind,
    // Who reads the value no longer matters.
    call: formatCall(state, step.node, options.redact),
    status: step.status,
    what,
  });
  return {
    finishes: queue.every((step) => isCertain(step)),
    undo: queue.map((step) => describe(step, describeNext(step, options.now === true))),
    left: happened.filter((step) => !undo.has(step)).map((step) => describe(step, describeLeft(step))),
    rewound: rewoundEffects(state, state.rollback?.to),
    moved,
    ...(refusal === undefined ? {} : { refusal }),
    blocking: await findBlockingUndos(state, moved, options.acceptChanges === true),
  };
}

/** Who is only asked something needs no module. */
async function findBlockingUndos(
  state: State,
  moved: readonly MovedModule[],
  acceptsChanges: boolean,
): Promise<readonly DryRunModule[]> {
  if (nextActions(state, { isDue: () => true }).actions.length === 0) return [];
  applyMoved(state, moved);
  return findBlocking(await dryRunModules(pendingFunctions(state), state.modules), acceptsChanges);
}

function isOver({ status, marks }: StepState): boolean {
  return status === "undone" || status === "skipped" || marks?.undo === "left";
}

/** Nobody would be asked about it. */
function isCertain(step: StepState): boolean {
  if (step.status !== "unknown" || step.marks?.isApproved === true) return true;
  const policy = interruptedPolicy(step);
  return policy === "retry" ? isUndoing(step) : policy !== "ask";
}

function describeNext(step: StepState, skipsRetryDelay: boolean): string {
  const { status } = step;
  if (!isCertain(step)) {
    return `nobody knows whether it ${isUndoing(step) ? "was undone" : "happened"}: asks`;
  }
  const needsProbe = typeof interruptedPolicy(step) === "object" &&
    step.marks?.isApproved !== true;
  if (status === "unknown" && needsProbe) return "its probe will find out whether there is something to undo";
  return describeUndo(step, skipsRetryDelay);
}

function describeLeft(step: StepState): string {
  return hasUndo(step) ? "stays as it is" : "stays as it is: it has no undo function";
}
