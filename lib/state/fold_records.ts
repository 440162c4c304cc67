import { JournalDamaged, JournalTooNew } from "../errors/opening_errors.ts";
import type { JournalRecord } from "../journal/record.ts";
import { applyEvent } from "./apply_event.ts";
import { ImpossibleEvent } from "./impossible_event.ts";
import type { State } from "./state.ts";

/**
 * Makes a function that folds the records of a journal into a state, one after another.
 *
 * @param journal The journal's name, for errors.
 * @param state The state, empty as yet.
 * @returns The function; it throws `JournalDamaged` with the line for events that contradict each other.
 */
export function foldRecords(journal: string, state: State): (record: JournalRecord) => void {
  return (record) => {
    // What comes behind may seem to contradict what is left out here.
    if (record.unknown !== undefined) throw new JournalTooNew(journal, record.unknown, state.library || undefined);
    try {
      for (const event of record.events) applyEvent(state, event, record.at);
    } catch (error) {
      if (!(error instanceof ImpossibleEvent)) throw error;
      throw new JournalDamaged(journal, record.seq + 1, error.message, { cause: error });
    }
  };
}
