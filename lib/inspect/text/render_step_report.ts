import { readArguments, readValue } from "../../journal/stored_value.ts";
import { inspectCommand } from "../../messages/next_commands.ts";
import type { StepNode } from "../../plan/node.ts";
import { RETRY_DEFAULTS, type RetryOptions } from "../../plan/retry_options.ts";
import { GRACE_MS } from "../../run/call/step_host.ts";
import { cutText, escapeForTerminal } from "../../text/escape.ts";
import type { InspectedAttempt, InspectedStep } from "../data/inspected_step.ts";
import { selectInspected } from "../data/select_steps.ts";
import type { StepReport } from "../data/step_report.ts";
import { formatNumberOf } from "../format/format_counts.ts";
import { formatDecision } from "../format/format_who.ts";
import { formatErrorInFull } from "../format/format_error.ts";
import { formatDuration } from "../../text/format_time.ts";
import { formatPretty } from "../format/format_value.ts";
import { describeAttempt, describeSteps } from "./describe_notes.ts";
import { paintNothing, STATUS_TONES } from "./paint.ts";
import type { RenderOptions } from "./render_inspection.ts";
import { renderSteps } from "./render_steps.ts";

const MAX_ATTEMPTS = 50;
const MAX_LINE = 1000;

/** Shows everything about one step. Escaped. */
export function renderStepReport(report: StepReport, options: RenderOptions = {}): string {
  const { paint = paintNothing } = options;
  const { step, transaction } = report;
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ["", paint(title, "title"), ...lines.map((line) => `  ${line}`)];
  const { text, notes } = describeSteps(transaction);
  const list = (steps: readonly InspectedStep[]) =>
    renderSteps(selectInspected(steps, { all: options.all ?? false }), { text, notes: () => [] }, { paint })
      .map((line) => line.slice(2));
  const lines = [
    `${paint(`Step ${step.id}`, "title")}  ${paint(step.status, STATUS_TONES[step.status])}   ${step.call}`,
    ...describeStep(report).map(([label, text]) => `  ${paint(label.padEnd(11), "quiet")}  ${text}`),
    ...section("Notes", notes({ ...step, failures: [], decisions: [] })),
    ...section("Arguments", argumentLines(report)),
    ...section("Value", step.valueText === undefined ? [] : formatPretty(readValue(step))),
    ...section("Attempts", attemptLines(report.attempts, options)),
    ...section("Decisions", step.decisions.map((one) => formatDecision(one.decision, one, MAX_LINE))),
    ...section("Inside", list(report.children)),
    ...section("Needs the values of", list(report.refersTo)),
    ...section("Is needed by", [
      ...list(report.referredBy),
      ...(report.isResult ? ["the transaction's own value"] : []),
    ]),
    ...section("Next", nextLines(report)),
  ];
  return `${lines.join("\n")}\n`;
}

function describeStep({ step, transaction, idempotencyKey }: StepReport): readonly (readonly [string, string])[] {
  const { name, module, export: exported, parent, options = {} } = step;
  const code = (found: Pick<StepNode, "module" | "export">) =>
    escapeForTerminal(`${found.export} of ${transaction.modules[found.module]?.url ?? "an unknown module"}`);
  const { retry, timeoutMs, interrupted, undo, database } = options;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ["journal", escapeForTerminal(transaction.journal)],
    ["in", parent === undefined ? undefined : `step ${parent}`],
    ["name", name === undefined ? undefined : escapeForTerminal(name)],
    ["function", module === undefined ? undefined : escapeForTerminal(`${exported ?? ""} of ${module}`)],
    ["key", idempotencyKey === undefined ? undefined : `${escapeForTerminal(idempotencyKey)} (idempotency key)`],
    ["retry", retry === undefined ? undefined : describeRetry({ ...RETRY_DEFAULTS, ...retry })],
    ["timeout", timeoutMs === undefined ? undefined : formatDuration(timeoutMs)],
    ["interrupted", typeof interrupted === "object" ? `calls ${code(interrupted)}` : interrupted],
    ["undo", undo === undefined ? undefined : code(undo)],
    [
      "database",
      database === true ? "works in the database of the journal, and is recorded by the same commit" : undefined,
    ],
  ];
  return rows.flatMap(([label, text]) => (text === undefined ? [] : [[label, text] as const]));
}

function describeRetry(
  { maxAttempts, delayMs, factor, maxDelayMs, jitter, nonRetryable }: Required<RetryOptions>,
): string {
  const grows = factor > 1 && delayMs > 0 && delayMs < maxDelayMs;
  const pause = formatDuration(Math.min(delayMs, maxDelayMs));
  const parts = [
    `up to ${formatNumberOf(maxAttempts, "attempt")}`,
    grows
      ? `the first pause ${pause}, then ×${factor} each time up to ${formatDuration(maxDelayMs)}`
      : `${pause} apart`,
    ...(jitter === 0 || delayMs === 0 ? [] : [`each pause up to ${Math.round(100 * jitter)} % shorter at random`]),
    ...(nonRetryable.length === 0 ? [] : [`not after ${nonRetryable.join(", ")}`]),
  ];
  return escapeForTerminal(cutText(parts.join(", "), MAX_LINE));
}

function argumentLines({ step, refersTo }: StepReport): readonly string[] {
  if (step.args === undefined) return [];
  const names = new Map(refersTo.map(({ id, name }) => [id, name]));
  return formatPretty(readArguments(step), (id) => names.get(id));
}

function attemptLines(attempts: readonly InspectedAttempt[], options: RenderOptions): readonly string[] {
  const shown = options.all === true ? attempts : attempts.slice(-MAX_ATTEMPTS);
  const left = attempts.length - shown.length;
  return [
    ...(left === 0 ? [] : [`… ${left} earlier …`]),
    ...shown.flatMap((attempt) => [
      `${describeAttempt(attempt)}${describeOverdue(attempt.overdue)}`,
      ...(attempt.error === undefined
        ? []
        : formatErrorInFull(attempt.error, options.source).map((line) => `  ${line}`)),
    ]),
  ];
}

function describeOverdue(overdue: InspectedAttempt["overdue"]): string {
  if (overdue === undefined) return "";
  const limit = overdue.limitMs === undefined ? "" : ` of ${formatDuration(overdue.limitMs)}`;
  return `; it did not stop within ${GRACE_MS / 1000} seconds after its time limit${limit}`;
}

function nextLines({ next, transaction }: StepReport): readonly string[] {
  return [...next, inspectCommand(transaction, transaction.journal, "See the whole transaction")]
    .flatMap(({ when, command }) => [escapeForTerminal(when), `  ${escapeForTerminal(command)}`]);
}
