import type { StoredError } from "../../journal/stored.ts";
import { describeQueued, describeRetry } from "../../messages/summarize_state.ts";
import { nameRequest } from "../../messages/describe_request.ts";
import { cutText, escapeForTerminal, formatError } from "../../text/escape.ts";
import { formatDuration, formatTime, formatTimeBeside } from "../../text/format_time.ts";
import { cutToWidth, wrapText } from "../../text/width.ts";
import type { InspectedStep } from "../data/inspected_step.ts";
import type { InspectedRequest, InspectedRun, Inspection } from "../data/inspection.ts";
import { type Selected, selectInspected } from "../data/select_steps.ts";
import { formatCounts, formatNumberOf } from "../format/format_counts.ts";
import { formatErrorDetails, type SourceLines } from "../format/format_error.ts";
import { formatDecision, formatReason, formatRunner } from "../format/format_who.ts";
import { describeSteps } from "./describe_notes.ts";
import { type Paint, paintNothing, type Tone } from "./paint.ts";
import { renderSteps } from "./render_steps.ts";

export interface RenderOptions {
  /** Show every step; otherwise a long plan is summarized around what matters. */
  readonly all?: boolean;
  readonly selected?: readonly Selected<InspectedStep>[];
  readonly paint?: Paint;
  readonly source?: SourceLines;
  /** How wide the terminal is: calls are cut to it, and text is wrapped; unlimited unless given. */
  readonly width?: number;
}

