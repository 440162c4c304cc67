import type { EventType } from "../../journal/event.ts";
import type { HistoryEntry, TimedEvent } from "../data/event_history.ts";
import { formatNumberOf } from "../format/format_counts.ts";
import { formatTimeCell } from "../../text/format_time.ts";
import { describeEvent } from "./describe_event.ts";
import type { Paint, Tone } from "./paint.ts";

const TONES: Readonly<Partial<Record<EventType, Tone>>> = {
  finished: "good",
  ended: "good",
  failed: "bad",
  aborted: "bad",
  started: "busy",
  undoing: "busy",
  waiting: "doubtful",
  retrying: "doubtful",
  decided: "doubtful",
  resumed: "title",
};
const TYPE_WIDTH = 9;
const MAX_ID_WIDTH = 12;
const DAY_WIDTH = 11;

/** Shows a history as a table: number of the record, time, event, step, and a description. Escaped. */
export function renderEvents(entries: readonly HistoryEntry[], paint: Paint): readonly string[] {
  const events = entries.flatMap((entry) => (entry.kind === "event" ? [entry.event] : []));
  const widest = events.reduce((most, event) => Math.max(most, idOf(event).length), 4);
  const columns = { seq: Math.max(3, String(events.at(-1)?.seq ?? 0).length), id: Math.min(MAX_ID_WIDTH, widest) };
  const header = [
    "#".padStart(columns.seq),
    "time (UTC)".padEnd(23),
    "event".padEnd(TYPE_WIDTH),
    "step".padEnd(columns.id),
  ];
  let day = "";
  return [
    paint(`  ${header.join("  ")}  what`, "quiet"),
    ...entries.map((entry) => {
      if (entry.kind === "gap") {
        return paint(`  … ${formatNumberOf(entry.count, "event")} …`, "quiet");
      }
      const line = eventLine(entry.event, { ...columns, day, paint });
      day = entry.event.at.slice(0, 10);
      return line;
    }),
  ];
}

interface EventLineOptions {
  readonly seq: number;
  readonly id: number;
  /** The day of the event before, as in an ISO date: it is not repeated. */
  readonly day: string;
  readonly paint: Paint;
}

/** Shows an event on one line. Escaped. */
export function eventLine(event: TimedEvent, { seq, id, day, paint }: EventLineOptions): string {
  const { type } = event.event;
  const time = formatTimeCell(event.at);
  const tone = TONES[type];
  const word = type.padEnd(TYPE_WIDTH);
  return [
    ` ${String(event.seq).padStart(seq + 1)}`,
    event.at.startsWith(day) && day !== "" ? " ".repeat(DAY_WIDTH) + time.slice(DAY_WIDTH) : time,
    tone === undefined ? word : paint(word, tone),
    idOf(event).padEnd(id),
    describeEvent(event),
  ].join("  ").trimEnd();
}

function idOf({ event }: TimedEvent): string {
  return "step" in event ? event.step ?? "" : "";
}
