import { Fenced, JournalUnwritable, StorageFull } from "../../errors/storage_errors.ts";
import { encodeEvents, encodeRecord, joinEvents, MAX_LINE_BYTES } from "../../journal/encode_record.ts";
import type { Event } from "../../journal/event.ts";
import { MAX_COUNT } from "../../plan/node.ts";
import { quote, safeText } from "../../text/escape.ts";
import type { AppendOptions } from "../open_journal.ts";
import { FILLER, LEAST_FILLER, type Scan } from "./classify_tail.ts";
import { describeNoRoom, type Disk, isNoRoom, readFully } from "./disk.ts";

const KIBIBYTE = 1024;
const FILLER_SIZES: FillerSizes = { min: 16 * KIBIBYTE, max: 80 * KIBIBYTE };
const FILLER_PER_STEP = KIBIBYTE;
/** Filler is written from here. */
const FILLER_BYTES = new Uint8Array(64 * KIBIBYTE).fill(FILLER);
/** With more running steps than this, not every end has room of its own: the ends of many steps share records. */
const MAX_STEPS_WITH_ROOM = 16 * KIBIBYTE;
/** The file's length is a multiple of this. */
const BLOCK = 4096;
const BRACKET = 0x5d;
const NEWLINE = 0x0a;

export interface FillerSizes {
  /** Synced before a step starts: room for its end if the disk is full. */
  readonly min: number;
  /** After the file has grown. */
  readonly max: number;
}

type Mark = { readonly end: number; readonly sum: string };

interface JournalFileOptions {
  readonly journal: string;
  readonly now: () => Date;
  /**
   * Called before each record; throws {@linkcode Fenced} if the path leads to another file now, or to one that another
   * program has changed. `isDue`: the file is about to grow, after which its length no longer tells.
   */
  readonly checkOwner: (options?: { readonly isDue: boolean }) => void;
  /** Less filler than usual lets tests look at every byte. */
  readonly filler?: FillerSizes;
}

/**
 * Writes records into one journal file. What is done "later" does not block the process; nothing else may begin meanwhile.
 *
 * ```text
 *   [{"seq":0, … }\n,{"seq":1, … }\n]<TAB filler>
 *   '------------ records ---------' '- 16 to 80 KiB, synced before a record is written into it
 * ```
 *
 * An append overwrites the closing bracket and as much filler as it needs, and ends in a new bracket. It changes neither the
 * length of the file nor any byte of an earlier record. Filler is written and synced before it is needed: if the disk is
 * full, that shows there, before anything has happened.
 */
export class JournalFile {
  readonly #disk: Disk;
  readonly #options: JournalFileOptions;
  readonly #filler: FillerSizes;
  #seq: number;
  #sum: string;
  /** The offset of the closing bracket. */
  #end: number;
  #size: number;
  /** What was written may hide what happened before: the first record after each look is looked at, too. */
  #mark: Mark | undefined;
  #broken: JournalUnwritable | undefined;

  constructor(disk: Disk, scan: Scan, options: JournalFileOptions) {
    this.#disk = disk;
    this.#options = options;
    this.#filler = options.filler ?? FILLER_SIZES;
    this.#seq = scan.records;
    this.#sum = scan.lastSum;
    this.#end = scan.end;
    this.#size = disk.size();
  }

  /**
   * Writes the last record, the closing bracket and filler again, over what a crash left of a further append. If this is cut
   * short, the next scan finds the same records. The scan must have found one.
   */
  repair(scan: Scan): void {
    if (this.#broken !== undefined) throw this.#broken;
    this.#guard(() => {
      this.#reserve(this.#filler.min);
      // An fsync that failed in an earlier process may have left the last record only in memory: it is written again.
      const start = this.#end - scan.lastLine.length - 1;
      const bytes = new Uint8Array(this.#size - start).fill(FILLER);
      bytes.set(scan.lastLine);
      bytes.set([NEWLINE, BRACKET], scan.lastLine.length);
      this.#orFull(() => this.#write(start, bytes));
      this.#disk.sync();
    });
  }

