/**
 * One open file, as a journal needs it. Tests replace it by a disk that fails, tears writes and loses what was not synced.
 * Everything but the syncs takes microseconds and is synchronous. A sync "later" does not block the process.
 *
 * Does not promise that a `write` is complete. Until a sync has returned, what was written may reach the disk in any order,
 * in parts of the size of a sector, or not at all. After a sync that failed, what reached the disk is unknown, even if a
 * later sync succeeds.
 */
export interface Disk {
  size(): number;
  /** Reads from an offset. Returns how many bytes were read; 0 at the end. */
  read(offset: number, into: Uint8Array): number;
  /** Writes at an offset. Returns how many bytes were written, at least 1. */
  write(offset: number, bytes: Uint8Array): number;
  truncate(size: number): void;
  truncateLater(size: number): Promise<void>;
  /** Waits until data and length are durable. */
  syncData(): void;
  syncDataLater(): Promise<void>;
  /** Waits until everything about the file is durable. */
  sync(): void;
  syncLater(): Promise<void>;
}

/** Reads up to `length` bytes; fewer only at the end of the file. */
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

/** A real file, which nothing else reads or writes by the same open file. Its owner closes it. */
export function fileDisk(file: Deno.FsFile): Disk {
  let position = NaN;
  const seek = (offset: number) => {
    if (offset !== position) file.seekSync(offset, Deno.SeekMode.Start);
    position = NaN;
  };
  return {
    size: () => file.statSync().size,
    read(offset, into) {
      seek(offset);
      const count = file.readSync(into) ?? 0;
      position = offset + count;
      return count;
    },
    write(offset, bytes) {
      seek(offset);
      const count = file.writeSync(bytes);
      position = offset + count;
      return count;
    },
    truncate: (size) => file.truncateSync(size),
    truncateLater: (size) => file.truncate(size),
    syncData: () => file.syncDataSync(),
    syncDataLater: () => file.syncData(),
    sync: () => file.syncSync(),
    syncLater: () => file.sync(),
  };
}

const CODES = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);
/** The same errors as numbers of the operating system: Deno gives a code only to some. */
const UNIX_NUMBERS = Deno.build.os === "darwin" ? [27, 28, 69] : [27, 28, 122];
const NUMBERS: ReadonlySet<number> = new Set(Deno.build.os === "windows" ? [39, 112] : UNIX_NUMBERS);

/** Tells whether an error means that there is no room on the disk, in the user's quota or in the limit of a file's size. */
export function isNoRoom(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error && typeof error.code === "string") return CODES.has(error.code);
  const number = /\(os error (\d+)\)/.exec(error.message)?.[1];
  return number !== undefined && NUMBERS.has(Number(number));
}

/** Says where there is no room, and what to do. The error is one that `isNoRoom` knows. */
export function describeNoRoom(error: unknown): string {
  // Deno has no name for the error of a write beyond `ulimit -f`.
  const text = error instanceof Error ? `${"code" in error ? error.code : ""} ${error.message}` : "";
  const isLimit = Deno.build.os !== "windows" && /EFBIG|\(os error 27\)/.test(text);
  if (!isLimit) return "no space left on its disk. Make room";
  return "it would exceed the file size limit. Raise the limit (ulimit -f), or use another file system";
}
