import { unicodeWidth } from "@std/cli/unicode-width";
import { formatCount } from "../inspect/format/format_counts.ts";
import { escapeForTerminal } from "../text/escape.ts";
import { cutToWidth } from "../text/width.ts";

/** What a progress line shows. */
export interface ProgressView {
  /** How many steps are done. */
  readonly done: number;
  /** How many there are. */
  readonly all: number;
  /** The call at work; nothing between two steps. */
  readonly call?: string;
  /** How many calls are at work besides. */
  readonly others?: number;
  /** How long the run has been going on, in milliseconds. */
  readonly elapsedMs: number;
  /** How long it will take in all, in milliseconds, as far as that can be guessed. */
  readonly expectedMs?: number;
  /** What the step says of how far it is: from 0 to 1. */
  readonly fraction?: number;
  /** What the step says of what it is doing. */
  readonly text?: string;
}

const GAP = "  ";
/** A call that is cut to less than this says nothing. */
const LEAST_CALL = 10;

/**
 * Puts a run's progress on one line: `3/12  upload("a.pdf")  62 % copying  0:12 of ~0:40`. It leaves the terminal's last
 * column free, since some terminals go on to the next line there. Where there is little room the guess goes first, then
 * the step's own words, then the end of the call.
 *
 * @param view What to show. Text in it may be hostile.
 * @param columns How wide the terminal is.
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

/** Lets the call have what it needs, but leaves half of the room to what the step says of itself. */
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

/** The time with a guess and without; a guess that has proved wrong is none. */
function describeTimes({ elapsedMs, expectedMs }: ProgressView): readonly string[] {
  const elapsed = formatClock(elapsedMs);
  if (expectedMs === undefined || expectedMs < elapsedMs) return [elapsed];
  return [`${elapsed} of ~${formatClock(expectedMs)}`, elapsed];
}

/** Minutes and seconds, with hours before them if there are any. */
function formatClock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = String(seconds % 60).padStart(2, "0");
  return hours === 0 ? `${minutes}:${rest}` : `${hours}:${String(minutes).padStart(2, "0")}:${rest}`;
}
