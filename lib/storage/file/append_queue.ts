import { encodeEvents } from "../../journal/encode_record.ts";
import type { Event } from "../../journal/event.ts";
import type { AppendOptions } from "../open_journal.ts";
import type { JournalFile } from "./journal_file.ts";

/** Events that arrive while the disk works share the next record, up to this size. */
const MAX_SHARED_BYTES = 8 * 1024 * 1024;
/** If the disk is faster than this, waiting for it takes less time than a turn of the event loop. */
const FAST_SYNC_MS = 1;
/** Fewer slow syncs in a row are exceptions of a fast disk. */
const MAX_SLOW_SYNCS = 3;
const ENCODER = new TextEncoder();
const BEYOND_ASCII = /[^\x20-\x7e]/;

/** Events that become one record. */
interface Batch {
  /** The events as text: the caller may change the originals. */
  readonly texts: string[];
  bytes: number;
  /** Of the appends that share it: the most steps that will run, and whether all of them are the last. */
  options: AppendOptions;
}

/**
 * Decides for each append whether it blocks the process. Blocking is faster for a single run with one step in flight on a
 * fast disk. Otherwise events that arrive during a sync share the next one.
 */
export class AppendQueue {
  readonly #file: JournalFile;
  readonly #isAlone: () => boolean;
  /** The batch that is written now, or after others, as the last one. */
  #last: Batch | undefined;
  #work: Promise<void> | undefined;
  /** The last batch is not written yet: it takes more events. */
  #isWaiting = false;
  /** In a row, up to now. */
  #slowSyncs = 0;

  /** @param isAlone Tells whether the journal is the only one that is open in this process. */
  constructor(file: JournalFile, isAlone: () => boolean) {
    this.#file = file;
    this.#isAlone = isAlone;
  }

  append(events: readonly Event[], options: AppendOptions): void | Promise<void> {
    const isQuiet = this.#work === undefined && (options.stepsInFlight ?? 1) <= 1 && this.#isAlone();
    if (isQuiet && this.#slowSyncs < MAX_SLOW_SYNCS) {
      const begin = performance.now();
      this.#file.append(events, options);
      this.#noteSync(begin);
      return;
    }
    const text = encodeEvents(events);
    const bytes = this.#work === undefined ? 0 : countBytes(text);
    if (this.#isWaiting && this.#last !== undefined && this.#last.bytes + bytes <= MAX_SHARED_BYTES) {
      this.#last.texts.push(text);
      this.#last.bytes += bytes;
      this.#last.options = shareOptions(this.#last.options, options);
      return this.#work;
    }
    const batch = { texts: [text], bytes, options };
    this.#last = batch;
    this.#isWaiting = this.#work !== undefined;
    const write = () => this.#write(batch);
    return this.#work = this.#work === undefined ? write() : this.#work.then(write, write);
  }

  #noteSync(begin: number): void {
    this.#slowSyncs = performance.now() - begin < FAST_SYNC_MS ? 0 : this.#slowSyncs + 1;
  }

  async settle(): Promise<void> {
    // Those who wait for it are told of an error.
    await this.#work?.catch(() => {});
  }

  async #write(batch: Batch): Promise<void> {
    if (this.#last === batch) this.#isWaiting = false;
    const begin = performance.now();
    try {
      await this.#file.appendLater(batch.texts, batch.options);
    } finally {
      this.#noteSync(begin);
      if (this.#last === batch) this.#work = undefined;
    }
  }
}

/** Nearly every text is ASCII, where each character is one byte. */
function countBytes(text: string): number {
  return BEYOND_ASCII.test(text) ? ENCODER.encode(text).length : text.length;
}

function shareOptions(a: AppendOptions, b: AppendOptions): AppendOptions {
  return {
    stepsInFlight: Math.max(a.stepsInFlight ?? 1, b.stepsInFlight ?? 1),
    last: a.last === true && b.last === true,
  };
}
