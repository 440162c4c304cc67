import { dirname } from "@std/path/dirname";
import { join } from "@std/path/join";
import { JournalError } from "../../errors/journal_error.ts";
import { JournalLocked, JournalRefused, JournalTooNew } from "../../errors/opening_errors.ts";
import { JournalExists } from "../../errors/planning_errors.ts";
import { JournalUnwritable } from "../../errors/storage_errors.ts";
import type { JournalRecord } from "../../journal/encode_record.ts";
import type { Event } from "../../journal/event.ts";
import type { OpenJournal, ReadJournal, ReadOptions, Store } from "../store.ts";
import { beginsLikeJournal } from "./classify_tail.ts";
import { FileDisk } from "./disk.ts";
import { FileReplaced, hasSameFileIdentity, openRegularFile } from "./file_identity.ts";
import { isOnlyOpenJournal, takeFileLock } from "./file_lock.ts";
import { openError } from "./open_error.ts";
import { OpenFileJournal } from "./open_file_journal.ts";
import { readJournalFile, scanError } from "./read_journal_file.ts";
import { EMPTY_SCAN, type Scan, scanJournal } from "./scan_journal.ts";

/** A journal that is made, removed or replaced at this very moment is something else the next time one looks. */
const MAX_ATTEMPTS = 50;
const PAUSE_MS = 3;

/** Keeps each journal in a file of its own. Names are absolute paths. */
export class FileStore implements Store {
  readonly #now: () => Date;

  /** @param now What time it is; the real clock unless given. */
  constructor(now: () => Date = () => new Date()) {
    this.#now = now;
  }

  /** See {@linkcode Store}. */
  async create(journal: string, events: readonly Event[]): Promise<OpenJournal> {
    const file = createFile(journal);
    try {
      return await this.#begin(journal, file, events);
    } catch (error) {
      throw openError(journal, error, "write");
    }
  }

  /** See {@linkcode Store}. */
  async open(journal: string, apply: (record: JournalRecord) => void): Promise<OpenJournal> {
    for (let attempt = 1;; attempt += 1) {
      try {
        return await this.#open(journal, apply);
      } catch (error) {
        if (attempt === MAX_ATTEMPTS || !(error instanceof FileReplaced || isEmpty(journal))) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  async #open(journal: string, apply: (record: JournalRecord) => void): Promise<OpenJournal> {
    const file = openRegularFile(journal, "write");
    try {
      if (!await takeFileLock(file)) throw await lockedError(journal);
      if (!hasSameFileIdentity(journal, file)) throw new FileReplaced(journal);
      const scan = scanJournal(new FileDisk(file), apply);
      const error = scanError(journal, scan);
      if (error !== undefined) throw error;
      if (scan.unknown !== undefined) throw new JournalTooNew(journal, scan.unknown);
      return this.#openJournal(journal, file, scan);
    } catch (error) {
      file.close();
      throw openError(journal, error, "read");
    }
  }

  /** See {@linkcode Store}. */
  read(journal: string, apply: (record: JournalRecord) => void, options?: ReadOptions): Promise<ReadJournal> {
    return readJournalFile(journal, apply, options);
  }

  /** See {@linkcode Store}. */
  async *list(folder: string): AsyncIterable<string> {
    try {
      for await (const { name, isFile } of Deno.readDir(folder)) {
        const path = join(folder, name);
        // Opening a named pipe would wait for somebody to write into it.
        if (isFile && name.endsWith(".json") && beginsLikeJournal(path)) yield path;
      }
    } catch (error) {
      throw openError(folder, error, "read");
    }
  }

  async #begin(journal: string, file: Deno.FsFile, events: readonly Event[]): Promise<OpenJournal> {
    const open = this.#openJournal(journal, file, EMPTY_SCAN);
    try {
      if (!await takeFileLock(file)) throw new JournalLocked(journal);
      await open.prepare();
      await syncFolder(journal);
      await open.append(events);
      return open;
    } catch (error) {
      // Nothing was acknowledged: the file is of no use to anybody. What removing it finds wrong is not what the caller
      // should hear.
      await open.close({ remove: true }).catch(() => {});
      throw error;
    }
  }

  #openJournal(journal: string, file: Deno.FsFile, scan: Scan): OpenFileJournal {
    return new OpenFileJournal({ journal, file, scan, now: this.#now, isNew: scan === EMPTY_SCAN });
  }
}

function createFile(journal: string): Deno.FsFile {
  try {
    return Deno.openSync(journal, { read: true, write: true, createNew: true, mode: 0o600 });
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) {
      if (isFolder(journal)) {
        throw new JournalRefused(journal, 'it is a folder; with "/" behind it the journal is put into it');
      }
      throw new JournalExists(journal, { cause: error });
    }
    if (error instanceof Deno.errors.NotFound) {
      const folder = JSON.stringify(dirname(journal));
      const message = `Cannot create ${JSON.stringify(journal)}: there is no folder ${folder}. Create it first`;
      throw new JournalUnwritable(journal, message, { cause: error });
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      const folder = JSON.stringify(dirname(journal));
      const reason = `the operating system lets this user make no file in ${folder}; see the folder's mode and owner`;
      throw new JournalRefused(journal, reason);
    }
    throw openError(journal, error, "write");
  }
}

/** Between the moment in which a journal is made and that in which it has something in it. */
function isEmpty(path: string): boolean {
  try {
    return Deno.statSync(path).size === 0;
  } catch {
    return false;
  }
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/** Without this the file's name may be gone after a power cut, however well its bytes were synced. */
async function syncFolder(journal: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  using folder = Deno.openSync(dirname(journal), { read: true });
  if (isOnlyOpenJournal()) folder.syncSync();
  else await folder.sync();
}

async function lockedError(journal: string): Promise<JournalLocked> {
  let holder = {};
  try {
    await readJournalFile(journal, (record) => {
      for (const event of record.events) {
        if (event.type === "opened" || event.type === "resumed") holder = event;
      }
    });
  } catch (error) {
    // Its holder may just be creating or removing it; that somebody holds it is all there is to say.
    if (!(error instanceof JournalError)) throw error;
  }
  return new JournalLocked(journal, holder);
}
