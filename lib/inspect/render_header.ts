import { escapeForTerminal } from "../values/escape_for_terminal.ts";
import { formatCounts } from "./format_counts.ts";
import { formatError, formatErrorDetails } from "./format_error.ts";
import { formatDuration, formatLaterTime, formatTime } from "./format_time.ts";
import type { InspectedRun, Inspection } from "./inspection.ts";
import type { Paint, Tone } from "./paint.ts";

const TONES: Readonly<Record<Inspection["status"], Tone>> = {
  pending: "quiet",
  started: "busy",
  waiting: "doubtful",
  aborted: "bad",
  finished: "good",
  cancelled: "quiet",
  undone: "quiet",
  interrupted: "doubtful",
};

/** One entry of the header: a label, and lines beside it. */
type Entry = readonly [label: string, ...lines: readonly string[]];

/** Shows what is to be said about the transaction as a whole. */
export function renderHeader(inspection: Inspection, paint: Paint): readonly string[] {
  const { status, home } = inspection;
  const title = `${paint("Transaction", "title")}  ${paint(status, TONES[status])}   ${fileName(home)}`;
  const entries: readonly Entry[] = [
    ["journal", escapeForTerminal(inspection.journal)],
    ...describeTimes(inspection),
    ...describeRuns(inspection),
    ...(inspection.steps.length === 0 ? [] : [["steps", formatCounts(inspection.steps)] as const]),
    ...describeError(inspection),
    ...describeState(inspection),
  ];
  return [
    title,
    ...entries.flatMap(([label, ...lines]) =>
      lines.map((line, index) => `  ${paint((index === 0 ? label : "").padEnd(9), "quiet")}  ${line}`)
    ),
  ];
}

/** The last part of a URL, as people call a program. */
function fileName(url: string): string {
  const path = url.replace(/[?#].*$/, "");
  return escapeForTerminal(path.slice(path.lastIndexOf("/") + 1) || url);
}

function describeTimes(inspection: Inspection): readonly Entry[] {
  const { openedAt, startedAt, lastAt, ms, isHeld, status } = inspection;
  if (startedAt === undefined || ms === undefined) return [["planned", `${formatTime(openedAt)} UTC`]];
  const hasEnded = !isHeld && status !== "interrupted";
  const last = hasEnded ? "ended" : "last record";
  return [[
    "started",
    `${formatTime(startedAt)} UTC   ${last} ${formatLaterTime(lastAt, startedAt)}   ` +
    `${hasEnded ? "took" : "after"} ${formatDuration(ms)}`,
  ]];
}

function describeRuns({ runs, isHeld }: Inspection): readonly Entry[] {
  const last = runs.at(-1);
  if (last === undefined) return [];
  const entries: Entry[] = [];
  if (isHeld) entries.push(["running", `now, ${describeRunner(last)}`]);
  if (runs.length > 1) {
    entries.push(["runs", `${runs.length}, the last since ${formatTime(last.at)} ${describeRunner(last)}`]);
  }
  for (const { number, recovered } of runs) {
    if (recovered === undefined) continue;
    const place = recovered.savedAs === undefined ? "" : `, kept in ${escapeForTerminal(recovered.savedAs)}`;
    entries.push(["repaired", `before run ${number} an append that a crash had cut short was removed${place}`]);
  }
  return entries;
}

function describeRunner({ pid, host, library }: InspectedRun): string {
  const process = pid === undefined ? "by an unknown process" : `by process ${pid}`;
  const place = host === undefined ? "" : ` on ${host}`;
  return escapeForTerminal(`${process}${place} with resumable-tx ${library}`);
}

function describeError({ aborted, steps }: Inspection): readonly Entry[] {
  if (aborted === undefined) return [];
  const step = steps.find(({ id }) => id === aborted.step);
  const name = escapeForTerminal(step?.name ?? step?.export ?? "");
  const label = name === "" ? `step ${aborted.step}` : `step ${aborted.step} ${name}`;
  if (aborted.error === undefined) return [["error", label]];
  const hint = step?.status === "failed" ? "" : " could not be started";
  return [["error", `${label}${hint}: ${formatError(aborted.error)}`, ...formatErrorDetails(aborted.error)]];
}

function describeState(inspection: Inspection): readonly Entry[] {
  const { waiting, cancelled, tornBytes, unknown, isPlanned, isHeld } = inspection;
  const entries: Entry[] = [];
  if (!isPlanned && !isHeld && unknown === undefined) {
    entries.push(["plan", "not complete: no step ever ran. The file may be deleted and the program started again"]);
  }
  if (waiting !== undefined) entries.push(["waits for", escapeForTerminal(describeWait(waiting))]);
  if (cancelled !== undefined) {
    const { by, why } = cancelled;
    entries.push([
      "cancelled",
      escapeForTerminal(`${by === undefined ? "" : `by ${by}`}${why === undefined ? "" : `: ${why}`}`),
    ]);
  }
  if (tornBytes > 0) {
    entries.push(["torn end", `${tornBytes} bytes that a crash left of an append; the next resume cuts them off`]);
  }
  if (unknown !== undefined) {
    entries.push(["newer", `${escapeForTerminal(unknown)} is not known to this version, and left out here`]);
  }
  return entries;
}

function describeWait({ step, for: reason, until, signal }: NonNullable<Inspection["waiting"]>): string {
  if (reason === "signal") return `the signal ${JSON.stringify(signal ?? "")}, for step ${step}`;
  if (reason === "time") return `step ${step} to be due${until === undefined ? "" : `, ${formatTime(until)} UTC`}`;
  return `a decision about step ${step}`;
}