  /** Makes room in an empty file, before its first record. */
  prepare({ later = false } = {}): void | Promise<void> {
    const bytes = new Uint8Array(this.#filler.max).fill(FILLER);
    bytes[0] = BRACKET;
    return this.#begin(bytes, bytes.length, later);
  }

  /**
   * Writes the first record of an empty file, and room after it, less for a plan of few steps. If this is cut short, the file may hold anything: it must
   * not have the journal's name yet.
   */
  create(events: readonly Event[], { later = false } = {}): void | Promise<void> {
    const { bytes, sum } = this.#encode(encodeEvents(events));
    const room = Math.min(this.#filler.min + FILLER_PER_STEP + 2 * bytes.length, this.#filler.max);
    const synced = this.#begin(bytes, roundUp(bytes.length + room), later);
    this.#advance(bytes, sum);
    return synced;
  }

  append(events: readonly Event[], options: AppendOptions = {}): void {
    this.#appendUnsynced(encodeEvents(events), options);
    this.#guard(() => this.#disk.syncData());
  }

  /** @param texts Lists of events from `encodeEvents`. They become one record. */
  async appendLater(texts: readonly string[], options: AppendOptions = {}): Promise<void> {
    this.#appendUnsynced(joinEvents(texts), options);
    await this.#guard(() => this.#disk.syncDataLater());
  }

  /**
   * Whether another program has truncated the file, whose size is given, appended to it, or saved it anew. Then nothing more is
   * written.
   */
  hasChanged(size: number): boolean {
    if (this.#broken !== undefined || this.#seq === 0) return false;
    const now = { end: this.#end, sum: this.#sum };
    const isSame = size === this.#size && this.#endsWith(now, "]") && this.#endsWith(this.#mark ?? now, "");
    this.#mark = now;
    return !isSame;
  }

  /** Without an encoder, which a step may have replaced: the text is ASCII, and the journal is not to seem changed. */
  #endsWith({ end, sum }: Mark, closing: string): boolean {
    const expected = `${sum}"}\n${closing}`;
    const found = readFully(this.#disk, end + closing.length - expected.length, expected.length);
    for (let index = 0; index < expected.length; index += 1) {
      if (found[index] !== expected.charCodeAt(index)) return false;
    }
    return true;
  }

  /** Accepts no further record, and leaves the file as it is. */
  abandon(error: JournalUnwritable): void {
    this.#broken ??= error;
  }

  /** Removes the filler: the file is at rest. */
  finish({ later = false } = {}): void | Promise<void> {
    if (this.#broken !== undefined) return;
    return this.#guard(() => {
      if (later) return this.#disk.truncateLater(this.#end + 1).then(() => this.#disk.syncLater());
      this.#disk.truncate(this.#end + 1);
      this.#disk.sync();
    });
  }

  #begin(bytes: Uint8Array, size: number, later: boolean): void | Promise<void> {
    return this.#guard(() => {
      this.#orFull(() => {
        this.#write(0, bytes);
        this.#fill(bytes.length, size);
      });
      this.#size = size;
      return later ? this.#disk.syncLater() : this.#disk.sync();
    });
  }

  #appendUnsynced(events: string, options: AppendOptions): void {
    if (this.#broken !== undefined) throw this.#broken;
    if (options.last !== true) this.#options.checkOwner();
    const { bytes, sum } = this.#encode(events);
    this.#makeRoom(bytes.length, options);
    this.#place(bytes);
    this.#advance(bytes, sum);
  }

  #encode(events: string): ReturnType<typeof encodeRecord> {
    if (this.#seq > MAX_COUNT) throw new RangeError(`Cannot write a record: the journal has ${this.#seq} already`);
    const record = { seq: this.#seq, at: this.#options.now().toISOString(), events };
    const encoded = encodeRecord(record, this.#sum);
    if (encoded.bytes.length - 2 > MAX_LINE_BYTES) {
      throw new RangeError(`Cannot write a record of ${encoded.bytes.length} bytes: ${MAX_LINE_BYTES} is the most`);
    }
    return encoded;
  }

  #advance(bytes: Uint8Array, sum: string): void {
    this.#seq += 1;
    this.#sum = sum;
    this.#end += bytes.length - 1;
    this.#mark ??= { end: this.#end, sum };
  }

  #makeRoom(length: number, options: AppendOptions): void {
    const left = this.#size - this.#end - length;
    if (options.last === true) {
      if (left < LEAST_FILLER) throw this.#full(new Error("the room kept for the end is used up"));
      return;
    }
    const needed = this.#filler.min + FILLER_PER_STEP * Math.min(options.stepsInFlight ?? 1, MAX_STEPS_WITH_ROOM);
    if (left < needed) this.#guard(() => this.#reserve(length + needed));
  }

  /** Makes sure that this many bytes of synced filler follow the closing bracket. */
  #reserve(bytes: number): void {
    const before = this.#size;
    if (before - this.#end - 1 >= bytes) return;
    this.#options.checkOwner({ isDue: true });
    const size = roundUp(this.#end + bytes + this.#filler.max - this.#filler.min);
    try {
      this.#fill(before, size);
    } catch (error) {
      if (!isNoRoom(error)) throw error;
      this.#disk.truncate(before);
      this.#disk.sync();
      throw this.#full(error);
    }
    this.#disk.syncData();
    this.#size = size;
  }

  /** Writes a record over the bracket. If there is no room even there (copy-on-write), restores the bracket. */
  #place(bytes: Uint8Array): void {
    this.#guard(() => {
      try {
        this.#write(this.#end, bytes);
      } catch (error) {
        if (!isNoRoom(error)) throw error;
        const restored = new Uint8Array(bytes.length).fill(FILLER);
        restored[0] = BRACKET;
        this.#write(this.#end, restored);
        this.#disk.sync();
        throw this.#full(error);
      }
    });
  }

  /** Writes where a part of it does no harm. */
  #orFull(write: () => void): void {
    try {
      write();
    } catch (error) {
      throw isNoRoom(error) ? this.#full(error) : error;
    }
  }

  #fill(start: number, end: number): void {
    for (let at = start; at < end; at += FILLER_BYTES.length) this.#write(at, FILLER_BYTES.subarray(0, end - at));
  }

  #write(offset: number, bytes: Uint8Array): void {
    let written = 0;
    while (written < bytes.length) {
      const count = this.#disk.write(offset + written, bytes.subarray(written));
      if (count <= 0) throw new Error("the disk took no bytes");
      written += count;
    }
  }

  #guard(work: () => void | Promise<void>): void | Promise<void> {
    const fail = (error: unknown) => {
      throw this.#toError(error);
    };
    try {
      return work()?.catch(fail);
    } catch (error) {
      fail(error);
    }
  }

  /** After any error but "no room", what reached the disk is unknown: no further append succeeds. */
  #toError(cause: unknown): JournalUnwritable {
    if (cause instanceof StorageFull || cause instanceof Fenced) return cause;
    // The first record is a plan: nothing has run.
    const known = this.#seq < 2
      ? ""
      : "It has everything that was acknowledged before; a running step may have finished without a record. ";
    const message = `Cannot write ${quote(this.#options.journal)}: ${safeText(cause)}. ${known}Repair the disk`;
    this.#broken ??= new JournalUnwritable(this.#options.journal, message, { cause });
    return this.#broken;
  }

  #full(cause: unknown): StorageFull {
    const message = `Cannot write ${quote(this.#options.journal)}: ${describeNoRoom(cause)}`;
    return new StorageFull(this.#options.journal, message, { cause });
  }
}

function roundUp(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}
