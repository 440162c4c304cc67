import type { Event } from "../../journal/event.ts";
import { findStep, type State } from "../../state/state.ts";
import type { StepState } from "../../state/step_state.ts";
import { readState as readAndFold } from "../../storage/read_state.ts";
import type { ReadJournal, Store } from "../../storage/store.ts";
import type { Json } from "../../values/json.ts";
import { formatValue } from "../format/format_value.ts";
import type { Redact } from "../redact/redact_secrets.ts";
import { type TimedEvent, timedEvent } from "./event_history.ts";
import { History } from "./history.ts";

/** What a journal holds, for a person or program that only looks. */
export interface ReadState {
  readonly state: State;
  /** What the state forgets. */
  readonly story: History;
  readonly cut?: CutValues;
  readonly read: ReadJournal;
  readonly format: number;
}

interface ReadStateOptions {
  readonly observe?: (event: TimedEvent) => void;
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
    note: (state, event, record) => {
      story.note(state, event, record.at);
      observe?.(timedEvent(state, event, record));
    },
    after: cut && ((state, { events }) => {
      for (const event of events) cut.cut(state, event);
    }),
  });
  return { ...found, story, cut };
}

/** Replaces large values with a line of text, so that a journal takes no more memory than its steps. No run can use it. */
export class CutValues {
  readonly #longest: number;
  readonly #redact: Redact;
  readonly #texts = new Map<StepState, string>();

  /** @param longest The approximate number of characters after which a value is cut. */
  constructor(longest: number, redact: Redact) {
    this.#longest = longest;
    this.#redact = redact;
  }

  /** Cuts the value that an event has just brought. */
  cut(state: State, event: Event): void {
    if (event.type !== "finished" && (event.type !== "decided" || event.decision !== "done")) return;
    if (event.value === undefined || !isLonger(event.value, this.#longest)) return;
    const step = findStep(state, event.step);
    // The value of a step that has returned a plan tells which steps' values are needed.
    if (step?.value === undefined || step.children !== undefined) return;
    this.#texts.set(step, formatValue(this.#redact(step.value)));
    step.value = undefined;
  }

  textOf(step: StepState): string | undefined {
    return this.#texts.get(step);
  }
}

/** Stops as soon as it is known. */
function isLonger(value: Json, longest: number): boolean {
  let left = longest;
  const spend = (part: Json): void => {
    left -= typeof part === "string" ? part.length + 2 : 4;
    if (left < 0 || typeof part !== "object" || part === null) return;
    for (const [key, inner] of Object.entries(part)) {
      left -= key.length;
      if (left < 0) return;
      spend(inner);
    }
  };
  spend(value);
  return left < 0;
}
