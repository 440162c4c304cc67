import type { InspectedStep } from "../data/inspected_step.ts";

/** What a piece of text means; a paint turns it into a colour. */
export type Tone = "good" | "bad" | "doubtful" | "busy" | "quiet" | "title";

/** Colours a text that is ready for the terminal. */
export type Paint = (text: string, tone: Tone) => string;

const CODES: Readonly<Record<Tone, readonly [number, number]>> = {
  good: [32, 39],
  bad: [31, 39],
  doubtful: [33, 39],
  busy: [36, 39],
  quiet: [2, 22],
  title: [1, 22],
};

/** Leaves a text as it is, for files, pipes and NO_COLOR. */
export function paintNothing(text: string, _tone: Tone): string {
  return text;
}

export function paintFor(wantsColour: boolean): Paint {
  if (!wantsColour) return paintNothing;
  return (text, tone) => {
    const [on, off] = CODES[tone];
    return text === "" ? "" : `\x1b[${on}m${text}\x1b[${off}m`;
  };
}

export const STATUS_TONES: Readonly<Record<InspectedStep["status"], Tone>> = {
  pending: "quiet",
  started: "busy",
  finished: "good",
  failed: "bad",
  unknown: "doubtful",
  skipped: "doubtful",
  waiting: "busy",
  undone: "quiet",
};