/** Shows an inspection as text: what happened, the steps, and what to type next. Escaped. */
export function renderInspection(inspection: Inspection, options: RenderOptions = {}): string {
  const { all = false, paint = paintNothing, width } = options;
  const lines = [...renderHeader(inspection, options)];
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

export const TRANSACTION_TONES: Readonly<Record<Inspection["status"], Tone>> = {
  pending: "quiet",
  started: "busy",
  waiting: "doubtful",
  aborted: "bad",
  finished: "good",
  cancelled: "quiet",
  undone: "quiet",
  interrupted: "doubtful",
};

const MAX_LISTED = 10;
const LABEL_WIDTH = 9;
const MIN_WIDTH = 24;

/** A label, and the lines beside it. */
type HeaderEntry = readonly [label: string, ...lines: readonly string[]];

/** Shows the transaction as a whole. Escaped. */
function renderHeader(
  inspection: Inspection,
  { paint = paintNothing, source, width = Infinity }: RenderOptions,
): readonly string[] {
  const { status, home } = inspection;
  const title = `${paint("Transaction", "title")}  ${paint(status, TRANSACTION_TONES[status])}   ${fileName(home)}`;
  return [
    title,
    ...headerEntries(inspection, source).flatMap(([label, ...lines]) =>
      lines.flatMap((line) => fitLine(label, line, width - LABEL_WIDTH - 4)).map((line, index) =>
        `  ${paint((index === 0 ? label : "").padEnd(LABEL_WIDTH), "quiet")}  ${line}`
      )
    ),
  ];
}

/** Paths and places are copied, so they are never cut. A line of source is cut at its end. */
function fitLine(label: string, line: string, width: number): readonly string[] {
  if (width === Infinity || label === "journal" || /^at /.test(line)) return [line];
  const room = Math.max(MIN_WIDTH, width);
  return /^ *[0-9]+ \| /.test(line) ? [cutToWidth(line, room)] : wrapText(line, room);
}

/** An entry is shown if there is something to say beside its label. */
export function headerEntries(inspection: Inspection, source?: SourceLines): readonly HeaderEntry[] {
  const { name, queued, runs, isHeld, isPlanned, decisions, rollback, retry } = inspection;
  const { waits, cancelled, tornBytes, unknown, exported } = inspection;
  // To enqueue is no run.
  const ran = runs.length - (queued === undefined ? 0 : 1);
  const last = runs.at(-1);
  const runner = last && escapeForTerminal(`by ${formatRunner(last)} with resumable-tx ${last.library}`);
  const isIncomplete = !isPlanned && !isHeld && unknown === undefined;
  const entries: readonly (readonly [label: string, ...lines: readonly (string | false | undefined)[]])[] = [
    ["journal", escapeForTerminal(inspection.journal)],
    ["name", name && escapeForTerminal(name)],
    ["queued", queued && `${formatTime(inspection.openedAt)}   ${escapeForTerminal(describeQueued(queued))}`],
    describeTimes(inspection),
    ["running", isHeld && runner && `now, ${runner}`],
    ["runs", last && runs.length > 1 && `${ran}, the last since ${formatTime(last.at)} ${runner}`],
    ...runs.map(describeRepair),
    ["code", ...describeChanges(runs)],
    ["steps", formatCounts(inspection.counts)],
    ["error", ...describeError(inspection, source)],
    ["retried", runs.some(({ retry }) => retry !== undefined) && describeRetried(runs)],
    ["next try", describeRetry(retry)],
    ...decisions.map((decision): HeaderEntry => [
      "decided",
      formatDecision(decision.decision === "rollback" ? "to undo what has happened" : "to add steps", decision),
    ]),
    ["rollback", rollback && describeRollback(rollback)],
    ["staying", rollback && rollback.staying.length > 0 && `${nameSteps(rollback.staying)}: the effect stays`],
    ...describeSignals(inspection),
    ["request", ...firstOf(inspection.requests ?? [], (request) => escapeForTerminal(describeRequest(request)))],
    [
      "plan",
      isIncomplete &&
      "not complete: no step ever ran. The command prune --incomplete removes it. Then start the program again",
    ],
    ["waits for", ...firstOf(waits, (wait) => escapeForTerminal(describeWait(wait)))],
    ["cancelled", cancelled && escapeForTerminal(`${formatTime(cancelled.at)}${formatReason(cancelled)}`)],
    ["exported", exported && escapeForTerminal(describeExported(exported))],
    [
      "torn end",
      tornBytes > 0 && `${tornBytes} bytes of an incomplete record that a crash has left; the next resume removes them`,
    ],
    ["newer", unknown && `${escapeForTerminal(unknown)} is not known to this version, and left out here`],
  ];
  return entries.flatMap(([label, ...lines]): readonly HeaderEntry[] => {
    const said = lines.flatMap((line) => line || []);
    return said.length === 0 ? [] : [[label, ...said]];
  });
}

function describeExported({ file, host }: NonNullable<Inspection["exported"]>): string {
  return `${file ?? "a file"}${host === undefined ? "" : ` on ${host}`} has it, and may know more than the database`;
}

/** The first items of a list, one line each, and how many more there are. */
function firstOf<T>(items: readonly T[], describe: (item: T) => string): readonly string[] {
  const more = items.length - MAX_LISTED;
  return [...items.slice(0, MAX_LISTED).map(describe), ...(more > 0 ? [`${more} more`] : [])];
}

function describeTimes({ openedAt, startedAt, lastAt, ms, isHeld, status, queued }: Inspection): HeaderEntry {
  if (startedAt === undefined && queued !== undefined) return ["planned"];
  if (openedAt === "") return ["planned", "at an unknown time: no record was ever written"];
  if (startedAt === undefined) return ["planned", formatTime(openedAt)];
  const started = `${formatTime(startedAt)}   `;
  if (ms === undefined) {
    return ["started", `${started}last record ${formatTime(lastAt)}   the clock was changed in between`];
  }
  const [last, after] = isHeld || status === "interrupted" ? ["last record", "after"] : ["ended", "took"];
  const lastTime = formatTimeBeside(new Date(Date.parse(startedAt) + ms).toISOString(), startedAt);
  return ["started", `${started}${last} ${lastTime}   ${after} ${formatDuration(ms)}`];
}

/** Tries by a person are not among them. */
function describeRetried(runs: readonly InspectedRun[]): string {
  const tries = runs.filter(({ retry }) => retry !== undefined);
  const last = tries.at(-1);
  return `by workers: ${formatNumberOf(tries.length, "run")}, the last one, run ${last?.number}, at ${
    formatTime(last?.at ?? "")
  }`;
}

function describeRepair({ number, recovered }: InspectedRun): HeaderEntry {
  if (recovered === undefined) return ["repaired"];
  const place = recovered.savedAs === undefined ? "" : `, kept in ${escapeForTerminal(recovered.savedAs)}`;
  return ["repaired", `before run ${number}, an incomplete record that a crash had left was removed${place}`];
}

/** If a journal was resumed often, only the last changes are listed. */
function describeChanges(runs: readonly InspectedRun[]): readonly string[] {
  const changes = runs.slice(1).flatMap(({ number, modules }) =>
    modules === undefined ? [] : [`before run ${number}: ${formatModules(modules)}`]
  );
  return changes.slice(-MAX_LISTED);
}

function describeError({ aborted, steps }: Inspection, source: SourceLines | undefined): readonly string[] {
  if (aborted === undefined) return [];
  const step = steps.find(({ id }) => id === aborted.step);
  const label = `step ${aborted.step} ${escapeForTerminal(step?.name ?? step?.export ?? "")}`.trimEnd();
  if (aborted.error === undefined) return [label];
  const said = saidOf(aborted.error, step);
  return [`${label}${said}: ${formatError(aborted.error)}`, ...formatErrorDetails(aborted.error, { source })];
}

/** Says what the error means for the step. Its last attempt tells whether it has run, not a later decision. */
function saidOf({ name, message }: StoredError, step: InspectedStep | undefined): string {
  const last = step?.failures.at(-1);
  const isOfAttempt = last?.error.name === name && last.error.message === message;
  if (isOfAttempt ? last.undo === true : step?.undo?.isUnderWay === true) return " could not be undone";
  return isOfAttempt ? "" : " could not be started";
}

function describeRollback({ to, done, left }: NonNullable<Inspection["rollback"]>): string {
  return `${done} undone, ${left} left to undo${to === undefined ? "" : `, back to step ${to}, which stays`}`;
}

function describeSignals({ signals, steps }: Inspection): readonly HeaderEntry[] {
  const names = new Set(steps.flatMap(({ signal, status }) => status === "finished" ? [] : signal ?? []));
  const lines = firstOf(signals, (arrived) => {
    const { signal, valueText } = arrived;
    const stray = names.has(signal) || steps.length === 0 ? "" : "; no step that is shown waits for it";
    const value = valueText === "undefined" ? "" : ` → ${valueText}`;
    return `${formatDecision(`${JSON.stringify(signal)} has arrived`, arrived)}${value}${stray}`;
  });
  return lines.map((line) => ["signal", line]);
}

function describeRequest({ outcome, request = "stop", signal, by, why, at, reason, place }: InspectedRequest): string {
  if (place !== undefined) return `left alone: ${place}: ${reason ?? ""}`;
  const time = at === undefined ? "" : `, ${formatTime(at)}`;
  const what = `${nameRequest({ request, signal })}${formatReason({ by })}${time}${formatReason({ why })}`;
  const end = { pending: "not answered yet", refused: "refused", foreign: "left alone" }[outcome];
  return `${what}; ${end}${reason === undefined ? "" : `: ${reason}`}`;
}

function nameSteps(ids: readonly string[]): string {
  const more = ids.length > MAX_LISTED ? ` and ${ids.length - MAX_LISTED} more` : "";
  return `${ids.length === 1 ? "step" : "steps"} ${ids.slice(0, MAX_LISTED).join(", ")}${more}`;
}

function describeWait({ step, for: reason, until, signal }: Inspection["waits"][number]): string {
  if (reason === "signal") return `the signal ${JSON.stringify(signal ?? "")}, for step ${step}`;
  if (reason === "time") return `step ${step} to be due${until === undefined ? "" : `, ${formatTime(until)}`}`;
  return `a decision about step ${step}`;
}

const MAX_LISTED_MODULES = 5;
const MAX_URL = 200;

/** Lists modules that moved or changed: `steps.ts changed, mail.ts moved to file:///srv/new/mail.ts`. Escaped. */
export function formatModules(modules: NonNullable<InspectedRun["modules"]>): string {
  const told = modules.slice(0, MAX_LISTED_MODULES).map(({ url, from, sha256 }) => {
    const isMoved = from !== undefined;
    const place = isMoved ? ` moved to ${escapeForTerminal(cutText(url, MAX_URL))}` : "";
    return `${fileName(from ?? url)}${place}${sha256 === undefined ? "" : isMoved ? " and changed" : " changed"}`;
  });
  const left = modules.length - told.length;
  return [...told, ...(left === 0 ? [] : [`${left} more moved or changed`])].join(", ");
}

/** The last part of a URL: how people call a program. Escaped. */
export function fileName(url: string): string {
  const end = url.search(/[?#]/);
  const path = end === -1 ? url : url.slice(0, end);
  return escapeForTerminal(cutText(path.slice(path.lastIndexOf("/") + 1) || url || "unknown program", MAX_URL));
}
