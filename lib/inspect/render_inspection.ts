import { escapeForTerminal } from "../values/escape_for_terminal.ts";
import { describeNotes } from "./describe_notes.ts";
import { describeTiming } from "./describe_timing.ts";
import type { InspectedStep, Inspection } from "./inspection.ts";
import { type Paint, paintNothing } from "./paint.ts";
import { renderHeader } from "./render_header.ts";
import { renderSteps } from "./render_steps.ts";

/** How an inspection is shown. */
export interface RenderOptions {
  /**
   * Show every step; otherwise a long plan is summed up around what matters.
   *
   * @default {false}
   */
  readonly all?: boolean;
  /**
   * Colours the text.
   *
   * @default {paintNothing}
   */
  readonly paint?: Paint;
}

/** Shows an inspection as text for people: what happened, the steps, and what to type next. Everything is escaped. */
export function renderInspection(inspection: Inspection, options: RenderOptions = {}): string {
  const { all = false, paint = paintNothing } = options;
  const lines = [...renderHeader(inspection, paint)];
  if (inspection.steps.length > 0) {
    lines.push("", paint("Steps", "title"));
    const told = inspection.aborted?.step;
    const describe = { text: describeTiming, notes: (step: InspectedStep) => describeNotes(step, step.id === told) };
    for (const line of renderSteps(inspection.steps, describe, { all, paint })) lines.push(line);
  }
  if (inspection.next.length > 0) {
    lines.push("", paint("Next", "title"));
    for (const { when, command } of inspection.next) {
      lines.push(`  ${escapeForTerminal(when)}`, `    ${escapeForTerminal(command)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}
