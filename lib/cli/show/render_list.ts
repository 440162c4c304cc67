import { unicodeWidth } from "@std/cli/unicode-width";
import type { NextCommand } from "../../errors/journal_error.ts";
import { formatCount, formatNumberOf } from "../../inspect/format/format_counts.ts";
import type { JournalSummary, SummaryStatus } from "../../inspect/data/summarize_journal.ts";
import type { Paint, Tone } from "../../inspect/text/paint.ts";
import { escapeForTerminal, shellQuote } from "../../text/escape.ts";
import { cutStartToWidth, cutToWidth, wrapText } from "../../text/width.ts";

const TONES: Readonly<Record<SummaryStatus, Tone>> = {
  waiting: "doubtful",
  aborted: "bad",
  interrupted: "doubtful",
  damaged: "bad",
  newer: "bad",
  unreadable: "bad",
  incomplete: "doubtful",
  pending: "quiet",
  started: "busy",
  exported: "quiet",
  cancelled: "quiet",
  undone: "quiet",
  finished: "good",
};

/** Longer paths do not widen their column. */
const MAX_PATH = 60;
/** On a terminal, paths leave this much room for what to type next, if they keep as much as the second. */
const NEXT_WIDTH = 8;
const MIN_PATH = 14;

interface RenderListOptions {
  readonly now: Date;
  readonly paint: Paint;
  /** How wide the terminal is: lines are cut; default: they are not. */
  readonly columns?: number | undefined;
}

/** Shows journals in columns, below each why it stopped. Everything is escaped. */
export function renderRows(
  listed: readonly Listed[],
  { paint, now, columns = Infinity }: RenderListOptions,
): readonly string[] {
  const rows = listed.map((entry) => ({ entry, cells: cellsOf(entry, now) }));
  const widths = HEADER.map((title, column) => {
    const cells = rows.map(({ cells }) => unicodeWidth(cells[column] ?? "")).filter((width) => width <= MAX_PATH);
    return cells.reduce((most, width) => Math.max(most, width), title.length);
  });
  const [status = 0, done = 0, age = 0, path = 0, next = 0] = widths;
  const room = Math.max(MIN_PATH, columns - status - done - age - 8 - Math.min(next, NEXT_WIDTH));
  const line = (cells: readonly string[], tone: Tone, isWhole = false) => {
    const [first = "", count = "", time = "", journal = "", what = ""] = cells;
    const place = pad(cutStartToWidth(journal, room), Math.min(path, room));
    const rest = ["", pad(count, done), pad(time, age), place, what].join("  ").trimEnd();
    const [begin, end] = [pad(first, status), cutToWidth(rest, columns - status)];
    return isWhole ? paint(begin + end, tone) : paint(begin, tone) + end;
  };
  const indent = " ".repeat(status + 2);
  return [
    line(HEADER, "quiet", true),
    ...rows.flatMap(({ entry, cells }) => {
      const detail = cutToWidth(describe(entry), columns - indent.length);
      return [line(cells, TONES[entry.status]), ...(detail === "" ? [] : [indent + paint(detail, "quiet")])];
    }),
  ];
}

const HEADER = ["status", "done", "age", "journal", "next"];

function cellsOf(entry: Listed, now: Date): readonly string[] {
  const { status, progress, lastAt, shown, next } = entry;
  return [
    status,
    progress === undefined ? "" : `${formatCount(progress.done)}/${formatCount(progress.all)}`,
    formatAge(now.getTime() - Date.parse(lastAt)),
    escapeForTerminal(shown),
    escapeForTerminal(shortNext(entry, next)),
  ];
}

/** What to type next, without the program and without the journal, which is in the same line. */
function shortNext({ status, journal }: Listed, next: readonly NextCommand[]): string {
  if (status === "damaged") return "check";
  const commands = next.map(({ command }) => {
    const words = command.slice(command.indexOf("/cli ") + "/cli ".length);
    return words.replace(` ${shellQuote(journal)}`, "");
  });
  const [first = "", ...others] = commands;
  const [verb = "", flags] = first.split(/ (.*)/s);
  // If a question has several answers, all are shown.
  if (flags === undefined) return first;
  return [first, ...others.map((words) => (words.startsWith(`${verb} `) ? words.slice(verb.length + 1) : words))]
    .join(" | ");
}

function describe({ step, reason }: Listed): string {
  const place = step === undefined ? "" : `step ${step.id} ${step.name}`;
  return escapeForTerminal([place, reason ?? ""].filter((text) => text !== "").join(": "));
}

/** Says how many journals there are, wrapped. */
export function renderCounts(counts: ReadonlyMap<string, number>, columns = Infinity): readonly string[] {
  const parts = Array.from(counts, ([status, count]) => `${formatCount(count)} ${status}`).join(", ");
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return wrapText(`${formatNumberOf(all, "journal")}: ${parts}`, columns);
}

function pad(cell: string, width: number): string {
  return cell + " ".repeat(Math.max(0, width - unicodeWidth(cell)));
}

export interface Listed extends JournalSummary {
  /** Its locator, as the user would type it. */
  readonly shown: string;
  /** When the last record was written, or else when the journal was changed, as an ISO date. */
  readonly lastAt: string;
}

const UNITS: readonly (readonly [unit: string, ms: number])[] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1000],
];

/** Shows an age in its largest unit: `30 d`, `5 h`, `12 min`, `8 s`. */
export function formatAge(ms: number): string {
  if (Number.isNaN(ms)) return "";
  const [unit, size] = UNITS.find(([, least]) => ms >= least) ?? ["s", 1000];
  return `${Math.max(0, Math.floor(ms / size))} ${unit}`;
}
