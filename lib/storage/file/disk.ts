/**
 * One open file, as the journal needs it: the seam at which tests put a disk that fails, tears writes and loses what was
 * not synced. All but the syncs take microseconds and are synchronous.
 *
 * What it does not promise: a `write` may be short; what was written may reach the disk in any order and in parts of a
 * sector's size, or not at all, until a sync has returned; a sync that failed says nothing about what reached the disk, and
 * neither does one that succeeds after it.
 */
export interface Disk {
  /** The file's length in bytes. */
  size(): number;
  /** Reads from an offset. Returns how many bytes were read; 0 at the end. */
  read(offset: number, into: Uint8Array): number;
  /** Writes at an offset. Returns how many bytes were written, at least 1. */
  write(offset: number, bytes: Uint8Array): number;
  /** Sets the file's length. */
  truncate(size: number): void;
  /** Waits until data and length are durable. */
  syncData(): void;
  /** The same without blocking the process. */
  syncDataLater(): Promise<void>;
  /** Waits until data, length and all else about the file are durable. */
  sync(): void;
  /** The same without blocking the process. */
  syncLater(): Promise<void>;
}

/** Reads as many bytes as there are, up to a length: a single read may bring fewer. */
export function readFully(disk: Disk, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(Math.max(0, length));
  let filled = 0;
  while (filled < bytes.length) {
    const count = disk.read(offset + filled, bytes.subarray(filled));
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

/** A real file. */
export class FileDisk implements Disk {
  readonly #file: Deno.FsFile;

  /** Takes an open file; whoever opened it closes it. */
  constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /** See {@linkcode Disk}. */
  size(): number {
    return this.#file.statSync().size;
  }

  /** See {@linkcode Disk}. */
  read(offset: number, into: Uint8Array): number {
    this.#file.seekSync(offset, Deno.SeekMode.Start);
    return this.#file.readSync(into) ?? 0;
  }

  /** See {@linkcode Disk}. */
  write(offset: number, bytes: Uint8Array): number {
    this.#file.seekSync(offset, Deno.SeekMode.Start);
    return this.#file.writeSync(bytes);
  }

  /** See {@linkcode Disk}. */
  truncate(size: number): void {
    this.#file.truncateSync(size);
  }

  /** See {@linkcode Disk}. */
  syncData(): void {
    this.#file.syncDataSync();
  }

  /** See {@linkcode Disk}. */
  syncDataLater(): Promise<void> {
    return this.#file.syncData();
  }

  /** See {@linkcode Disk}. */
  sync(): void {
    this.#file.syncSync();
  }

  /** See {@linkcode Disk}. */
  syncLater(): Promise<void> {
    return this.#file.sync();
  }
}

const CODES = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);
/** The same errors as numbers of the operating system: Deno gives only some of them a code. */
const LINUX = new Set([27, 28, 122]);
const MACOS = new Set([27, 28, 69]);
const WINDOWS = new Set([39, 112]);

/** Tells whether an error says that there is no room: on the disk, in the user's quota, or in what a file may grow to. */
export function isNoRoom(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error && typeof error.code === "string") return CODES.has(error.code);
  const number = /\(os error (\d+)\)/.exec(error.message)?.[1];
  return number !== undefined && numbers().has(Number(number));
}

/** Says what there is no room in, and what to do about it, of an error that `isNoRoom` knows. */
export function describeNoRoom(error: unknown): string {
  // Deno gives the code of a write beyond `ulimit -f` no name of its own.
  const text = error instanceof Error ? `${"code" in error ? error.code : ""} ${error.message}` : "";
  const isLimit = Deno.build.os !== "windows" && /EFBIG|\(os error 27\)/.test(text);
  if (!isLimit) return "no space left on its disk. Make room";
  return "it would be longer than a file may be here. Raise the limit (ulimit -f), or take another file system";
}

function numbers(): ReadonlySet<number> {
  if (Deno.build.os === "windows") return WINDOWS;
  return Deno.build.os === "darwin" ? MACOS : LINUX;
}
