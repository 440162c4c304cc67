import { readArguments, storeArguments, storeValue } from "../../journal/stored_value.ts";
import { interruptedPolicy } from "../../state/next_actions.ts";
import type { State } from "../../state/state.ts";
import type { StepState } from "../../state/step_state.ts";
import { parentId } from "../../state/walk_steps.ts";
import type { Encoded } from "../../values/json.ts";
import { formatCall } from "../format/format_call.ts";
import { formatValue } from "../format/format_value.ts";
import type { CutValues } from "./cut_values.ts";
import type { DerivedStatuses } from "./derive_statuses.ts";
import type { History } from "./history.ts";
import type { InspectedStep } from "./inspected_step.ts";

/** What must be known to say what is true of a step. */
interface StepSurroundings {
  /** What is true of the transaction. */
  readonly state: State;
  /** What the state forgets. */
  readonly story: History;
  /** The statuses of all steps, as a reader sees them. */
  readonly statuses: DerivedStatuses;
  /** Takes out of a value what is not to be shown. */
  readonly redact: (encoded: Encoded) => Encoded;
  /** Values of which only a text was kept. */
  readonly cut: CutValues | undefined;
}

/** Says what is true of a step, as plain data. */
export function inspectStep(known: StepSurroundings, step: StepState): InspectedStep {
  const { state, statuses, redact } = known;
  const { node, startedAt, ms, attempts, marks = {} } = step;
  const { dueAt, dropped } = marks;
  const isReferenced = state.referenced.has(node.id);
  const offsetMs = offsetOf(state, startedAt);
  const within = statuses.within(step);
  return {
    id: node.id,
    ...(node.name === undefined ? {} : { name: node.name }),
    kind: node.kind,
    ...placeOf(node.id),
    ...describeNode(known, step),
    ...describeSent(known, step),
    ...(within === undefined ? {} : { within }),
    call: formatCall(state, node, redact),
    status: statuses.statusOf(step),
    policy: policyOf(step),
    ...(marks.isOverdue === true ? { isOverdue: true } : {}),
    isApproved: marks.isApproved === true,
    ...(dueAt === undefined ? {} : { dueAt }),
    attempts,
    ...describeUndo(step),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(offsetMs === undefined ? {} : { offsetMs }),
    ...(ms === undefined ? {} : { ms }),
    ...describeValue(known, step),
    ...(dropped === undefined ? {} : { dropped }),
    isReferenced,
    failures: step.failures ?? [],
    decisions: step.decisions ?? [],
  };
}

function placeOf(id: string): Pick<InspectedStep, "parent" | "depth"> {
  const parent = parentId(id);
  return { ...(parent === undefined ? {} : { parent }), depth: id.split(".").length - 1 };
}

function describeNode(
  { state, redact }: StepSurroundings,
  step: StepState,
): Partial<InspectedStep> {
  const { node, generation = 0 } = step;
  switch (node.kind) {
    case "step": {
      const { options } = node;
      return {
        module: state.modules[node.module]?.url ?? "",
        export: node.export,
        ...storeArguments(redact(readArguments(node))),
        ...(options === undefined ? {} : { options }),
        generation,
        ...rewoundIn(state, step),
      };
    }
    case "wait":
      return { signal: node.signal };
    case "parallel":
    case "sequence":
      return node.limit === undefined ? {} : { limit: node.limit };
    case "sleep":
      return {};
    default:
      return node satisfies never;
  }
}

/** Only a step that had ended can have returned a plan that is gone. */
function rewoundIn({ rewound, byId }: State, { node: { id }, children }: StepState): Pick<InspectedStep, "rewound"> {
  const own = rewound.has(id) ? [id] : [];
  const inside = own.length === 0 || children === undefined
    ? []
    : [...rewound].filter((other) => other.startsWith(`${id}.`) && !byId.has(other));
  const ids = [...own, ...inside];
  return ids.length === 0 ? {} : { rewound: ids };
}

/** What a wait took before it was rewound is no longer its own. */
function describeSent({ story }: StepSurroundings, { node, status }: StepState): Pick<InspectedStep, "sent"> {
  const taken = status === "finished" ? story.takenBy(node.id) : undefined;
  if (taken === undefined) return {};
  const { at, event: { by } } = taken;
  return { sent: { at, ...(by === undefined ? {} : { by }) } };
}

function describeUndo({ undoAttempts, marks: { undo } = {} }: StepState): Pick<InspectedStep, "undo"> {
  if (undo === undefined && undoAttempts === undefined) return {};
  return { undo: { isUnderWay: undo === "begun", attempts: undoAttempts ?? 0, isLeft: undo === "left" } };
}

function describeValue({ redact, cut }: StepSurroundings, step: StepState): Partial<InspectedStep> {
  const { status, value, marks } = step;
  if (status !== "finished" || marks?.dropped !== undefined) return {};
  const text = cut?.textOf(step);
  if (text !== undefined) return { valueText: text };
  if (value === undefined) return {};
  const shown = redact(value);
  return {
    ...storeValue(shown),
    valueText: formatValue(shown),
  };
}

/** Whoever goes on finds a step that was started interrupted once more. */
function policyOf(step: StepState): InspectedStep["policy"] {
  const policy = interruptedPolicy(step, (step.marks?.interruptions ?? 0) + (step.status === "started" ? 1 : 0));
  return typeof policy === "object" ? "probe" : policy;
}

function offsetOf(state: State, startedAt: string | undefined): number | undefined {
  if (startedAt === undefined || state.startedAt === undefined) return undefined;
  return Date.parse(startedAt) - Date.parse(state.startedAt);
}
