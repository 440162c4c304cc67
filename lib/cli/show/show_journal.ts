import { inspectionJson } from "../../inspect/data/inspection_json.ts";
import { type ReadState, readState } from "../../inspect/data/read_state.ts";
import { reportStep } from "../../inspect/data/step_report.ts";
import { viewJournal, type ViewOptions } from "../../inspect/data/view_journal.ts";
import { renderGraph } from "../../inspect/graph/render_graph.ts";
import { paintFor } from "../../inspect/text/paint.ts";
import { renderInspection } from "../../inspect/text/render_inspection.ts";
import { renderStepReport } from "../../inspect/text/render_step_report.ts";
import { describeUnknownStep } from "../../state/describe_unknown_step.ts";
import type { Store } from "../../storage/store.ts";
import { escapeJsonText } from "../../text/escape.ts";
import { type CommandIo, UsageError } from "../frame/command.ts";
import { readSourceLine } from "./read_source_line.ts";

/** How a journal is shown. `all`: every step, attempt or event, however many there are. */
export interface ShowOptions extends ViewOptions {
  readonly json: boolean;
}

/** `inspect`: shows what has happened, the steps, and what to type next. */
export async function showJournal(
  store: Store,
  journal: string,
  io: CommandIo,
  options: ShowOptions,
): Promise<void> {
  if (options.json) {
    const read = await readState(store, journal);
    for (const piece of inspectionJson(read, options.redact)) io.writeOut(escapeJsonText(piece));
    return;
  }
  const paint = paintFor(io.wantsColour);
  const { inspection, selected } = await viewJournal(store, journal, options);
  const source = readSourceLine(inspection.modules);
  io.writeOut(renderInspection(inspection, { selected, paint, source, width: io.readColumns?.() }));
}

interface ShowStepOptions extends ShowOptions {
  /** Its number or name. */
  readonly step: string;
}

/**
 * `inspect --step`: shows everything about one step.
 *
 * @throws {UsageError} There is no such step.
 */
export function showStep(source: ReadState, io: CommandIo, options: ShowStepOptions): void {
  const { step, json, all, redact } = options;
  const report = reportStep(source, { step, redact });
  if (report === undefined) {
    throw new UsageError(`Cannot show step ${step}: ${describeUnknownStep(source.state, step)}`, "inspect");
  }
  if (json) return io.writeOut(`${escapeJsonText(JSON.stringify(report, null, 2))}\n`);
  const paint = paintFor(io.wantsColour);
  io.writeOut(renderStepReport(report, { paint, all, source: readSourceLine(report.transaction.modules) }));
}

/** `inspect --graph`: writes the plan as a flowchart for Mermaid. */
export async function showGraph(store: Store, journal: string, io: CommandIo, options: ViewOptions): Promise<void> {
  const { selected } = await viewJournal(store, journal, options);
  io.writeOut(renderGraph(selected));
}

/** Says which values replace refs: a reader of the arguments does not find the refs there. */
export function describeInlined(steps: readonly string[]): readonly string[] {
  if (steps.length === 0) return [];
  const of = steps.length === 1 ? `step ${steps[0]}` : `steps ${steps.join(", ")}`;
  return [`The arguments contain the value of ${of} itself: no step referred to it when it was recorded`];
}
