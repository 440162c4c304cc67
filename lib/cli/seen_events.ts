import { JournalUntrusted } from "../errors/opening_errors.ts";
import { chainSum } from "../journal/encode_record.ts";
import type { Event } from "../journal/event.ts";
import type { JournalRecord } from "../journal/record.ts";
import type { Store } from "../storage/store.ts";

/**
 * Remembers what a person was shown of a journal that somebody else may write, so that nothing else is run: it could be
 * replaced while the question stands on the screen.
 */
export class SeenEvents {
  #sum = "";

  /** Notes an event that was shown, or that this process has written since. */
  readonly add = (event: Event): void => {
    this.#sum = chainSum(this.#sum, JSON.stringify(event));
  };

  /** A store whose journals are noted when they are read, and refused when they are opened and hold anything else. */
  watch(store: Store): Store {
    return {
      create: (journal, events) => store.create(journal, events),
      open: async (journal, apply) => {
        const found = new SeenEvents();
        const open = await store.open(journal, found.#watchRecords(apply));
        if (found.#sum === this.#sum) return open;
        await open.close();
        throw new JournalUntrusted(journal, "it was changed after it was shown");
      },
      read: (journal, apply, options) => store.read(journal, this.#watchRecords(apply), options),
      list: (folder) => store.list(folder),
    };
  }

  #watchRecords(apply: (record: JournalRecord) => void): (record: JournalRecord) => void {
    return (record) => {
      record.events.forEach(this.add);
      apply(record);
    };
  }
}
