// deno-lint-ignore-file require-await -- what one store does at once, others have to wait for
import { basename } from "@std/path/basename";
import { dirname } from "@std/path/dirname";
import { join } from "@std/path/join";
import { JournalError } from "../../errors/journal_error.ts";
import { JournalLocked, JournalRefused, JournalTooNew } from "../../errors/opening_errors.ts";
import { JournalExists } from "../../errors/planning_errors.ts";
import { JournalUnwritable } from "../../errors/storage_errors.ts";
import { quote, safeText, shellQuote } from "../../text/escape.ts";
import { attempt, once } from "../../values/shape.ts";
import { VERSION } from "../../version.ts";
import { processSlot, Turns } from "../../process/process_slot.ts";
import type { JournalRecord } from "../../journal/encode_record.ts";
import type { Event } from "../../journal/event.ts";
import type { Request } from "../../journal/request.ts";
import { adviseFlags, missingPermission } from "../../process/permissions.ts";
import type { OpenJournal } from "../open_journal.ts";
import type { Examination, FaultyLine, FollowedJournal, PendingRequest } from "../store.ts";
import type { ReadJournal, ReadOptions, Store, TornCopies } from "../store.ts";
import { beginsLikeJournal } from "./classify_tail.ts";
import { fileDisk } from "./disk.ts";
import { takeFileLock } from "./file_lock.ts";
import { syncFolder } from "./sync_folder.ts";
import { FileReplaced, hasSameFileIdentity, isPermitted, neededFor, openError } from "./open_file.ts";
import { openRegularFile, removeIfThere, TEMPORARY, tryStat } from "./open_file.ts";

// Who only reads loads nothing that writes, and who only writes nothing that reads.
const loadWriting = once(() => import("./open_file_journal.ts"));
const loadReading = once(() => import("./read_journal_file.ts"));
const loadScanning = once(() => import("./scan_journal.ts"));
const loadRequests = once(() => import("./request_folder.ts"));
const loadExamination = once(() => import("./examine_file.ts"));

/** A journal that is being created (its file is empty at first), removed or replaced is something else at the next look. */
const MAX_ATTEMPTS = 50;
const PAUSE_MS = 3;

/** Keeps each journal in a file of its own. Names are absolute paths; scopes are folders. */
export class FileStore implements Store {
  readonly #now: () => Date;

  constructor(now: () => Date = () => new Date()) {
    this.#now = now;
  }

  create(journal: string, events: readonly Event[]): Promise<OpenJournal> {
    return turns().take(() => this.#create(journal, events));
  }

  async #create(journal: string, events: readonly Event[]): Promise<OpenJournal> {
    refuseTaken(journal);
    const created = createTemporary(journal);
    try {
      if (created !== undefined) return await this.#begin(journal, created, events);
    } catch (error) {
      const { LinkRefused } = await loadWriting();
      if (!(error instanceof LinkRefused)) throw openError(journal, error, "write");
    }
    try {
      return await this.#begin(journal, { file: createFile(journal) }, events);
    } catch (error) {
      throw openError(journal, error, "write");
    }
  }

