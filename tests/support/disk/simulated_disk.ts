import type { Disk } from "../../../lib/storage/file/disk.ts";

/** The calls that change something or promise something. */
export type DiskCall = "write" | "truncate" | "syncData" | "syncDataLater" | "sync" | "syncLater";

/** What happens to one call instead of its work. */
export type DiskFault =
  /** It fails. `short`: it is a write that takes only its first part; that it fails is for the next call to tell. */
  | { readonly kind: "error"; readonly code: string; readonly short: boolean }
  /** The process dies in it; what it had written before stays in the system's memory. */
  | { readonly kind: "killed" };

/** A sector whose content on the disk is uncertain. */
export interface UncertainSector {
  /** Its number in the file. */
  readonly sector: number;
  /** What it may hold: first what was durable, last what was written last. */
  readonly choices: readonly Uint8Array[];
}

/** Everything that a power cut at this moment may leave. */
export interface DiskState {
  /** What is durable for sure, apart from the uncertain sectors. */
  readonly durable: Uint8Array;
  /** The sectors that may hold one thing or another. */
  readonly uncertain: readonly UncertainSector[];
  /** The lengths that the file may have. */
  readonly sizes: readonly number[];
  /** Bytes in a sector. */
  readonly sectorBytes: number;
}

/** The process that used the disk is dead. */
export class Killed extends Error {}

/**
 * A file on a disk that keeps only what was synced. Each sector is written as a whole, at any time and in any order,
 * before the next sync has returned. A sync that fails leaves its sectors undecided, and the system takes them for
 * written: a later sync does nothing for them, only writing them again does (which is how Linux does it).
 *
 * Not simulated, because the journal assumes it (docs/journal.md): damage outside of what was written. A short write ends
 * at a sector border, as it does on real file systems inside a file's length.
 */
export class SimulatedDisk implements Disk {
  /** How often each call was made. */
  readonly calls: Record<DiskCall, number> = {
    write: 0,
    truncate: 0,
    syncData: 0,
    syncDataLater: 0,
    sync: 0,
    syncLater: 0,
  };
  /** Decides, before each call, whether something happens to it. `grows`: it would make the file longer. */
  fault: ((call: DiskCall, count: number, grows: boolean) => DiskFault | undefined) | undefined;
  /** Is told after each call that changed what a power cut may leave, also if the call failed. */
  changed: (() => void) | undefined;

  readonly #sectorBytes: number;
  #view: Uint8Array;
  #size: number;
  #durable: Uint8Array;
  #sizes: number[] = [];
  /** What was written into a sector since it was durable, oldest first. */
  readonly #written = new Map<number, Uint8Array[]>();
  /** Sectors that a failed sync has left undecided, and that were not written since. */
  readonly #forgotten = new Set<number>();

  /** Starts with a durable content. */
  constructor(sectorBytes: number, content: Uint8Array = new Uint8Array()) {
    this.#sectorBytes = sectorBytes;
    this.#view = content.slice();
    this.#size = content.length;
    this.#durable = content.slice();
  }

  /** What a reader sees now. */
  get view(): Uint8Array {
    return this.#view.subarray(0, this.#size);
  }

  /** How many syncs of any kind there were. */
  get syncs(): number {
    return this.calls.syncData + this.calls.syncDataLater + this.calls.sync + this.calls.syncLater;
  }

