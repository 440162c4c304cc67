import { JournalDamaged, JournalTooNew } from "../../errors/opening_errors.ts";
import type { JournalRecord } from "../../journal/encode_record.ts";
import type { FollowedJournal, ReadJournal, ReadOptions } from "../store.ts";
import { type Disk, fileDisk } from "./disk.ts";
import { isLocked } from "./file_lock.ts";
import { hasSameFileIdentity, openRegularFile, reading } from "./open_file.ts";
import { EMPTY_SCAN, isAtRest, type Scan } from "./classify_tail.ts";
import { scanJournal, type ScanOptions } from "./scan_journal.ts";

/** While another process writes, the end of the file may be seen half-written; the next look sees it whole. */
const MAX_LOOKS = 50;
/** Without a lock, the end of a file may be seen half-written if a writer has just started or has just died. */
const MAX_LOOKS_AT_REST = 2;

/** See `Store.read`. */
export async function readJournalFile(
  journal: string,
  apply: Apply,
  { verifiesFirst = false }: ReadOptions = {},
): Promise<ReadJournal> {
  using file = openRegularFile(journal, "read");
  const disk = fileDisk(file);
  // Asked first: a writer that ends after this has left a file at rest, which cannot look torn.
  let isHeld = isHeldByOwner(journal, file);
  const look = (options: ScanOptions) => reading(journal, () => scanJournal(disk, apply, options));
  let scan = look({ verifiesFirst });
  for (let looks = 1; scan.tail.kind === "damaged" && looks < maxLooks(disk, isHeld); looks += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    isHeld = isHeldByOwner(journal, file);
    // Otherwise everything after the damage in a large journal would be read, and passed on, at each look.
    scan = look({ from: scan, verifiesFirst: true });
  }
  // A process that has locked it since may have written what was read. Without this a running step would look unknown.
  isHeld ||= isHeldByOwner(journal, file);
  const error = scanError(journal, scan);
  if (error !== undefined) throw error;
  const tornBytes = scan.tail.kind === "torn" && !isHeld ? scan.tail.bytes : 0;
  const read = { journal, isHeld, isAtRest: !isHeld && isAtRest(disk, scan), tornBytes };
  return scan.unknown === undefined ? read : { ...read, unknown: scan.unknown };
}

/** An empty file may be one that another process has just created and is about to lock. */
function maxLooks(disk: Disk, isHeld: boolean): number {
  return isHeld || disk.size() === 0 ? MAX_LOOKS : MAX_LOOKS_AT_REST;
}

function isHeldByOwner(journal: string, file: Deno.FsFile): boolean {
  return reading(journal, () => isLocked(file));
}

type Apply = (record: JournalRecord) => void;

export function scanError(journal: string, scan: Scan): JournalDamaged | JournalTooNew | undefined {
  if (scan.unknown?.startsWith("format ")) return new JournalTooNew(journal, scan.unknown);
  if (scan.tail.kind !== "damaged") return undefined;
  const { reason, file } = scan.tail;
  if (file === "empty") return new JournalDamaged(journal, 1, "the file is empty");
  if (file === "suspended") {
    const how = "its move to or from a database was cut short. Type the export or the import again, which completes it";
    return new JournalDamaged(journal, 1, how);
  }
  const what = file === "foreign" ? "it is no journal of resumable-tx: " : "";
  return new JournalDamaged(journal, scan.records + 1, `${what}the line ${reason}`);
}

/** The system may send no notice, as from some file systems: the file is looked at this often anyway. */
const HEARTBEAT_MS = 1000;
/** Notices that come close together lead to one look. */
const LEAST_PAUSE_MS = 20;

/** See `Store.follow`. */
export async function* followJournalFile(
  journal: string,
  apply: Apply,
  signal: AbortSignal | undefined,
): AsyncGenerator<FollowedJournal> {
  using file = openRegularFile(journal, "read");
  const disk = fileDisk(file);
  using changes = new FileChanges(journal, signal);
  let scan: Scan = EMPTY_SCAN;
  let doubtful = 0;
  while (signal?.aborted !== true) {
    // Asked first: a writer that ends after this has left a file at rest, and nothing is written after a removal.
    const isHeld = isHeldByOwner(journal, file);
    const isGone = !hasSameFileIdentity(journal, file);
    scan = reading(journal, () => scanJournal(disk, apply, { from: scan, verifiesFirst: true }));
    const isDoubtful = scan.tail.kind === "damaged" && !isHeld;
    doubtful = isDoubtful ? doubtful + 1 : 0;
    const isFinal = scan.unknown?.startsWith("format ") || doubtful > maxLooks(disk, isHeld);
    const error = isFinal ? scanError(journal, scan) : undefined;
    if (error !== undefined) throw error;
    if (!isDoubtful) yield { isHeld, isGone };
    await changes.next(isDoubtful ? 1 : HEARTBEAT_MS);
  }
}

class FileChanges implements Disposable {
  readonly #watcher: Deno.FsWatcher;
  #change = Promise.withResolvers<void>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #end = () => this.#change.resolve();

  constructor(path: string, signal: AbortSignal | undefined) {
    this.#watcher = reading(path, () => Deno.watchFs(path));
    this.#signal = signal;
    signal?.addEventListener("abort", this.#end);
    this.#listen();
  }

  /** Resolves when the file may have changed since the last call, at the latest after `ms` milliseconds. */
  async next(ms: number): Promise<void> {
    await this.#pause(Math.min(ms, LEAST_PAUSE_MS));
    await Promise.race([this.#change.promise, this.#pause(ms)]);
    this.#change = Promise.withResolvers();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener("abort", this.#end);
    this.#watcher.close();
  }

  async #listen(): Promise<void> {
    for await (const _event of this.#watcher) this.#change.resolve();
  }

  #pause(ms: number): Promise<void> {
    clearTimeout(this.#timer);
    return new Promise((resolve) => void (this.#timer = setTimeout(resolve, ms)));
  }
}
