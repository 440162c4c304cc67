import { readArguments, storeArguments, storeValue } from "../../journal/stored_value.ts";
import { interruptedPolicy } from "../../state/next_actions.ts";
import { type DerivedStatuses, deriveStatuses } from "../../state/progress.ts";
import type { State } from "../../state/state.ts";
import type { StepState } from "../../state/step_state.ts";
import { parentId } from "../../state/walk_steps.ts";
import { withoutUndefined } from "../../values/json.ts";
import { formatCall } from "../format/format_call.ts";
import { formatValue } from "../format/format_value.ts";
import type { Redact } from "../redact/redact_secrets.ts";
import type { InspectedStep } from "./inspected_step.ts";
import type { ReadState } from "./read_state.ts";

export interface Inspectable extends ReadState {
  readonly statuses: DerivedStatuses;
  readonly redact: Redact;
  /** Steps that were rewound and are gone, by each step that is there and whose plan they were in. */
  readonly goneWithin: ReadonlyMap<string, readonly string[]>;
}

export function toInspectable(source: ReadState, redact: Redact): Inspectable {
  const { state, read } = source;
  return { ...source, statuses: deriveStatuses(state, read.isHeld), redact, goneWithin: groupGone(state) };
}

function groupGone({ rewound, byId }: State): Inspectable["goneWithin"] {
  const gone = new Map<string, string[]>();
  for (const id of rewound) {
    if (byId.has(id)) continue;
    for (let outer = parentId(id); outer !== undefined; outer = parentId(outer)) {
      if (!rewound.has(outer) || !byId.has(outer)) continue;
      const within = gone.get(outer);
      if (within === undefined) gone.set(outer, [id]);
      else within.push(id);
    }
  }
  return gone;
}

/** Describes a step as plain data; members may be undefined. */
export function inspectStep(source: Inspectable, step: StepState): InspectedStep {
  const { state, statuses, redact } = source;
  const { node, attempts, marks = {} } = step;
  const policy = interruptedPolicy(step);
  // What came before a rewind is no part of what is still to come.
  const { startedAt, ms }: Pick<StepState, "startedAt" | "ms"> = step.status === "pending" ? {} : step;
  return {
    id: node.id,
    name: node.name,
    kind: node.kind,
    parent: parentId(node.id),
    depth: depthOf(node.id),
    ...describeNode(source, step),
    sent: sentOf(source, step),
    within: statuses.within(step),
    call: formatCall(state, node, redact),
    status: statuses.statusOf(step),
    policy: typeof policy === "object" ? "probe" : policy,
    isOverdue: marks.isOverdue,
    isApproved: marks.isApproved === true,
    dueAt: marks.dueAt,
    attempts,
    undo: undoOf(step),
    startedAt,
    offsetMs: startedAt === undefined || state.startedAt === undefined
      ? undefined
      : Date.parse(startedAt) - Date.parse(state.startedAt),
    ms,
    ...describeValue(source, step),
    dropped: marks.dropped,
    isReferenced: state.referenced.has(node.id),
    failures: step.failures ?? [],
    decisions: step.decisions ?? [],
  };
}

/** How many groups and steps a node is in. Counts dots without allocating: this is asked of every step. */
export function depthOf(id: string): number {
  let depth = 0;
  for (let dot = id.indexOf("."); dot !== -1; dot = id.indexOf(".", dot + 1)) depth += 1;
  return depth;
}

function describeNode(source: Inspectable, step: StepState): Partial<InspectedStep> {
  const { state, redact } = source;
  const { node, generation = 0 } = step;
  switch (node.kind) {
    case "step":
      return {
        module: state.modules[node.module]?.url ?? "",
        export: node.export,
        ...storeArguments(redact(readArguments(node))),
        options: node.options,
        generation,
        rewound: rewoundIn(source, step),
      };
    case "wait":
      return { signal: node.signal };
    case "parallel":
    case "sequence":
      return { limit: node.limit };
    case "sleep":
      return {};
    default:
      return node satisfies never;
  }
}

/** Only a step that had finished can have returned a plan that was removed. */
function rewoundIn(
  { state, goneWithin }: Inspectable,
  { node: { id }, children }: StepState,
): InspectedStep["rewound"] {
  if (!state.rewound.has(id)) return undefined;
  const inside = children === undefined ? undefined : goneWithin.get(id);
  return inside === undefined ? [id] : [id, ...inside];
}

/** The signal that a wait took before it was rewound no longer counts. */
function sentOf({ story }: Inspectable, { node, status }: StepState): InspectedStep["sent"] {
  const taken = status === "finished" ? story.taken.get(node.id) : undefined;
  return taken && withoutUndefined({ at: taken.at, by: taken.event.by });
}

function undoOf({ undoAttempts, marks: { undo } = {} }: StepState): InspectedStep["undo"] {
  if (undo === undefined && undoAttempts === undefined) return undefined;
  return { isUnderWay: undo === "begun", attempts: undoAttempts ?? 0, isLeft: undo === "left" };
}

function describeValue({ redact, cutValues }: Inspectable, step: StepState): Partial<InspectedStep> {
  const { status, value, marks } = step;
  if (status !== "finished" || marks?.dropped !== undefined) return {};
  const text = cutValues.get(step);
  if (text !== undefined) return { valueText: text };
  if (value === undefined) return {};
  const shown = redact(value);
  return { ...storeValue(shown), valueText: formatValue(shown) };
}

/** Of a step: whether its status is that of the plan that it has returned. While it is undone, it has its own. */
export function hasPlanStatus({ status, within, undo }: Pick<InspectedStep, "status" | "within" | "undo">): boolean {
  return within !== undefined && undo === undefined && (status === "failed" || status === "started");
}
