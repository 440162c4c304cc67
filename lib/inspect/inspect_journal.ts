import { walkSteps } from "../state/walk_steps.ts";
import type { Store } from "../storage/store.ts";
import { inspectState } from "./inspect_state.ts";
import type { Inspection } from "./inspection.ts";
import { readState } from "./read_state.ts";

/**
 * Reads a journal and says all that is in it. Takes no lock, writes nothing and imports no user code; the transaction may
 * be running. What a newer version wrote is left out and named.
 *
 * @throws {JournalNotFound} {@linkcode JournalRefused} There is none, or it may not be read.
 * @throws {JournalDamaged} It cannot be read.
 * @throws {JournalTooNew} Its format as a whole is a newer one.
 */
export async function inspectJournal(store: Store, journal: string): Promise<Inspection> {
  return inspectState(await readState(store, journal), {
    // A program has use for what is secret; whoever shows it to people conceals it.
    conceal: (encoded) => encoded,
    choose: ({ state }) => walkSteps(state.root),
  });
}