  async open(journal: string, apply: (record: JournalRecord) => void): Promise<OpenJournal> {
    for (let attempt = 1;; attempt += 1) {
      try {
        return await this.#open(journal, apply);
      } catch (error) {
        if (attempt === MAX_ATTEMPTS || !(error instanceof FileReplaced || tryStat(journal)?.size === 0)) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  async #open(journal: string, apply: (record: JournalRecord) => void): Promise<OpenJournal> {
    const [{ OpenFileJournal }, { scanError }] = [await loadWriting(), await loadReading()];
    const { scanJournal } = await loadScanning();
    const file = openRegularFile(journal, "write");
    try {
      if (!await takeFileLock(file)) throw await lockedError(journal);
      if (!hasSameFileIdentity(journal, file)) throw new FileReplaced(journal);
      const scan = scanJournal(fileDisk(file), apply);
      const error = scanError(journal, scan);
      if (error !== undefined) throw error;
      if (scan.unknown !== undefined) throw new JournalTooNew(journal, scan.unknown);
      return new OpenFileJournal({ journal, file, now: this.#now, scan });
    } catch (error) {
      file.close();
      throw openError(journal, error, "read");
    }
  }

  async read(journal: string, apply: (record: JournalRecord) => void, options?: ReadOptions): Promise<ReadJournal> {
    const { readJournalFile } = await loadReading();
    return await readJournalFile(journal, apply, options);
  }

  async send(journal: string, request: Request): Promise<boolean> {
    const { sendRequest } = await loadRequests();
    return sendRequest(journal, request);
  }

  async pending(journal: string): Promise<readonly PendingRequest[]> {
    const { pendingRequests } = await loadRequests();
    return pendingRequests(journal);
  }

  async *list(folder: string): AsyncIterable<string> {
    try {
      for await (const { name, isFile } of Deno.readDir(folder)) {
        const path = join(folder, name);
        // Opening a named pipe would wait for a writer.
        if (isFile && name.endsWith(".json") && beginsLikeJournal(path)) yield path;
      }
    } catch (error) {
      throw openError(folder, error, "read");
    }
  }

  async kindOf(name: string): Promise<"journal" | "scope" | undefined> {
    try {
      return Deno.statSync(name).isDirectory ? "scope" : "journal";
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw openError(name, error, "read");
    }
  }

  async requireAccess(name: string, access: "read" | "write", kind?: "scope"): Promise<void> {
    const missing = neededFor(access).filter((permission) => !isPermitted(permission, name));
    if (missing.length === 0) return;
    // A run may have to put a file beside the journal.
    const isInFolder = access === "write" && kind !== "scope" &&
      !(isPermitted("read", name) && tryStat(name)?.isDirectory);
    const value = isInFolder ? dirname(name) : name;
    const advice = adviseFlags(missing.map((permission) => missingPermission(permission, value)));
    throw new JournalRefused(name, `Deno has no permission to ${missing.join(" and ")} it. ${advice}`);
  }

  async examine(journal: string): Promise<Examination> {
    const { examineFile } = await loadExamination();
    return examineFile(journal);
  }

  async *follow(
    journal: string,
    apply: (record: JournalRecord) => void,
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): AsyncIterable<FollowedJournal> {
    const { followJournalFile } = await loadReading();
    yield* followJournalFile(journal, apply, signal);
  }

  async findFaults(journal: string, report: (fault: FaultyLine) => void): Promise<number> {
    const { findLineFaults } = await import("./line_faults.ts");
    return findLineFaults(journal, report);
  }

  async tornCopies(folder: string): Promise<TornCopies> {
    const names = new Map<string, string[]>();
    try {
      for await (const { name, isFile } of Deno.readDir(folder)) {
        const journal = /^(.+)\.torn-\d+$/s.exec(name)?.[1];
        if (journal === undefined || !isFile) continue;
        names.set(journal, [...names.get(journal) ?? [], name]);
      }
    } catch (error) {
      throw openError(folder, error, "read");
    }
    const of = (journal: string) => (names.get(basename(journal)) ?? []).map((name) => join(folder, name)).toSorted();
    return { of, remove: (journal) => of(journal).forEach(removeCopy) };
  }

  async #begin(journal: string, { file, temporary }: CreatedFile, events: readonly Event[]): Promise<OpenJournal> {
    const { OpenFileJournal } = await loadWriting();
    const open = new OpenFileJournal({ journal, file, now: this.#now, temporary });
    try {
      if (!await takeFileLock(file)) throw new JournalLocked(journal);
      if (temporary === undefined) {
        await open.prepare();
        await syncFolder(dirname(journal));
        await open.append(events);
      } else {
        await open.create(events);
        open.publish();
        await syncFolder(dirname(journal));
      }
      return open;
    } catch (error) {
      // Nothing was acknowledged: the file is of no use. The first error is the one to report.
      await open.close({ remove: true }).catch(() => {});
      throw error;
    }
  }
}

/** The first of many transactions that are started at once can end before the last one takes room in memory. */
const MAX_CREATED_AT_ONCE = 4;

function turns(): Turns {
  const isKind = (value: unknown): value is Turns => value instanceof Turns;
  return processSlot(`creations@${VERSION}`, isKind, () => new Turns(MAX_CREATED_AT_ONCE));
}

function refuseTaken(journal: string): void {
  if (attempt(() => Deno.lstatSync(journal)) === undefined) return;
  if (tryStat(journal)?.isDirectory) {
    throw new JournalRefused(journal, 'it is a folder; add "/" to create the journal in it');
  }
  throw new JournalExists(journal);
}

const CREATE: Deno.OpenOptions = { read: true, write: true, createNew: true, mode: 0o600 };

interface CreatedFile {
  readonly file: Deno.FsFile;
  readonly temporary?: string;
}

/** Creates a journal under another name. If that is not possible, creating the journal itself tells why, or works. */
function createTemporary(journal: string): CreatedFile | undefined {
  const temporary = join(dirname(journal), `${TEMPORARY}${crypto.randomUUID()}`);
  if (!isPermitted("write", temporary) || !isPermitted("read", temporary)) return undefined;
  return attempt(() => ({ temporary, file: Deno.openSync(temporary, CREATE) }));
}

/** Creates an empty file that only its owner can read. Throws `JournalExists`, or why it cannot be created. */
export function createFile(journal: string): Deno.FsFile {
  const parent = dirname(journal);
  const folder = JSON.stringify(parent);
  try {
    return Deno.openSync(journal, CREATE);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) throw new JournalExists(journal, { cause: error });
    if (error instanceof Deno.errors.NotFound) {
      const reason = tryStat(parent)?.isDirectory
        ? `no file can be created in ${folder}. Use another folder`
        : `there is no folder ${folder}. Create it first: mkdir -p ${shellQuote(parent)}`;
      throw new JournalUnwritable(journal, `Cannot create ${JSON.stringify(journal)}: ${reason}`, { cause: error });
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      const reason =
        `the operating system does not let this user create a file in ${folder}; check the folder's mode and owner`;
      throw new JournalRefused(journal, reason);
    }
    throw openError(journal, error, "write");
  }
}

async function lockedError(journal: string): Promise<JournalLocked> {
  let holder = {};
  try {
    const { readJournalFile } = await loadReading();
    await readJournalFile(journal, (record) => {
      for (const event of record.events) {
        if (event.type === "opened" || event.type === "resumed") holder = event;
      }
    });
  } catch (error) {
    // Its owner may be creating or removing it: that it has one is all there is to say.
    if (!(error instanceof JournalError)) throw error;
  }
  return new JournalLocked(journal, holder);
}

function removeCopy(path: string): void {
  try {
    removeIfThere(path);
  } catch (error) {
    throw new JournalUnwritable(path, `Cannot remove ${quote(path)}: ${safeText(error)}`, { cause: error });
  }
}
