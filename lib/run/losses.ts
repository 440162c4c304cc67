import type { Event } from "../journal/event.ts";

/** What has happened, and is not in the journal because there was no room for it, or because its disk failed. */
export class Losses {
  readonly #ends: string[] = [];
  readonly #values: string[] = [];

  /** Notes that these events are not in the journal. */
  addEnds(events: readonly Event[]): void {
    for (const event of events) {
      if (event.type === "finished" || event.type === "failed") {
        this.#ends.push(`Step ${event.step} has ${event.type}, and that could not be recorded`);
      }
      if (event.type === "undone" && event.step !== undefined) {
        this.#ends.push(`Step ${event.step} was undone, and that could not be recorded`);
      }
    }
  }

  /** Notes that these events are in the journal, without the values that steps have returned. */
  addValues(events: readonly Event[]): void {
    for (const event of events) {
      if (event.type !== "finished" || event.value === undefined) continue;
      const size = JSON.stringify(event.value).length;
      this.#values.push(
        `Step ${event.step} has finished, and there was no room for its value (JSON of ${size} characters)`,
      );
    }
  }

  /** Whether somebody has to find out which steps have happened. */
  get hasEnds(): boolean {
    return this.#ends.length > 0;
  }

  /** Says what is lost, one sentence for each step. */
  describe(): readonly string[] {
    const advice = "Where a value is needed resume asks for it; rewind has the step run once more instead";
    return [...this.#ends, ...this.#values, ...(this.#values.length === 0 ? [] : [advice])];
  }
}
