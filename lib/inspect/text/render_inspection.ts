import type { StoredError } from "../../journal/stored.ts";
import { cutText, escapeForTerminal } from "../../text/escape.ts";
import { formatDuration, formatTime, formatTimeBeside } from "../../text/format_time.ts";
import { cutToWidth, wrapText } from "../../text/width.ts";
import type { InspectedStep } from "../data/inspected_step.ts";
import type { InspectedRun, Inspection } from "../data/inspection.ts";
import { type Selected, selectInspected } from "../data/select_steps.ts";
import { formatCounts } from "../format/format_counts.ts";
import { formatError, formatErrorDetails, type SourceLines } from "../format/format_error.ts";
import { formatDecision, formatReason, formatRunner } from "../format/format_who.ts";
import { describeSteps } from "./describe_notes.ts";
import { type Paint, paintNothing, type Tone } from "./paint.ts";
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

interface RenderHeaderOptions {
  readonly paint: Paint;
  readonly source?: SourceLines;
  readonly width?: number;
}

/** Shows the transaction as a whole. Escaped. */
export function renderHeader(
  inspection: Inspection,
  { paint, source, width = Infinity }: RenderHeaderOptions,
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

export function headerEntries(inspection: Inspection, source?: SourceLines): readonly HeaderEntry[] {
  return [
    ["journal", escapeForTerminal(inspection.journal)],
    ...describeTimes(inspection),
    ...describeRuns(inspection),
    ...describeCounts(inspection),
    ...describeError(inspection, source),
    ...describeProgress(inspection),
    ...describeState(inspection),
  ];
}

function describeTimes(inspection: Inspection): readonly HeaderEntry[] {
  const { openedAt, startedAt, lastAt, ms, isHeld, status } = inspection;
  if (openedAt === "") return [["planned", "at an unknown time: no record was ever written"]];
  if (startedAt === undefined) return [["planned", formatTime(openedAt)]];
  const hasEnded = !isHeld && status !== "interrupted";
  const last = hasEnded ? "ended" : "last record";
  const started = `${formatTime(startedAt)}   `;
  if (ms === undefined) {
    return [["started", `${started}last record ${formatTime(lastAt)}   the clock was changed in between`]];
  }
  const lastTime = formatTimeBeside(new Date(Date.parse(startedAt) + ms).toISOString(), startedAt);
  return [["started", `${started}${last} ${lastTime}   ${hasEnded ? "took" : "after"} ${formatDuration(ms)}`]];
}

function describeRuns({ runs, isHeld }: Inspection): readonly HeaderEntry[] {
  const last = runs.at(-1);
  if (last === undefined) return [];
  const entries: HeaderEntry[] = [];
  if (isHeld) entries.push(["running", `now, ${describeRunner(last)}`]);
  if (runs.length > 1) {
    entries.push(["runs", `${runs.length}, the last since ${formatTime(last.at)} ${describeRunner(last)}`]);
  }
  for (const { number, recovered } of runs) {
    if (recovered === undefined) continue;
    const place = recovered.savedAs === undefined ? "" : `, kept in ${escapeForTerminal(recovered.savedAs)}`;
    entries.push(["repaired", `before run ${number}, an incomplete record that a crash had left was removed${place}`]);
  }
  return [...entries, ...describeChanges(runs)];
}

/** If a journal was resumed often, only the last changes are listed. */
function describeChanges(runs: readonly InspectedRun[]): readonly HeaderEntry[] {
  const changes = runs.slice(1).flatMap(({ number, modules }) => (modules === undefined ? [] : [{ number, modules }]));
  const lines = changes.slice(-MAX_LISTED).map(({ number, modules }) =>
    `before run ${number}: ${formatModules(modules)}`
  );
  return lines.length === 0 ? [] : [["code", ...lines]];
}

function describeRunner(run: InspectedRun): string {
  return escapeForTerminal(`by ${formatRunner(run)} with resumable-tx ${run.library}`);
}

function describeCounts({ counts }: Inspection): readonly HeaderEntry[] {
  return Object.keys(counts).length === 0 ? [] : [["steps", formatCounts(counts)]];
}

function describeError({ aborted, steps }: Inspection, source: SourceLines | undefined): readonly HeaderEntry[] {
  if (aborted === undefined) return [];
  const step = steps.find(({ id }) => id === aborted.step);
  const name = escapeForTerminal(step?.name ?? step?.export ?? "");
  const label = name === "" ? `step ${aborted.step}` : `step ${aborted.step} ${name}`;
  if (aborted.error === undefined) return [["error", label]];
  const said = saidOf(aborted.error, step);
  return [[
    "error",
    `${label}${said}: ${formatError(aborted.error)}`,
    ...formatErrorDetails(aborted.error, { source }),
  ]];
}

/** Says what the error means for the step. Its last attempt tells whether it has run, not a later decision. */
function saidOf({ name, message }: StoredError, step: InspectedStep | undefined): string {
  const last = step?.failures.at(-1);
  const isOfAttempt = last?.error.name === name && last.error.message === message;
  if (isOfAttempt ? last.undo === true : step?.undo?.isUnderWay === true) return " could not be undone";
  return isOfAttempt ? "" : " could not be started";
}

/** The decisions about the transaction as a whole, and what has followed from them. */
function describeProgress({ decisions, rollback, signals, steps }: Inspection): readonly HeaderEntry[] {
  const entries: HeaderEntry[] = decisions.map((decision) => [
    "decided",
    formatDecision(decision.decision === "rollback" ? "to undo what has happened" : "to add steps", decision),
  ]);
  if (rollback !== undefined) {
    const { to, done, left, staying } = rollback;
    const end = to === undefined ? "" : `, back to step ${to}, which stays`;
    entries.push(["rollback", `${done} undone, ${left} left to undo${end}`]);
    if (staying.length > 0) entries.push(["staying", `${nameSteps(staying)}: the effect stays`]);
  }
  const names = new Set(steps.flatMap(({ signal, status }) => status === "finished" ? [] : signal ?? []));
  for (const arrived of signals.slice(0, MAX_LISTED)) {
    const { signal, valueText } = arrived;
    const stray = names.has(signal) || steps.length === 0 ? "" : "; no step that is shown waits for it";
    const value = valueText === "undefined" ? "" : ` → ${valueText}`;
    entries.push(["signal", `${formatDecision(`${JSON.stringify(signal)} has arrived`, arrived)}${value}${stray}`]);
  }
  if (signals.length > MAX_LISTED) entries.push(["signals", `${signals.length - MAX_LISTED} more have arrived`]);
  return entries;
}

function nameSteps(ids: readonly string[]): string {
  const more = ids.length - MAX_LISTED;
  return `${ids.length === 1 ? "step" : "steps"} ${ids.slice(0, MAX_LISTED).join(", ")}${
    more > 0 ? ` and ${more} more` : ""
  }`;
}

function describeState(inspection: Inspection): readonly HeaderEntry[] {
  const { waits, cancelled, tornBytes, unknown, isPlanned, isHeld } = inspection;
  const entries: HeaderEntry[] = [];
  if (!isPlanned && !isHeld && unknown === undefined) {
    entries.push(["plan", "not complete: no step ever ran. You can delete the file and start the program again"]);
  }
  const told = waits.slice(0, MAX_LISTED).map((wait) => escapeForTerminal(describeWait(wait)));
  if (waits.length > MAX_LISTED) told.push(`${waits.length - MAX_LISTED} more`);
  if (waits.length > 0) entries.push(["waits for", ...told]);
  if (cancelled !== undefined) {
    const text = `${formatTime(cancelled.at)}${formatReason(cancelled)}`;
    entries.push(["cancelled", escapeForTerminal(text)]);
  }
  if (tornBytes > 0) {
    entries.push([
      "torn end",
      `${tornBytes} bytes of an incomplete record that a crash has left; the next resume removes them`,
    ]);
  }
  if (unknown !== undefined) {
    entries.push(["newer", `${escapeForTerminal(unknown)} is not known to this version, and left out here`]);
  }
  return entries;
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
    return `${fileName(url)}${place}${sha256 === undefined ? "" : isMoved ? " and changed" : " changed"}`;
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
