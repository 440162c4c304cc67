import { FORMAT } from "../journal/event.ts";
import type { JournalRecord } from "../journal/record.ts";
import { applyEvent } from "../state/apply_event.ts";
import { ImpossibleEvent } from "../state/impossible_event.ts";
import type { State } from "../state/state.ts";
import type { JournalStory } from "./journal_story.ts";

/** What a lenient reader has come across. */
export interface LenientFold {
  /** Folds the next record. */
  readonly apply: (record: JournalRecord) => void;
  /** What was met so far. */
  readonly met: {
    /** How many records there are. */
    records: number;
    /** The format that the first event names. */
    format: number;
    /** The first thing that only a newer version understands. */
    unknown: string | undefined;
    /** Events that cannot follow those before them, in order. */
    readonly contradictions: { readonly line: number; readonly reason: string }[];
  };
}

/**
 * Makes a function that folds records into a state and goes on at what it does not understand. Behind something that a
 * newer version wrote, events may seem to contradict each other without doing so: hence all is noted, and the caller
 * judges in the end.
 *
 * @param state The state, empty as yet.
 * @param story Is told what the state forgets.
 */
export function foldLeniently(state: State, story?: JournalStory): LenientFold {
  const met: LenientFold["met"] = { records: 0, format: FORMAT, unknown: undefined, contradictions: [] };
  const apply = (record: JournalRecord) => {
    met.records += 1;
    met.unknown ??= record.unknown;
    for (const event of record.events) {
      if (event.type === "opened") met.format = event.format;
      story?.note(state, event, record.at);
      try {
        applyEvent(state, event, record.at);
      } catch (error) {
        if (!(error instanceof ImpossibleEvent)) throw error;
        met.contradictions.push({ line: record.seq + 1, reason: error.message });
      }
    }
  };
  return { apply, met };
}
