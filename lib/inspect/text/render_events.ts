import type { Decided, EventOf, EventType } from "../../journal/event.ts";
import { readArguments, readValue, type StoredValue } from "../../journal/stored_value.ts";
import { describeQueued } from "../../messages/summarize_state.ts";
import { nameRequest } from "../../messages/describe_request.ts";
import { isGroup, type PlanNode } from "../../plan/node.ts";
import { cutText, escapeForTerminal, formatError } from "../../text/escape.ts";
import { formatDuration, formatTime, formatTimeCell } from "../../text/format_time.ts";
import type { HistoryEntry, TimedEvent } from "../data/event_history.ts";
import { formatNumberOf } from "../format/format_counts.ts";
import { formatValue } from "../format/format_value.ts";
import { formatReason, formatRunner } from "../format/format_who.ts";
import type { Paint, Tone } from "./paint.ts";
import { formatModules } from "./render_inspection.ts";

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
  stopped: "doubtful",
  refused: "bad",
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
  const lineOf = eventLines({ ...columns, paint });
  return [
    paint(`  ${header.join("  ")}  what`, "quiet"),
    ...entries.map((entry) =>
      entry.kind === "event" ? lineOf(entry.event) : paint(`  … ${formatNumberOf(entry.count, "event")} …`, "quiet")
    ),
  ];
}

interface EventLinesOptions {
  /** How wide the columns are. */
  readonly seq: number;
  readonly id: number;
  readonly paint: Paint;
}

/** Makes a function that shows one event after another, each on one line, and the day only where it changes. Escaped. */
export function eventLines({ seq, id, paint }: EventLinesOptions): (event: TimedEvent) => string {
  let lastDay = "";
  return (event) => {
    const { type } = event.event;
    const day = event.at.slice(0, 10);
    const time = formatTimeCell(event.at);
    const tone = TONES[type];
    const word = type.padEnd(TYPE_WIDTH);
    const line = [
      ` ${String(event.seq).padStart(seq + 1)}`,
      day === lastDay ? " ".repeat(DAY_WIDTH) + time.slice(DAY_WIDTH) : time,
      tone === undefined ? word : paint(word, tone),
      idOf(event).padEnd(id),
      describeEvent(event),
    ].join("  ").trimEnd();
    lastDay = day;
    return line;
  };
}

function idOf({ event }: TimedEvent): string {
  return "step" in event ? event.step ?? "" : "";
}

const MAX_TEXT = 300;

/** Describes an event in a few words, on one line. The id of its step is shown elsewhere. Escaped. */
export function describeEvent(timed: TimedEvent): string {
  return describe(timed, escape(timed.step)).replace(/^[ ,:]+/, "");
}

function describe({ event, modules }: TimedEvent, label: string): string {
  switch (event.type) {
    case "opened":
      return escape(
        `by ${formatRunner(event)} with resumable-tx ${event.library}, for ${event.home}${
          event.queue === undefined ? "" : `, ${describeQueued(event)}`
        }`,
      );
    case "planned":
      return nodesOf(event.nodes);
    case "ready":
      return "the plan is complete";
    case "ended":
      return "all steps are done";
    case "signalled":
      return `${escape(`${JSON.stringify(event.signal)} arrived${formatReason(event)}`)}${valueOf(event)}`;
    case "cancelled":
      return escape(`nothing further runs${formatReason(event)}`);
    case "stopped":
      return escape(`the run ends before the next step${formatReason(event)}`);
    case "refused":
      return escape(`${nameRequest(event)}${formatReason({ by: event.by })}: ${event.reason}`);
    case "reclaimed":
      return escape(`the file is gone${event.file === undefined ? "" : `, ${event.file}`}${formatReason(event)}`);
    case "aborted":
      return label + (event.error === undefined ? " ended the run" : `: ${formatError(event.error)}`);
    case "waiting":
      return label + escape(describeWaiting(event));
    case "undone":
      return event.step === undefined ? "the rollback is complete" : `${label}${after(event.ms ?? 0)}`;
    case "started":
    case "undoing":
      return event.attempt === 1 ? label : `${label}, attempt ${event.attempt}`;
    case "finished": {
      const { expands, dropped } = event;
      const lost = dropped === undefined ? "" : escape(`, without its value: ${dropped.reason}`);
      return `${label}${after(event.ms)}${expands === undefined ? valueOf(event) : " → a plan"}${lost}`;
    }
    case "failed":
      return `${label}${event.undo === true ? ", its undo," : ""}${after(event.ms)}: ${formatError(event.error)}`;
    case "retrying":
      return `${label}, attempt ${event.attempt} no earlier than ${escape(formatTime(event.until))}`;
    case "expanded":
      return `${label} returned ${nodesOf(event.nodes)}`;
    case "decided":
      return describeDecided(event, label);
    case "resumed":
      return describeResumed(event, modules);
    default:
      return event satisfies never;
  }
}

function describeWaiting({ for: reason, until, signal }: EventOf<"waiting">): string {
  if (reason === "signal") return ` for the signal ${JSON.stringify(signal ?? "")}`;
  if (reason === "decision") return " for a decision";
  return until === undefined ? " for its time" : ` until ${formatTime(until)}`;
}

function describeDecided(event: Decided, label: string): string {
  const by = escape(formatReason(event));
  switch (event.decision) {
    case "rollback":
      return `undo what has happened${event.to === undefined ? "" : `, back to step ${event.to}`}${by}`;
    case "insert":
      return `${nodesOf(event.nodes)} more, ${
        event.after === undefined ? "before all others" : `after step ${event.after}`
      }${by}`;
    case "done":
      return `${label} counts as done${by}${event.given === true ? valueOf(event) : ""}`;
    case "edit":
      return `${label} gets new arguments${by}: ${formatValue(readArguments(event))}`;
    default:
      return `${label} ${DECISIONS[event.decision]}${by}`;
  }
}

const DECISIONS = {
  retry: "runs (again)",
  skip: "is skipped",
  remove: "is removed from the plan",
  rewind: "and all steps after it run again",
  undecide: "is as it was before the last decision",
} as const;

function describeResumed(event: EventOf<"resumed">, modules: TimedEvent["modules"]): string {
  const { run, library, recovered, retry, part } = event;
  const cut = recovered === undefined ? "" : `; ${recovered.cutBytes} bytes that a crash had left were removed`;
  const said = escape(`run ${run} by ${formatRunner(event)} with resumable-tx ${library}`);
  const how = `${retry === undefined ? "" : `, try ${retry} of a worker after a failure`}${
    part ? ", of a part only" : ""
  }`;
  return `${said}${how}${modules.length === 0 ? "" : `; ${formatModules(modules)}`}${cut}`;
}

/** Sleeps and waits take no time of their own. */
function after(ms: number): string {
  return ms === 0 ? "" : ` after ${formatDuration(ms)}`;
}

function valueOf(event: StoredValue): string {
  return event.value === undefined ? "" : ` → ${formatValue(readValue(event))}`;
}

function nodesOf(nodes: readonly PlanNode[]): string {
  const [first, last] = [nodes.at(0)?.id, nodes.at(-1)?.id];
  if (first === undefined || last === undefined) return formatNumberOf(0, "step");
  const steps = nodes.filter((node) => !isGroup(node)).length;
  return escape(`${formatNumberOf(steps, "step")}: ${first === last ? first : `${first} to ${last}`}`);
}

function escape(text: string): string {
  return escapeForTerminal(cutText(text, MAX_TEXT));
}
