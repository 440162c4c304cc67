import { dirname } from "@std/path/dirname";
import { JournalDamaged, JournalLocked } from "../errors/opening_errors.ts";
import { decodeLine } from "../journal/decode_line.ts";
import { type JournalRecord, recordMarker } from "../journal/encode_record.ts";
import { attempt } from "../values/shape.ts";
import type { RecordLine } from "./open_journal.ts";
import { isSuspended } from "./file/classify_tail.ts";
import { type Disk, fileDisk, readFully } from "./file/disk.ts";
import { takeFileLock } from "./file/file_lock.ts";
import { createFile } from "./file/file_store.ts";
import { LineReader } from "./file/line_reader.ts";
import { hasSameFileIdentity, openError, openRegularFile, removeIfThere } from "./file/open_file.ts";
import { syncFolder } from "./file/sync_folder.ts";

/*
 * A journal file while its transaction moves between it and a database:
 *
 *   [{"seq":0, … }\n,{"seq":1, … }\n]     a journal
 *    {"seq":0, … }\n,{"seq":1, … }\n]     suspended: a blank in place of the first byte
 *
 * Nothing takes a suspended file for a journal. An export writes and syncs the whole file suspended, then the database calls
 * the transaction exported, then the first byte is written. An import does the same the other way round: when the database has
 * every record and still calls the transaction exported, the blank is written; then the database may run it, and the file goes.
 * So a crash leaves one copy that runs; or, between the two, a suspended file with every record beside an exported transaction,
 * which the same command completes when it is typed again.
 */

const BLANK = 0x20;
const BRACKET = 0x5b;
const CLOSING = 0x5d;
const BEGINNING_LENGTH = 16;
const PAGE_ROWS = 1000;
const PAGE_CHARACTERS = 1024 * 1024;
const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** One such file, which is open for reading and writing. */
export class MovingFile implements Disposable {
  readonly path: string;
  readonly #file: Deno.FsFile;
  readonly #disk: Disk;
  #end = 0;

  /** Owns the open file from now on, and closes it. */
  constructor(path: string, file: Deno.FsFile) {
    this.path = path;
    this.#file = file;
    this.#disk = fileDisk(file);
  }

  /** Nothing has been written into it: it is as `createMovingFile` makes it. */
  get isEmpty(): boolean {
    return this.#disk.size() === 0;
  }

  get isSuspended(): boolean {
    return isSuspended(readFully(this.#disk, 0, BEGINNING_LENGTH));
  }

  /** Begins a file anew: what was in it was never a journal. */
  begin(): void {
    this.#guard(() => this.#disk.truncate(0));
    this.#end = 0;
  }

  /** Writes lines after those before. The first byte of the file stays a blank. */
  append(lines: readonly RecordLine[]): void {
    const text = lines.map(({ seq, data }) => `${seq === 0 ? " " : recordMarker(seq)}${data}\n`).join("");
    this.#write(ENCODER.encode(text));
  }

  /** Makes what was appended a whole file, and durable. */
  async complete(): Promise<void> {
    this.#write(new Uint8Array([CLOSING]));
    this.#guard(() => {
      this.#requireSame();
      this.#disk.sync();
    });
    await syncFolder(dirname(this.path));
  }

  /** Makes it a journal: from now on, it may be run. */
  publish(): void {
    this.#mark(BRACKET);
  }

  /** It is no journal any more. Every other byte stays. */
  suspend(): void {
    this.#mark(BLANK);
  }

  /** One byte reaches the disk or not. */
  #mark(byte: number): void {
    this.#guard(() => {
      this.#requireSame();
      this.#disk.write(0, new Uint8Array([byte]));
      this.#disk.sync();
    });
  }

  /** Its first record, if that is whole. */
  get first(): RecordLine | undefined {
    const line = new LineReader(withBracket(this.#disk), 0).next();
    const text = line && attempt(() => line.text ?? DECODER.decode(line.bytes));
    const decoded = line && decodeLine(line.bytes, 0, "", { text });
    if (text === undefined || decoded === undefined || "reason" in decoded) return undefined;
    return { seq: 0, data: text.slice(1), sum: decoded.sum };
  }

  /** Its records as lines, some at a time, each after its checksum was verified. Throws `JournalDamaged`. */
  *lines(apply: (record: JournalRecord) => void = () => {}): Generator<readonly RecordLine[]> {
    const reader = new LineReader(withBracket(this.#disk), 0);
    let [records, lastSum, characters] = [0, "", 0];
    let page: RecordLine[] = [];
    for (let line = reader.next(); line !== undefined && line.bytes[0] !== CLOSING; line = reader.next()) {
      const text = line.text ?? DECODER.decode(line.bytes);
      const decoded = decodeLine(line.bytes, records, lastSum, { text });
      if ("reason" in decoded) throw new JournalDamaged(this.path, records + 1, `the line ${decoded.reason}`);
      apply(decoded.record);
      page.push({ seq: records, data: text.slice(1), sum: decoded.sum });
      [records, lastSum, characters] = [records + 1, decoded.sum, characters + text.length];
      if (page.length < PAGE_ROWS && characters < PAGE_CHARACTERS) continue;
      yield page;
      [page, characters] = [[], 0];
    }
    if (page.length > 0) yield page;
    const last = readFully(this.#disk, this.#disk.size() - 1, 1)[0];
    if (records === 0 || (this.isSuspended && last !== CLOSING)) {
      const what = "it is what is left of a move that was cut short, and is not complete";
      throw new JournalDamaged(this.path, records + 1, what);
    }
  }

  remove(): void {
    this.#guard(() => {
      this.#requireSame();
      removeIfThere(this.path);
    });
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }

  #write(bytes: Uint8Array): void {
    this.#guard(() => {
      for (let written = 0; written < bytes.length;) {
        written += this.#disk.write(this.#end + written, bytes.subarray(written));
      }
    });
    this.#end += bytes.length;
  }

  /** Another file may have taken its name. */
  #requireSame(): void {
    if (!hasSameFileIdentity(this.path, this.#file)) {
      throw openError(this.path, new Deno.errors.NotFound("it was moved, deleted or replaced"), "write");
    }
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      throw openError(this.path, error, "write");
    }
  }
}

/** The same disk as it would be with the first byte of a journal. */
function withBracket(disk: Disk): Disk {
  return {
    ...disk,
    read(offset, into) {
      const count = disk.read(offset, into);
      if (offset === 0 && count > 0 && into[0] === BLANK) into[0] = BRACKET;
      return count;
    },
  };
}

/** Creates a file for an export, and locks it. Throws `JournalExists`, or why it cannot be created. */
export async function createMovingFile(path: string): Promise<MovingFile> {
  return await lock(path, createFile(path));
}

/** Opens a file that is there, and locks it. Throws `JournalLocked` if another process has it. */
export async function openMovingFile(path: string): Promise<MovingFile> {
  return await lock(path, openRegularFile(path, "write"));
}

/** The same for a file that this process has locked already. */
export function shareMovingFile(path: string): MovingFile {
  return new MovingFile(path, openRegularFile(path, "write"));
}

async function lock(path: string, file: Deno.FsFile): Promise<MovingFile> {
  try {
    if (!await takeFileLock(file)) throw new JournalLocked(path);
    return new MovingFile(path, file);
  } catch (error) {
    file.close();
    throw openError(path, error, "write");
  }
}
