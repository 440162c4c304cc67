import { escapeForTerminal } from "../../text/escape.ts";
import type { InspectedStep } from "../data/inspected_step.ts";
import type { Inspection } from "../data/inspection.ts";
import { type Selected, selectInspected } from "../data/select_steps.ts";
import type { SourceLines } from "../format/format_error.ts";
import { describeSteps } from "./describe_notes.ts";
import { type Paint, paintNothing } from "./paint.ts";
import { renderHeader } from "./render_header.ts";
import { renderSteps } from "./render_steps.ts";

interface RenderOptions {
  /**
   * Show every step; otherwise a long plan is summarized around what matters.
   *
   * @default {false}
   */
  readonly all?: boolean;
  readonly selected?: readonly Selected<InspectedStep>[];
  readonly paint?: Paint;
  readonly source?: SourceLines;
  /**
   * How wide the terminal is: calls are cut to it, and text is wrapped.
   *
   * @default {Infinity}
   */
  readonly width?: number;
}

/** Shows an inspection as text: what happened, the steps, and what to type next. Escaped. */
export function renderInspection(inspection: Inspection, options: RenderOptions = {}): string {
  const { all = false, paint = paintNothing, source, width } = options;
  const lines = [...renderHeader(inspection, { paint, source, width })];
  const selected = options.selected ?? selectInspected(inspection.steps, { all });
  if (selected.length > 0) {
    lines.push("", paint("Steps", "title"));
    for (const line of renderSteps(selected, describeSteps(inspection), { paint, width })) lines.push(line);
  }
  if (inspection.next.length > 0) {
    lines.push("", paint("Next", "title"));
    for (const { when, command } of inspection.next) {
      lines.push(`  ${escapeForTerminal(when)}`, `    ${escapeForTerminal(command)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}
