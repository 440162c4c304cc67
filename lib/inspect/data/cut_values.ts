import type { Event } from "../../journal/event.ts";
import { findStep, type State } from "../../state/state.ts";
import type { StepState } from "../../state/step_state.ts";
import type { Encoded, Json } from "../../values/json.ts";
import { formatValue } from "../format/format_value.ts";

/**
 * Keeps a line of text in the place of each large value, so that a journal takes no more memory than its steps need. Only
 * for somebody who looks: nothing can run on such a state.
 */
export class CutValues {
  readonly #longest: number;
  readonly #redact: (encoded: Encoded) => Encoded;
  readonly #texts = new Map<StepState, string>();

  /**
   * @param longest Values of more than about so many characters are cut.
   * @param redact Takes out of a value what is not to be shown.
   */
  constructor(longest: number, redact: (encoded: Encoded) => Encoded) {
    this.#longest = longest;
    this.#redact = redact;
  }

  /** Cuts the value that an event has just brought. */
  cut(state: State, event: Event): void {
    if (event.type !== "finished" && (event.type !== "decided" || event.decision !== "done")) return;
    if (event.value === undefined || !isLonger(event.value, this.#longest)) return;
    const step = findStep(state, event.step);
    // The value of a step that has returned a plan says which steps' values are needed.
    if (step?.value === undefined || step.children !== undefined) return;
    this.#texts.set(step, formatValue(this.#redact(step.value)));
    step.value = undefined;
  }

  /** The text of a value that was cut; nothing if it was not. */
  textOf(step: StepState): string | undefined {
    return this.#texts.get(step);
  }
}

/** Goes through a value only as far as it takes to know. */
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
