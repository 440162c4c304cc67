import type { JournalRecord } from "../../journal/encode_record.ts";
import { FileDisk } from "./disk.ts";
import { hasSameFileIdentity, openRegularFile } from "./file_identity.ts";
import { isLocked } from "./file_lock.ts";
import { openError } from "./open_error.ts";
import { scanError } from "./read_journal_file.ts";
import { EMPTY_SCAN, type Scan, scanJournal } from "./scan_journal.ts";

/** A look at a journal that is followed: all records that are there were handed over. */
interface FollowedLook {
  /** Somebody owned the journal right before: more may come. */
  readonly isHeld: boolean;
  /** The file is gone, as that of a transaction that has finished. */
  readonly isGone: boolean;
}

/** A notice of the system may fail to come, as from some file systems: so often the file is looked at all the same. */
const HEARTBEAT_MS = 1000;
/** Notices that come close together lead to one look. */
const LEAST_PAUSE_MS = 20;
/** The end of a file that nobody holds may be seen half-written if a writer has just come in, or has just died. */
const MAX_LOOKS = 2;
/** An empty one has perhaps just been made, and its maker is about to lock it. */
const MAX_LOOKS_AT_NOTHING = 50;

/**
 * Follows a journal that another process may be appending to: hands over its records as they come, without owning it. Needs
 * the permission to read it alone. Goes on until whoever uses it has seen enough.
 *
 * @throws {JournalNotFound} {@linkcode JournalRefused} {@linkcode JournalDamaged} {@linkcode JournalTooNew} As `Store.read`.
 */
export async function* followJournalFile(
  journal: string,
  apply: (record: JournalRecord) => void,
): AsyncGenerator<FollowedLook> {
  using file = openRegularFile(journal, "read");
  const disk = new FileDisk(file);
  using changes = new FileChanges(journal);
  let scan: Scan = EMPTY_SCAN;
  let doubtful = 0;
  for (;;) {
    // Asked first: a writer that ends in between has left a file at rest.
    const isHeld = isLocked(file);
    scan = look(journal, disk, apply, scan);
    const isDoubtful = scan.tail.kind === "damaged" && !isHeld;
    doubtful = isDoubtful ? doubtful + 1 : 0;
    const maxLooks = disk.size() === 0 ? MAX_LOOKS_AT_NOTHING : MAX_LOOKS;
    const error = scan.unknown?.startsWith("format ") || doubtful > maxLooks ? scanError(journal, scan) : undefined;
    if (error !== undefined) throw error;
    if (!isDoubtful) yield { isHeld, isGone: !hasSameFileIdentity(journal, file) };
    await changes.next(isDoubtful ? 1 : HEARTBEAT_MS);
  }
}

function look(journal: string, disk: FileDisk, apply: (record: JournalRecord) => void, from: Scan): Scan {
  try {
    return scanJournal(disk, apply, { from, verifiesFirst: true });
  } catch (error) {
    throw openError(journal, error, "read");
  }
}

/** Notices that a file may have changed. */
class FileChanges implements Disposable {
  readonly #watcher: Deno.FsWatcher;
  #hasChanged = false;
  #wake: (() => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(path: string) {
    try {
      this.#watcher = Deno.watchFs(path);
    } catch (error) {
      throw openError(path, error, "read");
    }
    this.#listen();
  }

  /** Resolves when the file may have changed since the last call, and at the latest after so many milliseconds. */
  async next(ms: number): Promise<void> {
    await this.#pause(Math.min(ms, LEAST_PAUSE_MS), false);
    if (!this.#hasChanged) await this.#pause(ms, true);
    this.#hasChanged = false;
  }

  /** Stops to listen. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#watcher.close();
  }

  async #listen(): Promise<void> {
    for await (const _event of this.#watcher) {
      this.#hasChanged = true;
      this.#wake?.();
    }
  }

  async #pause(ms: number, endsWithChange: boolean): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#timer = setTimeout(resolve, ms);
      if (endsWithChange) this.#wake = resolve;
    });
    clearTimeout(this.#timer);
    this.#wake = undefined;
  }
}
