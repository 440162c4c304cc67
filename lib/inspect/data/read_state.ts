import type { State } from "../../state/state.ts";
import { readState as readAndFold } from "../../storage/read_state.ts";
import type { ReadJournal, Store } from "../../storage/store.ts";
import type { CutValues } from "./cut_values.ts";
import type { TimedEvent } from "./event_history.ts";
import { History } from "./history.ts";

/** What a journal holds, for a person or program that only looks. */
export interface ReadState {
  readonly state: State;
  /** What the state forgets. */
  readonly story: History;
  /** The values that were cut; absent if all were kept. */
  readonly cut?: CutValues | undefined;
  /** What reading has found besides. */
  readonly read: ReadJournal;
  /** The format that the journal names. */
  readonly format: number;
}

/** How a journal is read. */
interface ReadStateOptions {
  /** Called with each event and the state before its record. */
  readonly observe?: (state: State, event: TimedEvent) => void;
  /** Cuts large values. Without it all are kept. */
  readonly cut?: CutValues;
}

/**
 * Reads a journal with its history. Takes no lock, writes nothing and imports no user code; the transaction may be running.
 *
 * @throws As `readState` in storage/.
 */
export async function readState(
  store: Store,
  journal: string,
  { observe, cut }: ReadStateOptions = {},
): Promise<ReadState> {
  const story = new History();
  const found = await readAndFold(store, journal, {
    keepsValues: true,
    verifiesFirst: observe !== undefined,
    note: (state, event, at) => story.note(state, event, at),
    before: observe && ((state, { seq, at, events }) => {
      for (const event of events) observe(state, { seq, at, event });
    }),
    after: cut && ((state, { events }) => {
      for (const event of events) cut.cut(state, event);
    }),
  });
  return { ...found, story, cut };
}
