import type { Event } from "./event.ts";

/** One durable append: one line of the file, one or more events that became true together. */
export interface JournalRecord {
  /** Position in the journal, counted from 0. This, not the clock, is the order of things. */
  readonly seq: number;
  /** When it was written, as an ISO date; for people. */
  readonly at: string;
  /** What happened. */
  readonly events: readonly Event[];
  /** What a newer version wrote in it, in words; its event is left out. Never written. */
  readonly unknown?: string;
}
