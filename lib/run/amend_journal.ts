import { JournalIncomplete } from "../errors/opening_errors.ts";
import type { Event, Resumed } from "../journal/event.ts";
import { foldRecords } from "../state/fold_records.ts";
import { emptyState, type State } from "../state/state.ts";
import type { Store } from "../storage/store.ts";
import { VERSION } from "../version.ts";
import { describeRunner } from "./describe_runner.ts";
import { Session } from "./session.ts";

/** How a journal is added to. */
export interface AmendOptions {
  /**
   * Whether the state has the value of every step, and not only of those that are referred to.
   *
   * @default false
   */
  readonly keepsValues?: boolean;
}

/**
 * Adds to a journal what somebody says, and runs nothing. The journal stays as it is, byte for byte, if it cannot be said.
 *
 * @param compose Says which events to add, or throws. Of a step whose process died it sees that nobody knows its end.
 * @returns What is true afterwards.
 * @throws {JournalLocked} A process runs it.
 * @throws {ImpossibleEvent} What was composed contradicts what has happened.
 */
export async function amendJournal(
  store: Store,
  name: string,
  compose: (state: State) => readonly Event[],
  { keepsValues = false }: AmendOptions = {},
): Promise<State> {
  const state = emptyState({ keepsValues });
  const journal = await store.open(name, foldRecords(name, state));
  try {
    if (!state.isReady) throw new JournalIncomplete(name);
    const session = new Session({ journal, state, observer: undefined });
    // What a crash has left is made good, and said, by whoever comes first.
    const resumed = state.atWork.size === 0 ? undefined : resumedEvent(state);
    if (resumed !== undefined) session.add(resumed);
    const events = compose(state);
    if (events.length === 0) return state;
    for (const event of events) session.add(event);
    // Not before: until here nothing was changed on the disk.
    const recovered = journal.recover();
    if (recovered !== undefined) {
      if (resumed === undefined) session.add({ ...resumedEvent(state), recovered });
      else resumed.recovered = recovered;
    }
    await session.commit({ stepsInFlight: 0 });
  } finally {
    await journal.close();
  }
  return state;
}

function resumedEvent(state: State): { -readonly [K in keyof Resumed]: Resumed[K] } {
  return { type: "resumed", run: state.runs.length + 1, library: VERSION, ...describeRunner() };
}
