import { JournalIncomplete, JournalLocked, JournalTooNew } from "../../errors/opening_errors.ts";
import { foldRecords } from "../../state/apply_event.ts";
import { emptyState, type State } from "../../state/state.ts";
import type { Store } from "../../storage/store.ts";

const ATTEMPTS = 3;
const PAUSE_MS = 8;

/**
 * Reads what is true of a transaction that nobody runs. Takes no lock and writes nothing.
 *
 * @throws {JournalLocked} A process runs it.
 */
export async function readState(store: Store, name: string): Promise<State> {
  for (let attempt = 1;; attempt += 1) {
    try {
      return await readOnce(store, name);
    } catch (error) {
      // A process that is being started by the one which held it has its files open for a moment.
      if (!(error instanceof JournalLocked) || attempt === ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

async function readOnce(store: Store, name: string): Promise<State> {
  const state = emptyState({ keepsValues: false });
  const read = await store.read(name, foldRecords(name, state));
  if (read.unknown !== undefined) throw new JournalTooNew(name, read.unknown, state.library);
  if (read.isHeld) throw new JournalLocked(name, state.runs.at(-1));
  if (!state.isReady) throw new JournalIncomplete(name);
  return state;
}
