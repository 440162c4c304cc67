import { paintFor, type Tone } from "../../inspect/text/paint.ts";
import { escapeForTerminal } from "../../text/escape.ts";
import { describeSkip, type ScheduleLine } from "../../work/schedules/schedule_report.ts";
import type { CommandIo } from "../frame/command.ts";

const TONES: Readonly<Record<ScheduleLine["state"], Tone>> = {
  active: "good",
  paused: "doubtful",
  ended: "quiet",
  new: "busy",
  edited: "doubtful",
  unknown: "bad",
};

const NOTES: Readonly<Partial<Record<ScheduleLine["state"], string>>> = {
  ended: "it never fires again",
  new: "no worker has added it yet",
  edited: "the module defines it in another way; the next worker that starts replaces it",
  unknown: "this version does not understand its definition",
};

/** Shows schedules, each in a few lines. Everything is escaped. */
export function renderSchedules(lines: readonly ScheduleLine[], { wantsColour }: CommandIo): readonly string[] {
  const paint = paintFor(wantsColour);
  return lines.flatMap((line, index) => {
    const { name, state, cron, timezone, next, waiting, last, lastSkip } = line;
    const pattern = cron === undefined ? "" : `  ${cron}  ${timezone}`;
    const note = NOTES[state];
    const rows: readonly (readonly [title: string, text: string | undefined])[] = [
      ["note", note],
      ["next", next.length === 0 ? undefined : next.map(showTime).join(", ")],
      ["waiting", waiting === 0 ? undefined : `${waiting} for an earlier firing`],
      ["last", last && showTime(last)],
      ["last skip", lastSkip && describeSkip(lastSkip)],
    ];
    return [
      ...(index === 0 ? [] : [""]),
      `${escapeForTerminal(name)}  ${paint(state, TONES[state])}${paint(escapeForTerminal(pattern), "quiet")}`,
      ...rows.flatMap(([title, text]) =>
        text === undefined ? [] : [`  ${title.padEnd(9)}  ${escapeForTerminal(text)}`]
      ),
    ];
  });
}

/** `2026-12-01 02:30:00 +01:00`. */
function showTime(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} ${iso.slice(19)}`;
}
