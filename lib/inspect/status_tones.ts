import type { InspectedStep } from "./inspected_step.ts";
import type { Tone } from "./paint.ts";

/** The tone of each status. */
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
