import { unicodeWidth } from "@std/cli/unicode-width";
import { formatLeftOut } from "./format_counts.ts";
import type { InspectedStep } from "./inspected_step.ts";
import type { Paint } from "./paint.ts";
import type { Selected } from "./select_steps.ts";
import { STATUS_TONES } from "./status_tones.ts";

/** Calls longer than this do not widen the column of the others. */
const MAX_CALL_WIDTH = 72;
const INDENT = "  ";

/** What is shown of every step. */
export type ShownStep = Pick<InspectedStep, "id" | "depth" | "call" | "status">;

/** What stands behind and below a step's status; escaped. */
export interface StepDescription<T> {
  /** Behind it, on the same line. */
  readonly text: (step: T) => string;
  /** Below it, one line each. */
  readonly notes: (step: T) => readonly string[];
}

/** Shows steps as a tree, one line each in aligned columns, with notes below, and sums up what was left out. */
export function renderSteps<T extends ShownStep>(
  selected: readonly Selected<T>[],
  describe: StepDescription<T>,
  paint: Paint,
): readonly string[] {
  const columns = measure(selected.flatMap((entry) => (entry.kind === "step" ? [entry.step] : [])));
  return selected.flatMap((entry) => {
    if (entry.kind === "gap") return [paint(`  … ${formatLeftOut(entry.counts)} …`, "quiet")];
    const { step } = entry;
    const indent = " ".repeat(columns.id + 4) + INDENT.repeat(step.depth);
    const notes = describe.notes(step).map((note) => `${indent}${paint(note, "quiet")}`);
    return [renderLine(step, describe.text(step), columns, paint), ...notes];
  });
}

interface Columns {
  readonly id: number;
  readonly call: number;
  readonly status: number;
  readonly isTree: boolean;
}

function measure(steps: readonly ShownStep[]): Columns {
  const callWidths = steps.map(({ depth, call }) => INDENT.length * depth + unicodeWidth(call));
  return {
    id: widest(steps.map(({ id }) => id.length)),
    call: widest(callWidths.filter((width) => width <= MAX_CALL_WIDTH)),
    status: widest(steps.map(({ status }) => status.length)),
    isTree: steps.some(({ depth }) => depth > 0),
  };
}

/** Numbers stand with their last digits below each other; dotted ones with their first. */
function renderLine(step: ShownStep, text: string, columns: Columns, paint: Paint): string {
  const id = columns.isTree ? step.id.padEnd(columns.id) : step.id.padStart(columns.id);
  const call = INDENT.repeat(step.depth) + step.call;
  const room = " ".repeat(Math.max(0, columns.call - unicodeWidth(call)));
  const gap = text === "" ? "" : " ".repeat(columns.status - step.status.length + 2);
  return `  ${id}  ${call}${room}  ${paint(step.status, STATUS_TONES[step.status])}${gap}${text}`;
}

/** Without spreading: there may be more steps than a call can have arguments. */
function widest(widths: readonly number[]): number {
  return widths.reduce((most, width) => Math.max(most, width), 0);
}
