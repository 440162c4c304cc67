import { readState } from "../../inspect/data/read_state.ts";
import { inspectionJson, viewJournal, type ViewOptions } from "../../inspect/data/view_journal.ts";
import { paintFor } from "../../inspect/text/paint.ts";
import { renderInspection } from "../../inspect/text/render_inspection.ts";
import type { Located } from "../../storage/locator.ts";
import { escapeJsonText } from "../../text/escape.ts";
import { type CommandIo, UsageError, writeJson } from "../frame/command.ts";
import { readSourceLine } from "./read_source_line.ts";

/** How a journal is shown. `all`: every step, attempt or event, however many there are. */
export interface ShowOptions extends ViewOptions {
  readonly json: boolean;
  /** The step or the file, if the form needs one. */
  readonly value: string;
  /** Replaces a file of that name, unless it is a journal. */
  readonly force: boolean;
}

/** `inspect`: shows what has happened, the steps, and what to type next. What only other forms need is not evaluated. */
export async function showJournal({ store, name }: Located, io: CommandIo, options: ShowOptions): Promise<void> {
  if (options.json) {
    const read = await readState(store, name);
    for (const piece of inspectionJson(read, options.redact)) io.writeOut(escapeJsonText(piece));
    return;
  }
  const paint = paintFor(io.wantsColour);
  const { inspection, selected } = await viewJournal(store, name, options);
  const source = readSourceLine(inspection.modules);
  io.writeOut(renderInspection(inspection, { selected, paint, source, width: io.readColumns?.() }));
}

/** `inspect --step`: shows everything about one step. */
export async function showStep({ store, name }: Located, io: CommandIo, options: ShowOptions): Promise<void> {
  const { value: step, json, all, redact } = options;
  const { reportStep } = await import("../../inspect/data/step_report.ts");
  const source = await readState(store, name);
  const report = reportStep(source, step, redact);
  if (report === undefined) {
    const { describeUnknownStep } = await import("../../state/describe_unknown_step.ts");
    throw new UsageError(`Cannot show step ${step}: ${describeUnknownStep(source.state, step)}`);
  }
  if (json) return writeJson(io, report);
  const { renderStepReport } = await import("../../inspect/text/render_step_report.ts");
  const paint = paintFor(io.wantsColour);
  io.writeOut(renderStepReport(report, { paint, all, source: readSourceLine(report.transaction.modules) }));
}

/** `inspect --graph`: writes the plan as a flowchart for Mermaid. */
export async function showGraph({ store, name }: Located, io: CommandIo, options: ShowOptions): Promise<void> {
  const { selected } = await viewJournal(store, name, options);
  const { renderGraph } = await import("../../inspect/graph/render_graph.ts");
  io.writeOut(renderGraph(selected));
}
