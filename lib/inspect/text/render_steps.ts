import { unicodeWidth } from "@std/cli/unicode-width";
import { cutToWidth, wrapText } from "../../text/width.ts";
import type { InspectedStep } from "../data/inspected_step.ts";
import type { Selected } from "../data/select_steps.ts";
import { formatLeftOut } from "../format/format_counts.ts";
import { type Paint, STATUS_TONES } from "./paint.ts";

/** Calls longer than this do not widen the column of the others. */
const MAX_CALL_WIDTH = 72;
/** On a terminal, calls leave this much room for the text after the status, or a third of the line, if it needs that. */
const TEXT_WIDTH = 30;
/** That room shrinks if calls had less than this. A text that is never cut leaves them less. */
const MIN_CALL_WIDTH = 24;
const LEAST_CALL_WIDTH = 12;
const INDENT = "  ";

type ShownStep = Pick<InspectedStep, "id" | "depth" | "call" | "status">;

export interface StepDescription<T> {
  /** After its status, on the same line. */
  readonly text: (step: T) => string;
  /** Below it, one line each. */
  readonly notes: (step: T) => readonly string[];
}

export interface RenderStepsOptions {
  readonly paint: Paint;
  /** How wide the terminal is: lines are cut, and notes are wrapped; default: neither. */
  readonly width?: number | undefined;
  /** The text after the status is never cut: it is shown nowhere else. */
  readonly keepsText?: boolean;
}

/** Shows steps as a tree, one line each in aligned columns, with notes below, and counts what was left out. */
export function renderSteps<T extends ShownStep>(
  selected: readonly Selected<T>[],
  describe: StepDescription<T>,
  { paint, width = Infinity, keepsText = false }: RenderStepsOptions,
): readonly string[] {
  const steps = selected.flatMap((entry) => (entry.kind === "step" ? [entry.step] : []));
  const textWidth = width === Infinity ? 0 : widest(steps.map((step) => unicodeWidth(describe.text(step))));
  const columns = measure(steps, { width, textWidth, keepsText });
  let isCut = false;
  const lines = selected.flatMap((entry) => {
    if (entry.kind === "gap") return [paint(`  … ${formatLeftOut(entry.counts)} …`, "quiet")];
    const { step } = entry;
    const indent = " ".repeat(columns.id + 4) + INDENT.repeat(step.depth);
    const notes = describe.notes(step).flatMap((note) =>
      wrap(note, columns.width - indent.length).map((line) => `${indent}${paint(line, "quiet")}`)
    );
    const line = renderLine(step, describe.text(step), columns, paint);
    isCut ||= width !== Infinity && line.includes("…");
    return [line, ...notes];
  });
  return isCut ? [...lines, paint("  … in full: inspect --step N", "quiet")] : lines;
}

interface Columns {
  readonly width: number;
  readonly textWidth: number;
  readonly keepsText: boolean;
  readonly id: number;
  readonly call: number;
  readonly status: number;
  readonly isTree: boolean;
}

type Line = Pick<Columns, "width" | "textWidth" | "keepsText">;

function measure(steps: readonly ShownStep[], line: Line): Columns {
  const callWidths = steps.map(({ depth, call }) => INDENT.length * depth + unicodeWidth(call));
  const id = widest(steps.map(({ id }) => id.length));
  const status = widest(steps.map(({ status }) => status.length));
  const call = line.width === Infinity
    ? widest(callWidths.filter((width) => width <= MAX_CALL_WIDTH))
    : Math.min(widest(callWidths), callRoom(line.width - id - status - 6, line));
  return { ...line, id, call, status, isTree: steps.some(({ depth }) => depth > 0) };
}

/** How wide calls may be that share a line with a text. A text that is cut keeps at least the sign for that. */
function callRoom(room: number, { width, textWidth, keepsText }: Line): number {
  if (textWidth === 0) return Math.max(1, room);
  if (keepsText) return Math.max(LEAST_CALL_WIDTH, room - 2 - textWidth);
  const wanted = Math.min(textWidth, Math.max(TEXT_WIDTH, Math.floor(width / 3)));
  return Math.max(1, Math.min(MIN_CALL_WIDTH, room - 3), room - 2 - wanted);
}

/** Plain numbers are aligned to the right, dotted ones to the left. */
function renderLine(step: ShownStep, text: string, columns: Columns, paint: Paint): string {
  const id = columns.isTree ? step.id.padEnd(columns.id) : step.id.padStart(columns.id);
  const whole = INDENT.repeat(step.depth) + step.call;
  const call = columns.width === Infinity ? whole : cutToWidth(whole, columns.call);
  const room = " ".repeat(Math.max(0, columns.call - unicodeWidth(call)));
  const gap = text === "" ? "" : " ".repeat(columns.status - step.status.length + 2);
  const left = columns.width - columns.id - columns.call - columns.status - 8;
  const cut = columns.keepsText || columns.width === Infinity ? text : cutToWidth(text, Math.max(1, left));
  return `  ${id}  ${call}${room}  ${paint(step.status, STATUS_TONES[step.status])}${gap}${cut}`;
}

function wrap(text: string, width: number): readonly string[] {
  return width === Infinity ? [text] : wrapText(text, Math.max(MIN_CALL_WIDTH, width));
}

/** Without spreading: there can be more steps than a call can have arguments. */
function widest(widths: readonly number[]): number {
  return widths.reduce((most, width) => Math.max(most, width), 0);
}
