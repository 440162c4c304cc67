import type { Event } from "../journal/event.ts";
import type { Observer } from "../run/transaction_options.ts";
import type { Store } from "../storage/store.ts";

/** Counts what a resume finds and does, for the line that it ends with. */
export class RunSummary implements Observer {
  readonly #skipped = new Set<string>();
  #steps = 0;
  #started = 0;

  /** A store whose journals are counted while they are opened. */
  watch(store: Store): Store {
    return {
      create: (journal, events) => store.create(journal, events),
      open: (journal, apply) =>
        store.open(journal, (record) => {
          for (const event of record.events) this.#count(event);
          apply(record);
        }),
      read: (journal, apply) => store.read(journal, apply),
      list: (folder) => store.list(folder),
    };
  }

  /** Counts what happens in this run. */
  readonly event = (event: Event): void => {
    if (event.type === "started") this.#started += 1;
    this.#count(event);
  };

  /** Says in one line how the transaction ended well. */
  describe(): string {
    const skipped = this.#skipped.size;
    const steps = `${this.#steps - skipped} of ${this.#steps} ${this.#steps === 1 ? "step" : "steps"}`;
    const left = skipped === 0 ? "" : `, ${skipped} left out`;
    return `finished: ${steps}${left}${this.#started === 0 ? "; no step had to run" : ""}`;
  }

  #count(event: Event): void {
    if (event.type === "ready") this.#steps = event.nodes;
    if (event.type === "started") this.#skipped.delete(event.step);
    if (event.type !== "decided") return;
    if (event.decision === "skip") this.#skipped.add(event.step);
    if (event.decision === "done") this.#skipped.delete(event.step);
  }
}
