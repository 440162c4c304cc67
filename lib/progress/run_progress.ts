import { unicodeWidth } from "@std/cli/unicode-width";
import { formatCall } from "../inspect/format/format_call.ts";
import { formatCount } from "../inspect/format/format_counts.ts";
import { redactSecrets } from "../inspect/redact/redact_secrets.ts";
import { paintFor } from "../inspect/text/paint.ts";
import type { Event } from "../journal/event.ts";
import type { EventObserver, StepProgress } from "../run/options/observer.ts";
import { type Progress, progressOf } from "../state/progress.ts";
import type { State } from "../state/state.ts";
import { cutText, escapeForTerminal } from "../text/escape.ts";
import { cutToWidth } from "../text/width.ts";
import { ProgressLine, type ProgressTerminal } from "./progress_line.ts";

const MAX_TEXT = 1000;
/** Counting the steps of a long plan takes a while: at most a twentieth of the time is spent on it. */
const COUNT_SHARE = 20;

/** The progress of a run: a view of its state, and of what only the run knows, which is its clock and its steps' reports. */
export class RunProgress {
  readonly #readClock: () => number;
  readonly #reported = new Map<string, StepProgress>();
  #state: State | undefined;
  #counts: Pick<Progress, "done" | "all"> = { done: 0, all: 0 };
  #countAt = -Infinity;
  #call: { readonly step: string; readonly text: string } | undefined;
  #startedAt: number | undefined;
  #settledMs = 0;

  constructor(readClock: () => number) {
    this.#readClock = readClock;
  }

  event(event: Event, state: State): void {
    const now = this.#readClock();
    this.#state = state;
    this.#startedAt ??= now;
    if (event.type !== "finished" && event.type !== "failed" && event.type !== "undone") return;
    this.#settledMs = now - this.#startedAt;
    if (event.step !== undefined) this.#reported.delete(event.step);
  }

  /** Takes the report of a step. It may be anything: it comes from the step's code. */
  report(progress: StepProgress): void {
    this.#reported.set(String(progress.step), progress);
  }

  view(): ProgressView {
    const now = this.#readClock();
    if (this.#state === undefined) return { done: 0, all: 0, elapsedMs: 0 };
    const { finishes, finishedMs, running } = this.#state;
    const { done, all } = this.#count(this.#state, now);
    const [step] = running;
    const id = step?.node.id;
    // The best estimate for the steps that are left is the average of those before them.
    const leftMs = finishes === 0 ? undefined : (all - done) * finishedMs / finishes;
    return {
      done,
      all,
      elapsedMs: now - (this.#startedAt ?? now),
      expectedMs: leftMs === undefined ? undefined : this.#settledMs + leftMs,
      call: id === undefined ? undefined : this.#callOf(id, this.#state),
      others: Math.max(0, running.size - 1),
      ...readReport(id === undefined ? undefined : this.#reported.get(id)),
    };
  }

  #count(state: State, now: number): Pick<Progress, "done" | "all"> {
    if (now < this.#countAt) return this.#counts;
    this.#counts = progressOf(state);
    const end = this.#readClock();
    this.#countAt = end + (end - now) * COUNT_SHARE;
    return this.#counts;
  }

  #callOf(step: string, state: State): string {
    if (this.#call?.step === step) return this.#call.text;
    const node = state.byId.get(step)?.node;
    const text = node === undefined ? `step ${step}` : formatCall(state, node, redactSecrets);
    this.#call = { step, text };
    return text;
  }
}

/** A step may report values of other types than the declared ones. */
function readReport(reported: StepProgress | undefined): Pick<ProgressView, "fraction" | "text"> {
  const { fraction, text }: { readonly fraction?: unknown; readonly text?: unknown } = reported ?? {};
  return {
    fraction: typeof fraction === "number" ? fraction : undefined,
    text: typeof text === "string" ? cutText(text, MAX_TEXT, "") : undefined,
  };
}

/** Shows the progress of a run on a terminal, in one line. Without one it shows nothing, and changes nothing. */
export function showProgress(
  terminal: ProgressTerminal | undefined,
): Pick<EventObserver, "event" | "progress"> & { readonly closing: () => void } {
  if (terminal === undefined) return { closing: () => {} };
  const run = new RunProgress(terminal.readClock);
  const line = new ProgressLine(terminal, (columns) => {
    return paintFor(terminal.wantsColour)(formatProgress(run.view(), columns), "quiet");
  });
  return {
    event: (event, state) => {
      run.event(event, state);
      line.start();
      line.update();
    },
    progress: (progress) => run.report(progress),
    closing: () => line.stop(),
  };
}

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
