import type { JournalRecord } from "../../journal/encode_record.ts";
import type { Event, EventOf, EventType } from "../../journal/event.ts";
import { findStep, type State } from "../../state/state.ts";
import { withoutUndefined } from "../../values/json.ts";
import type { InspectedRun } from "./inspection.ts";

/** An event of a record, and the names of what it refers to. */
export interface TimedEvent extends Pick<JournalRecord, "seq" | "at"> {
  readonly event: Event;
  /** Its step: the author's name for it, or its function's; empty if there is none. */
  readonly step: string;
  /** Of a run: the modules that have moved or changed since the run before. */
  readonly modules: ChangedModules;
}

type ChangedModules = NonNullable<InspectedRun["modules"]>;

/** What a new run says about modules, with where they were before. */
export function changedModules(state: State, { modules = [] }: EventOf<"resumed">): ChangedModules {
  return modules.map(({ module, url, sha256 }) => {
    const before = state.modules[module]?.url ?? "";
    return withoutUndefined({ url: url ?? before, from: url === undefined ? undefined : before, sha256 });
  });
}

/** Takes the names from the state before the event: after it, a step may be gone, and a module somewhere else. */
export function timedEvent(state: State, event: Event, { seq, at }: Pick<JournalRecord, "seq" | "at">): TimedEvent {
  const node = "step" in event && event.step !== undefined ? findStep(state, event.step)?.node : undefined;
  return {
    ...{ seq, at, event },
    step: node?.name ?? (node?.kind === "step" ? node.export : node?.kind ?? ""),
    modules: event.type === "resumed" ? changedModules(state, event) : [],
  };
}

/** An event to show, or a number of events that are left out. */
export type HistoryEntry =
  | { readonly kind: "event"; readonly event: TimedEvent }
  | { readonly kind: "gap"; readonly count: number };

/** How many events are kept from the beginning, from the end, and of those between them that matter. */
const FIRST = 15;
const LAST = 40;
const MATTERING = 60;
const MATTER: ReadonlySet<EventType> = new Set<EventType>([
  "failed",
  "aborted",
  "resumed",
  "decided",
  "signalled",
  "cancelled",
  "stopped",
  "refused",
  "reclaimed",
]);

interface Numbered {
  readonly index: number;
  readonly event: TimedEvent;
}

/** Selects the events of a journal that are worth showing: of a long one, a bounded number. */
export class EventHistory {
  readonly #all: boolean;
  readonly #first: Numbered[] = [];
  #last: Numbered[] = [];
  #mattering: Numbered[] = [];
  count = 0;

  constructor(options: { readonly all: boolean }) {
    this.#all = options.all;
  }

  add(event: TimedEvent): void {
    const numbered = { index: this.count, event };
    this.count += 1;
    if (this.#all || this.#first.length < FIRST) return void this.#first.push(numbered);
    this.#last.push(numbered);
    // Cut now and then, not each time.
    if (this.#last.length >= 2 * LAST) this.#keepMattering(this.#last.splice(0, this.#last.length - LAST));
  }

  entries(): readonly HistoryEntry[] {
    this.#keepMattering(this.#last.splice(0, Math.max(0, this.#last.length - LAST)));
    const entries: HistoryEntry[] = [];
    let expected = 0;
    for (const { index, event } of [...this.#first, ...this.#mattering, ...this.#last]) {
      if (index > expected) entries.push({ kind: "gap", count: index - expected });
      entries.push({ kind: "event", event });
      expected = index + 1;
    }
    return entries;
  }

  #keepMattering(passed: readonly Numbered[]): void {
    this.#mattering.push(...passed.filter(({ event }) => MATTER.has(event.event.type)));
    this.#mattering = this.#mattering.slice(-MATTERING);
  }
}
