import type { Event, Resumed } from "../journal/event.ts";
import type { ModuleEntry } from "../journal/stored.ts";
import type { Observer } from "../run/transaction_options.ts";
import type { Store } from "../storage/store.ts";

/** Counts what a resume finds and does, for the line that it ends with. */
export class RunSummary implements Observer {
  readonly #skipped = new Set<string>();
  readonly #say: (line: string) => void;
  #modules: readonly ModuleEntry[] = [];
  #steps = 0;
  #started = 0;

  /** @param say Told what the person who resumes should know before the first step runs. */
  constructor(say: (line: string) => void) {
    this.#say = say;
  }

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
    if (event.type === "resumed") this.#tellChanges(event);
    this.#count(event);
  };

  /** Says in one line how the transaction ended well. */
  describe(): string {
    const skipped = this.#skipped.size;
    const steps = `${this.#steps - skipped} of ${this.#steps} ${this.#steps === 1 ? "step" : "steps"}`;
    const left = skipped === 0 ? "" : `, ${skipped} left out`;
    return `finished: ${steps}${left}${this.#started === 0 ? "; no step had to run" : ""}`;
  }

  #tellChanges({ modules = [], recovered }: Resumed): void {
    for (const { module, url, sha256 } of modules) {
      const name = url ?? this.#modules[module]?.url ?? `module ${module}`;
      if (sha256 !== undefined) this.#say(`changed since the plan was made: ${name}`);
    }
    if (recovered === undefined) return;
    const kept = recovered.savedAs === undefined ? "" : `, kept in ${recovered.savedAs}`;
    this.#say(`a crash had cut the last record short: ${recovered.cutBytes} bytes were removed${kept}`);
  }

  #count(event: Event): void {
    if (event.type === "opened") this.#modules = event.modules;
    if (event.type === "ready") this.#steps = event.nodes;
    if (event.type === "started") this.#skipped.delete(event.step);
    if (event.type !== "decided") return;
    if (event.decision === "skip") this.#skipped.add(event.step);
    if (event.decision === "done") this.#skipped.delete(event.step);
  }
}
