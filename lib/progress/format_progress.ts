import { unicodeWidth } from "@std/cli/unicode-width";
import { formatCount } from "../inspect/format/format_counts.ts";
import { escapeForTerminal } from "../text/escape.ts";
import { cutToWidth } from "../text/width.ts";

export interface ProgressView {
  readonly done: number;
  readonly all: number;
  /** The call that is running. Absent between two steps. */
  readonly call?: string | undefined;
  readonly others?: number | undefined;
  readonly elapsedMs: number;
  readonly expectedMs?: number | undefined;
  /** The progress that the step reports, from 0 to 1. */
  readonly fraction?: number | undefined;
  readonly text?: string | undefined;
}

const GAP = "  ";
/** A call that is cut shorter says nothing. */
const LEAST_CALL = 10;

/**
 * Formats a run's progress as one line: `3/12  upload("a.pdf")  62 % copying  0:12 of ~0:40`. The last column stays free,
 * because some terminals continue on the next line there. On a narrow terminal the expected time is left out first, then the
 * step's own text, then the end of the call. Texts of the view are escaped.
 */
export function formatProgress(view: ProgressView, columns: number): string {
  const width = Math.max(0, columns - 1);
  const head = `${formatCount(view.done)}/${formatCount(view.all)}`;
  const call = describeCall(view);
  const note = describeNote(view);
  const times = describeTimes(view);
  const roomBeside = (time: string) => width - unicodeWidth(`${head}${GAP}${time}`) - (call === "" ? 0 : GAP.length);
  const wanted = Math.min(unicodeWidth(call), LEAST_CALL) + (note === "" ? 0 : GAP.length + unicodeWidth(note));
  const time = times.find((text) => roomBeside(text) >= wanted) ?? times.at(-1) ?? "";
  const middle = share(call, note, roomBeside(time));
  return cutToWidth([head, ...middle, time].filter((part) => part !== "").join(GAP), width);
}

/** Gives the call the room that it needs, but leaves half of the room to the report of the step. */
function share(call: string, note: string, room: number): readonly string[] {
  if (note === "") return [cutToWidth(call, room)];
  const both = room - GAP.length;
  const forNote = Math.max(Math.floor(both / 2), both - unicodeWidth(call));
  const cutNote = forNote < LEAST_CALL / 2 ? "" : cutToWidth(note, forNote);
  return [cutToWidth(call, cutNote === "" ? room : both - unicodeWidth(cutNote)), cutNote];
}

function describeCall({ call = "", others = 0 }: ProgressView): string {
  const text = escapeForTerminal(call);
  return others > 0 ? `${text} and ${formatCount(others)} more` : text;
}

function describeNote({ fraction, text = "" }: ProgressView): string {
  const isKnown = fraction !== undefined && fraction >= 0 && fraction <= 1;
  return [isKnown ? `${Math.floor(fraction * 100)} %` : "", escapeForTerminal(text)].join(" ").trim();
}

/** The time with and without the expected time, which is left out once it has passed. */
function describeTimes({ elapsedMs, expectedMs }: ProgressView): readonly string[] {
  const elapsed = formatClock(elapsedMs);
  if (expectedMs === undefined || expectedMs < elapsedMs) return [elapsed];
  return [`${elapsed} of ~${formatClock(expectedMs)}`, elapsed];
}

/** `0:12`, `1:02:05`. */
function formatClock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = String(seconds % 60).padStart(2, "0");
  return hours === 0 ? `${minutes}:${rest}` : `${hours}:${String(minutes).padStart(2, "0")}:${rest}`;
}