  /** What a power cut now may leave. */
  state(): DiskState {
    const uncertain: UncertainSector[] = [];
    for (const [sector, versions] of this.#written) {
      const choices = distinct([this.#sectorOf(this.#durable, sector), ...versions]);
      if (choices.length > 1) uncertain.push({ sector, choices });
    }
    uncertain.sort((a, b) => a.sector - b.sector);
    const sizes = [...new Set([this.#durable.length, ...this.#sizes])];
    return { durable: this.#durable, uncertain, sizes, sectorBytes: this.#sectorBytes };
  }

  /** See `Disk`. */
  size(): number {
    return this.#size;
  }

  /** See `Disk`. */
  read(offset: number, into: Uint8Array): number {
    const part = this.#view.subarray(offset, Math.min(this.#size, offset + into.length));
    into.set(part);
    return part.length;
  }

  /** See `Disk`. */
  write(offset: number, bytes: Uint8Array): number {
    const fault = this.#count("write", offset + bytes.length > this.#size);
    if (fault?.kind === "killed") throw new Killed("killed in write");
    if (fault !== undefined && !fault.short) throw ioError(fault.code);
    const count = fault === undefined ? bytes.length : this.#shortLength(offset, bytes.length);
    this.#put(offset, bytes.subarray(0, count));
    this.changed?.();
    return count;
  }

  /** See `Disk`. */
  truncate(size: number): void {
    const fault = this.#count("truncate");
    if (fault !== undefined) this.#fail(fault, "truncate");
    const first = Math.floor(size / this.#sectorBytes);
    const last = Math.ceil(this.#size / this.#sectorBytes);
    this.#reserve(size);
    this.#view.fill(0, Math.min(size, this.#size));
    this.#size = size;
    this.#sizes.push(size);
    for (let sector = first; sector < last; sector += 1) this.#note(sector);
    this.changed?.();
  }

  /** See `Disk`. */
  // deno-lint-ignore require-await -- it fails as a promise does
  async truncateLater(size: number): Promise<void> {
    this.truncate(size);
  }

  /** See `Disk`. */
  syncData(): void {
    this.#sync("syncData");
  }

  /** See `Disk`. */
  // deno-lint-ignore require-await -- it fails as a promise does
  async syncDataLater(): Promise<void> {
    this.#sync("syncDataLater");
  }

  /** See `Disk`. */
  sync(): void {
    this.#sync("sync");
  }

  /** See `Disk`. */
  // deno-lint-ignore require-await -- it fails as a promise does
  async syncLater(): Promise<void> {
    this.#sync("syncLater");
  }

  #sync(call: DiskCall): void {
    const fault = this.#count(call);
    if (fault !== undefined) {
      if (fault.kind === "error") { for (const sector of this.#written.keys()) this.#forgotten.add(sector); }
      this.changed?.();
      this.#fail(fault, call);
    }
    this.#makeDurable();
    this.changed?.();
  }

  #makeDurable(): void {
    const durable = new Uint8Array(this.#size);
    durable.set(this.#durable.subarray(0, this.#size));
    this.#durable = durable;
    this.#sizes = [];
    for (const [sector, versions] of this.#written) {
      if (this.#forgotten.has(sector)) continue;
      const offset = sector * this.#sectorBytes;
      const newest = versions.at(-1);
      if (newest !== undefined && offset < this.#size) durable.set(newest.subarray(0, this.#size - offset), offset);
      this.#written.delete(sector);
    }
  }

  #put(offset: number, bytes: Uint8Array): void {
    const end = offset + bytes.length;
    this.#reserve(end);
    this.#view.set(bytes, offset);
    if (end > this.#size) {
      this.#size = end;
      this.#sizes.push(end);
    }
    for (let sector = Math.floor(offset / this.#sectorBytes); sector * this.#sectorBytes < end; sector += 1) {
      this.#note(sector);
      this.#forgotten.delete(sector);
    }
  }

  #note(sector: number): void {
    const versions = this.#written.get(sector) ?? [];
    versions.push(this.#sectorOf(this.#view, sector));
    this.#written.set(sector, versions);
  }

  #sectorOf(bytes: Uint8Array, sector: number): Uint8Array {
    const content = new Uint8Array(this.#sectorBytes);
    content.set(bytes.subarray(sector * this.#sectorBytes, (sector + 1) * this.#sectorBytes));
    return content;
  }

  #shortLength(offset: number, length: number): number {
    const border = Math.floor((offset + length / 2) / this.#sectorBytes) * this.#sectorBytes;
    return border > offset ? border - offset : length;
  }

  #reserve(size: number): void {
    if (size <= this.#view.length) return;
    const larger = new Uint8Array(size + 65_536);
    larger.set(this.view);
    this.#view = larger;
  }

  #count(call: DiskCall, grows = false): DiskFault | undefined {
    this.calls[call] += 1;
    const all = this.syncs + this.calls.write + this.calls.truncate;
    return this.fault?.(call, all, grows);
  }

  #fail(fault: DiskFault, call: DiskCall): never {
    throw fault.kind === "killed" ? new Killed(`killed in ${call}`) : ioError(fault.code);
  }
}

function distinct(contents: readonly Uint8Array[]): Uint8Array[] {
  return contents.filter((content, index) =>
    !contents.slice(0, index).some((other) => other.every((byte, place) => byte === content[place]))
  );
}

function ioError(code: string): Error {
  return Object.assign(new Error(`${code} of the simulated disk`), { code });
}
