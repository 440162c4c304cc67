import { formatCall } from "../inspect/format/format_call.ts";
import { redactSecrets } from "../inspect/redact/redact_secrets.ts";
import { paintFor } from "../inspect/text/paint.ts";
import type { Event } from "../journal/event.ts";
import type { EventObserver, StepProgress } from "../run/options/observer.ts";
import { type Progress, progressOf } from "../state/progress.ts";
import type { State } from "../state/state.ts";
import { cutText } from "../text/escape.ts";
import { formatProgress, type ProgressView } from "./format_progress.ts";
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

  /** Takes the state after an event of the run. */
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

/** Shows the progress of a run on a terminal, in one line. Elsewhere it shows nothing, and changes nothing. */
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
