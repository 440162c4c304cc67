import { paintFor } from "../inspect/paint.ts";
import type { ReadState } from "../inspect/read_state.ts";
import { renderStepReport } from "../inspect/render_step_report.ts";
import { reportStep } from "../inspect/report_step.ts";
import { describeUnknownStep } from "../state/describe_unknown_step.ts";
import type { Encoded } from "../values/json.ts";
import { escapeJsonText } from "../values/escape_text.ts";
import type { CommandIo } from "./command_io.ts";
import { readSourceLine } from "./read_source_line.ts";
import { UsageError } from "./usage_error.ts";

/** How a step is shown. */
export interface ShowStepOptions {
  /** The step's number or name. */
  readonly step: string;
  /** As JSON. */
  readonly json: boolean;
  /** All attempts, however many there are. */
  readonly all: boolean;
  /** Takes out of a value what is not to be shown. */
  readonly conceal: (encoded: Encoded) => Encoded;
}

/**
 * `inspect --step`: shows everything about one step.
 *
 * @throws {UsageError} There is no such step.
 */
export function showStep(source: ReadState, io: CommandIo, options: ShowStepOptions): void {
  const { step, json, all, conceal } = options;
  const report = reportStep(source, { step, conceal });
  if (report === undefined) {
    throw new UsageError(`Cannot show step ${step}: ${describeUnknownStep(source.state, step)}`, "inspect");
  }
  if (json) return io.writeOut(`${escapeJsonText(JSON.stringify(report, null, 2))}\n`);
  const paint = paintFor(io.wantsColour);
  io.writeOut(renderStepReport(report, { paint, all, source: readSourceLine(report.transaction.modules) }));
}
