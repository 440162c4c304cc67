import { isGroup } from "../../plan/node.ts";
import type { State } from "../../state/state.ts";
import type { StepState } from "../../state/step_state.ts";
import { walkSteps } from "../../state/walk_steps.ts";
import type { Store } from "../../storage/store.ts";
import type { Encoded } from "../../values/json.ts";
import { CutValues } from "./cut_values.ts";
import type { DerivedStatuses } from "./derive_statuses.ts";
import { inspectState } from "./inspect_state.ts";
import type { InspectedStep } from "./inspected_step.ts";
import type { Inspection } from "./inspection.ts";
import { type ReadState, readState } from "./read_state.ts";
import { type Selected, selectSteps } from "./select_steps.ts";

/** Of a longer value no more than a line is shown in any case. */
const LONGEST_VALUE = 200;

/** What is shown of a journal: a long plan is summed up around what matters. */
interface JournalView {
  /** All that is said of the transaction; of its steps those that are shown. */
  readonly inspection: Inspection;
  /** The steps that are shown, with gaps between. */
  readonly selected: readonly Selected<InspectedStep>[];
}

/** How a journal is looked at. */
export interface ViewOptions {
  /** Show every step. */
  readonly all: boolean;
  /** Takes out of a value what is not to be shown. */
  readonly redact: (encoded: Encoded) => Encoded;
}

/**
 * Reads a journal and says what is to be shown of it. Of a long plan nothing is made of steps that are not.
 *
 * @throws {JournalError} As `readState`.
 */
export async function viewJournal(store: Store, journal: string, options: ViewOptions): Promise<JournalView> {
  const cut = new CutValues(LONGEST_VALUE, options.redact);
  return viewState(await readState(store, journal, { cut }), options);
}

/** Says what is to be shown of a state. */
export function viewState(source: ReadState, { all, redact }: ViewOptions): JournalView {
  let selected: readonly Selected<StepState>[] = [];
  const inspection = inspectState(source, {
    redact,
    choose: ({ state, statuses }) => {
      selected = selectStates(state, statuses, all);
      return withImportant(state, selected.flatMap((entry) => (entry.kind === "step" ? [entry.step] : [])));
    },
  });
  const byId = new Map(inspection.steps.map((step) => [step.id, step]));
  return {
    inspection,
    selected: selected.flatMap((entry): readonly Selected<InspectedStep>[] => {
      if (entry.kind === "gap") return [entry];
      const step = byId.get(entry.step.node.id);
      return step === undefined ? [] : [{ kind: "step", step }];
    }),
  };
}

function selectStates(state: State, statuses: DerivedStatuses, all: boolean): readonly Selected<StepState>[] {
  return selectSteps([...walkSteps(state.root)], {
    all,
    look: (step) => ({
      status: statuses.statusOf(step),
      depth: depthOf(step.node.id),
      isGroup: isGroup(step.node),
      isDecided: step.decisions !== undefined,
    }),
  });
}

/** Counts dots without making anything: this is asked of every step. */
function depthOf(id: string): number {
  let depth = 0;
  for (let dot = id.indexOf("."); dot !== -1; dot = id.indexOf(".", dot + 1)) depth += 1;
  return depth;
}

/** The step because of which the run ended is told of, also where it is not shown. */
function withImportant(state: State, steps: readonly StepState[]): Iterable<StepState> {
  const ids = [state.aborted?.step, state.waits[0]?.step];
  const important = ids.flatMap((id) => state.byId.get(id ?? "") ?? []);
  return new Set([...steps, ...important]);
}
