import type { StepState } from "../../state/step_state.ts";
import { walkSteps } from "../../state/walk_steps.ts";
import type { Store } from "../../storage/store.ts";
import { prettyJson } from "../../values/json.ts";
import type { Redact } from "../redact/redact_secrets.ts";
import { inspectState } from "./inspect_state.ts";
import { depthOf, inspectStep, toInspectable } from "./inspect_step.ts";
import type { InspectedStep } from "./inspected_step.ts";
import type { Inspection } from "./inspection.ts";
import { type ReadState, readState } from "./read_state.ts";
import { type Selected, selectSteps } from "./select_steps.ts";

/** A longer value is never shown in full. */
const LONGEST_VALUE = 200;

/** What is shown of a journal: of a long plan, the steps around what matters. */
interface JournalView {
  /** Of its steps, only those that are shown, and the one that the run ended with. */
  readonly inspection: Inspection;
  readonly selected: readonly Selected<InspectedStep>[];
}

export interface ViewOptions {
  readonly all: boolean;
  readonly redact: Redact;
}

/** Reads a journal for `inspect`. Of a long plan, only the steps that are shown are described. */
export async function viewJournal(store: Store, journal: string, options: ViewOptions): Promise<JournalView> {
  const cut = { longest: LONGEST_VALUE, redact: options.redact };
  return viewState(await readState(store, journal, { cut }), options);
}

/** The same for a state that was read before. */
export function viewState(read: ReadState, { all, redact }: ViewOptions): JournalView {
  const source = toInspectable(read, redact);
  const { state, statuses } = source;
  const selected = selectSteps([...walkSteps(state.root)], {
    all,
    look: (step) => ({
      status: statuses.ownStatusOf(step),
      depth: depthOf(step.node.id),
      kind: step.node.kind,
      isDecided: step.decisions !== undefined,
    }),
  });
  const shown = selected.flatMap((entry) => (entry.kind === "step" ? [entry.step] : []));
  const ended = [state.aborted?.step, state.waits.values().next().value?.step].flatMap((id) =>
    state.byId.get(id ?? "") ?? []
  );
  const inspection = inspectState(source, new Set<StepState>([...shown, ...ended]));
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

/** A text in JSON has no line break, so this occurs only once. */
const STEPS = '\n  "steps": []';
const CHUNK = 64 * 1024;

/** Writes an inspection as JSON, in pieces: a million steps are longer than a string can be. */
export function* inspectionJson(read: ReadState, redact: Redact): Generator<string> {
  const source = toInspectable(read, redact);
  const head = prettyJson(inspectState(source, []));
  const place = head.indexOf(STEPS) + STEPS.length - 1;
  let text = head.slice(0, place);
  let isFirst = true;
  for (const step of walkSteps(source.state.root)) {
    const json = prettyJson(inspectStep(source, step)).replaceAll("\n", "\n    ");
    text += `${isFirst ? "" : ","}\n    ${json}`;
    isFirst = false;
    if (text.length < CHUNK) continue;
    yield text;
    text = "";
  }
  yield `${text}${isFirst ? "" : "\n  "}${head.slice(place)}\n`;
}
