import { unicodeWidth } from "@std/cli/unicode-width";
import { STATUS_TONES } from "./status_tones.ts";
import { formatCount, formatCounts } from "./format_counts.ts";
import type { InspectedStep } from "./inspection.ts";
import type { Paint } from "./paint.ts";
import { selectSteps } from "./select_steps.ts";

/** Calls longer than this do not widen the column of the others. */
const MAX_CALL_WIDTH = 72;

/** What is shown of every step. */
export type ShownStep = Pick<InspectedStep, "id" | "call" | "status">;

/** What stands behind and below a step's status; escaped. */
export interface StepDescription<T> {
  /** Behind it, on the same line. */
  readonly text: (step: T) => string;
  /** Below it, one line each. */
  readonly notes: (step: T) => readonly string[];
}

/** Shows steps, one line each in aligned columns, with notes below. A long plan is summed up unless `all` is set. */
export function renderSteps<T extends ShownStep>(
  steps: readonly T[],
  describe: StepDescription<T>,
  options: { readonly all: boolean; readonly paint: Paint },
): readonly string[] {
  const { paint } = options;
  const selected = selectSteps(steps, options);
  const columns = measure(selected.flatMap((entry) => (entry.kind === "step" ? [entry.step] : [])));
  const indent = " ".repeat(columns.id + 4);
  return selected.flatMap((entry) => {
    if (entry.kind === "gap") return [paint(`  … ${summarize(entry.steps)} …`, "quiet")];
    const { step } = entry;
    const notes = describe.notes(step).map((note) => `${indent}${paint(note, "quiet")}`);
    return [renderLine(step, describe.text(step), columns, paint), ...notes];
  });
}

interface Columns {
  readonly id: number;
  readonly call: number;
  readonly status: number;
}

function measure(steps: readonly ShownStep[]): Columns {
  return {
    id: widest(steps.map(({ id }) => id.length)),
    call: widest(steps.map(({ call }) => unicodeWidth(call)).filter((width) => width <= MAX_CALL_WIDTH)),
    status: widest(steps.map(({ status }) => status.length)),
  };
}

function renderLine(step: ShownStep, text: string, columns: Columns, paint: Paint): string {
  const id = step.id.padStart(columns.id);
  const call = step.call + " ".repeat(Math.max(0, columns.call - unicodeWidth(step.call)));
  const gap = text === "" ? "" : " ".repeat(columns.status - step.status.length + 2);
  return `  ${id}  ${call}  ${paint(step.status, STATUS_TONES[step.status])}${gap}${text}`;
}

function summarize(steps: readonly ShownStep[]): string {
  const isUniform = steps.every(({ status }) => status === steps[0]?.status);
  const noun = steps.length === 1 ? "step" : "steps";
  if (isUniform) return `${formatCount(steps.length)} ${noun} ${steps[0]?.status ?? ""}`;
  return `${formatCount(steps.length)} ${noun}: ${formatCounts(steps)}`;
}

/** Without spreading: there may be more steps than a call can have arguments. */
function widest(widths: readonly number[]): number {
  return widths.reduce((most, width) => Math.max(most, width), 0);
}
