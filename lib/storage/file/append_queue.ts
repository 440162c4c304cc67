import { encodeEvents } from "../../journal/encode_record.ts";
import type { Event } from "../../journal/event.ts";
import type { AppendOptions } from "../store.ts";
import type { JournalFile } from "./journal_file.ts";

/** Events that arrive while the disk works share the next record, up to this size. */
const MAX_SHARED_BYTES = 8 * 1024 * 1024;
/** If the disk is faster than this, waiting for it takes less time than a turn of the event loop. */
const FAST_SYNC_MS = 1;
const ENCODER = new TextEncoder();
const BEYOND_ASCII = /[^\x20-\x7e]/;

interface Waiting {
  /** The events as text: the caller may change the originals. */
  readonly text: string;
  readonly options: AppendOptions;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Decides for each append whether it blocks the process. Blocking is faster for a single run with one step in flight on a
 * fast disk. Otherwise events that arrive during a sync share the next one.
 */
export class AppendQueue {
  readonly #file: JournalFile;
  readonly #isAlone: () => boolean;
  #waiting: Waiting[] = [];
  #lastSyncMs = 0;
  #work: Promise<void> | undefined;

  /** @param isAlone Tells whether the journal is the only one that is open in this process. */
  constructor(file: JournalFile, isAlone: () => boolean) {
    this.#file = file;
    this.#isAlone = isAlone;
  }

  append(events: readonly Event[], options: AppendOptions): void | Promise<void> {
    const isQuiet = this.#work === undefined && (options.stepsInFlight ?? 1) <= 1 && this.#isAlone();
    if (isQuiet && this.#lastSyncMs < FAST_SYNC_MS) {
      const begin = performance.now();
      this.#file.append(events, options);
      this.#lastSyncMs = performance.now() - begin;
      return;
    }
    const text = encodeEvents(events);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ text, options, resolve, reject });
      this.#work ??= this.#drain();
    });
  }

  async settle(): Promise<void> {
    await this.#work;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#takeBatch();
      const begin = performance.now();
      try {
        await this.#file.appendLater(batch.map(({ text }) => text), sharedOptions(batch));
        for (const entry of batch) entry.resolve();
      } catch (error) {
        for (const entry of batch) entry.reject(error);
      }
      this.#lastSyncMs = performance.now() - begin;
    }
    this.#work = undefined;
  }

  #takeBatch(): readonly Waiting[] {
    let count = 0;
    let bytes = 0;
    for (const { text } of this.#waiting) {
      bytes += countBytes(text);
      if (count > 0 && bytes > MAX_SHARED_BYTES) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }
}

/** Nearly every text is ASCII, where each character is one byte. */
function countBytes(text: string): number {
  return BEYOND_ASCII.test(text) ? ENCODER.encode(text).length : text.length;
}

function sharedOptions(batch: readonly Waiting[]): AppendOptions {
  return {
    stepsInFlight: batch.reduce((most, entry) => Math.max(most, entry.options.stepsInFlight ?? 1), 0),
    last: batch.every((entry) => entry.options.last === true),
  };
}
