import { JournalDamaged } from "../../errors/opening_errors.ts";
import type { JournalRecord } from "../../journal/encode_record.ts";
import { FORMAT } from "../../journal/event.ts";
import { applyEvent } from "../../state/apply_event.ts";
import { emptyState, ImpossibleEvent, type State } from "../../state/state.ts";
import type { ReadJournal, Store } from "../../storage/store.ts";
import type { CutValues } from "./cut_values.ts";
import type { TimedEvent } from "./event_history.ts";
import { History } from "./history.ts";

/** What a journal holds, for somebody who only looks. */
export interface ReadState {
  /** What is true of the transaction. */
  readonly state: State;
  /** What the state forgets. */
  readonly story: History;
  /** The values that were cut; absent where all were kept. */
  readonly cut?: CutValues;
  /** What reading has told besides. */
  readonly read: ReadJournal;
  /** The format that the journal names. */
  readonly format: number;
}

/** How a journal is read. */
interface ReadStateOptions {
  /** Is told of each event, with the state before its record. */
  readonly observe?: (state: State, event: TimedEvent) => void;
  /** Cuts large values; without it all are kept whole. */
  readonly cut?: CutValues;
}

/**
 * Reads a journal and folds it. Takes no lock, writes nothing and imports no user code; the transaction may be running.
 * What a newer version wrote is left out and named.
 *
 * @throws {JournalNotFound} {@linkcode JournalRefused} There is none, or it may not be read.
 * @throws {JournalDamaged} It cannot be read.
 * @throws {JournalTooNew} Its format as a whole is a newer one.
 */
export async function readState(store: Store, journal: string, options: ReadStateOptions = {}): Promise<ReadState> {
  const state = emptyState({ keepsValues: true });
  const story = new History();
  const { observe, cut } = options;
  const { apply, met } = foldLeniently(state, story);
  const read = await store.read(journal, (record) => {
    const { seq, at, events } = record;
    if (observe !== undefined) { for (const event of events) observe(state, { seq, at, event }); }
    apply(record);
    if (cut !== undefined) { for (const event of events) cut.cut(state, event); }
  }, { verifiesFirst: observe !== undefined });
  const unknown = read.unknown ?? met.unknown;
  const [contradiction] = met.contradictions;
  if (contradiction !== undefined && unknown === undefined) {
    throw new JournalDamaged(journal, contradiction.line, contradiction.reason);
  }
  return {
    state,
    story,
    ...(cut === undefined ? {} : { cut }),
    read: unknown === undefined ? read : { ...read, unknown },
    format: met.format,
  };
}

/** What a lenient reader has come across. */
interface LenientFold {
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
export function foldLeniently(state: State, story?: History): LenientFold {
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
