import type { Disk } from "../../../lib/storage/file/disk.ts";

/** A disk without faults, for images that were made beforehand. */
export class MemoryDisk implements Disk {
  #bytes: Uint8Array;
  #size: number;

  /** Takes the bytes over; `size` may be less than their number, the rest is room to grow. */
  constructor(bytes: Uint8Array, size: number = bytes.length) {
    this.#bytes = bytes;
    this.#size = size;
  }

  /** The content. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#size);
  }

  /** See `Disk`. */
  size(): number {
    return this.#size;
  }

  /** See `Disk`. */
  read(offset: number, into: Uint8Array): number {
    const part = this.#bytes.subarray(offset, Math.min(this.#size, offset + into.length));
    into.set(part);
    return part.length;
  }

  /** See `Disk`. */
  write(offset: number, bytes: Uint8Array): number {
    const end = offset + bytes.length;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(end + 65_536);
      larger.set(this.bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, offset);
    this.#size = Math.max(this.#size, end);
    return bytes.length;
  }

  /** See `Disk`. */
  truncate(size: number): void {
    this.#size = size;
  }

  /** See `Disk`. */
  // deno-lint-ignore require-await -- it fails as a promise does
  async truncateLater(size: number): Promise<void> {
    this.truncate(size);
  }

  /** See `Disk`. */
  syncData(): void {}

  /** See `Disk`. */
  syncDataLater(): Promise<void> {
    return Promise.resolve();
  }

  /** See `Disk`. */
  sync(): void {}

  /** See `Disk`. */
  syncLater(): Promise<void> {
    return Promise.resolve();
  }
}
