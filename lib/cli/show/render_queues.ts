import { unicodeWidth } from "@std/cli/unicode-width";
import { formatCount } from "../../inspect/format/format_counts.ts";
import type { Queue, QueueRate } from "../../storage/queues.ts";
import { escapeForTerminal, quote } from "../../text/escape.ts";

const HEADER = ["queue", "running", "due", "later", "limits"];
/** Units of a rate, the smallest first: one in which the number is not below one. */
const UNITS = [["s", 1], ["min", 60], ["h", 3600]] as const;

/** Shows queues in columns. Everything is escaped. */
export function renderQueues(queues: readonly Queue[]): readonly string[] {
  if (queues.length === 0) return [];
  const rows = [HEADER, ...queues.map(cellsOf)];
  const widths = HEADER.map((_, column) => Math.max(...rows.map((row) => unicodeWidth(row[column] ?? ""))));
  return rows.map((row) => {
    const cells = row.map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - unicodeWidth(cell)));
    return cells.join("  ").trimEnd();
  });
}

function cellsOf(queue: Queue): readonly string[] {
  const { name, running, due, sleeping } = queue;
  const counts = [running, due, sleeping].map(formatCount);
  return [escapeForTerminal(name), ...counts, limitsOf(queue).join(", ")];
}

/** What an operator has said of a queue, as one sentence without its full stop. */
export function describeLimits(queue: Queue): string {
  const limits = limitsOf(queue);
  return `Queue ${quote(queue.name)}: ${limits.length === 0 ? "no limits" : limits.join(", ")}`;
}

function limitsOf({ maxRunning, rate, isPaused }: Queue): readonly string[] {
  return [
    ...(isPaused ? ["paused"] : []),
    ...(maxRunning === undefined ? [] : [`at most ${formatCount(maxRunning)} running`]),
    ...(rate === undefined ? [] : [formatRate(rate)]),
  ];
}

function formatRate({ perSecond, burst }: QueueRate): string {
  const [unit, seconds] = UNITS.find(([, seconds]) => perSecond * seconds >= 1) ?? ["h", 3600];
  const number = Math.round(perSecond * seconds * 1000) / 1000;
  return `${number}/${unit} (${formatCount(burst)} at once)`;
}
