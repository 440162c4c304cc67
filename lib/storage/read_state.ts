import {
  JournalDamaged,
  JournalExported,
  JournalIncomplete,
  JournalLocked,
  JournalTooNew,
} from "../errors/opening_errors.ts";
import type { JournalRecord } from "../journal/encode_record.ts";
import { type Event, FORMAT } from "../journal/event.ts";
import { applyEvent } from "../state/apply_event.ts";
import { ImpossibleEvent, State } from "../state/state.ts";
import type { ReadJournal, ReadOptions, Store } from "./store.ts";

/** Called with an event of a record right before it is folded. */
type Note = (state: State, event: Event, record: JournalRecord) => void;

interface LenientFold {
  readonly apply: (record: JournalRecord) => void;
  readonly met: {
    records: number;
    /** The format that the first event names. */
    format: number;
    /** The first thing that only a newer version understands. */
    unknown: string | undefined;
    /** Events that cannot follow those before them, in order. */
    readonly contradictions: { readonly line: number; readonly reason: string }[];
  };
}

/** Continues after an event that it cannot fold: it may be sound if a newer version wrote before it. The caller judges. */
export function foldLeniently(state: State, note?: Note): LenientFold {
  const met: LenientFold["met"] = { records: 0, format: FORMAT, unknown: undefined, contradictions: [] };
  const apply = (record: JournalRecord) => {
    met.records += 1;
    met.unknown ??= record.unknown;
    for (const event of record.events) {
      if (event.type === "opened") met.format = event.format;
      note?.(state, event, record);
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

interface ReadState {
  readonly state: State;
  readonly read: ReadJournal;
  readonly format: number;
}

interface ReadStateOptions extends ReadOptions {
  readonly keepsValues: boolean;
  readonly note?: Note;
  /** Called with each record after it is folded. */
  readonly after?: ((state: State, record: JournalRecord) => void) | undefined;
}

/** Does not own the journal. What a newer version wrote is reported as `unknown`; contradictions are `JournalDamaged`. */
export async function readState(store: Store, name: string, options: ReadStateOptions): Promise<ReadState> {
  const { keepsValues, note, after, verifiesFirst } = options;
  const state = new State({ keepsValues });
  const { apply, met } = foldLeniently(state, note);
  const read = await store.read(name, (record) => {
    apply(record);
    after?.(state, record);
  }, { verifiesFirst });
  const unknown = read.unknown ?? met.unknown;
  const [contradiction] = met.contradictions;
  if (contradiction !== undefined && unknown === undefined) {
    throw new JournalDamaged(name, contradiction.line, contradiction.reason);
  }
  return { state, read: unknown === undefined ? read : { ...read, unknown }, format: met.format };
}

const ATTEMPTS = 3;
const PAUSE_MS = 8;

/** Reads a journal that has no owner and can be resumed. Any other is an error. */
export async function readIdleState(store: Store, name: string): Promise<State> {
  for (let attempt = 1;; attempt += 1) {
    const { state, read } = await readState(store, name, { keepsValues: false });
    if (read.unknown !== undefined) throw new JournalTooNew(name, read.unknown, state.library || undefined);
    if (!read.isHeld) {
      if (read.exported !== undefined) throw new JournalExported(name, read.exported);
      if (!state.isReady) throw new JournalIncomplete(name);
      return state;
    }
    // A process that is being started by the last owner has its files open for a moment.
    if (attempt === ATTEMPTS) throw new JournalLocked(name, read.holder ?? state.runs.at(-1));
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
