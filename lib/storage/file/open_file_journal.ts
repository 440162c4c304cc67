// deno-lint-ignore-file require-await -- what one store does at once, others have to wait for
import { basename } from "@std/path/basename";
import { JournalRefused } from "../../errors/opening_errors.ts";
import { JournalExists } from "../../errors/planning_errors.ts";
import { Fenced, JournalUnwritable } from "../../errors/storage_errors.ts";
import { checkEvents, type Event } from "../../journal/event.ts";
import type { Recovered } from "../../journal/stored.ts";
import { quote, safeText } from "../../text/escape.ts";
import type { AppendOptions, Distrust, OpenJournal } from "../open_journal.ts";
import { AppendQueue } from "./append_queue.ts";
import { type Disk, fileDisk, readFully } from "./disk.ts";
import { describeDistrust, describeStaying } from "./examine_file.ts";
import { JournalFile } from "./journal_file.ts";
import { FileInbox } from "./request_folder.ts";
import { countOpenJournal, isOnlyOpenJournal } from "./file_lock.ts";
import { findSameFile, removeIfThere } from "./open_file.ts";
import { EMPTY_SCAN, isAtRest, type Scan } from "./classify_tail.ts";

/** A `stat` of the file before each append would cost more than half of the append. See docs/journal.md. */
const OWNER_CHECK_MS = 100;

interface OpenFileJournalOptions {
  readonly journal: string;
  readonly file: Deno.FsFile;
  readonly now: () => Date;
  /** Absent for a file that this process has just created, and that has no record. */
  readonly scan?: Scan;
  /** The name that the file has until it is whole. */
  readonly temporary?: string | undefined;
}

/** A file cannot have a second name, as on FAT. */
export class LinkRefused extends Error {}

/** A journal file that this process has locked. */
export class OpenFileJournal implements OpenJournal {
  readonly journal: string;
  /** The lock is the ownership: there is no epoch to count. */
  readonly epoch = 0;
  readonly distrust?: Distrust;
  readonly isAtRest: boolean;
  /** The file's name at present. */
  #path: string;
  readonly #file: Deno.FsFile;
  /** As it was when it was opened. */
  readonly #info: Deno.FileInfo;
  readonly #disk: Disk;
  readonly #scan: Scan;
  readonly #writer: JournalFile;
  readonly #queue: AppendQueue;
  readonly #lost = new AbortController();
  readonly lost: AbortSignal = this.#lost.signal;
  readonly inbox: FileInbox;
  /** Called when this process has given it up. */
  onClosed: (() => void) | undefined;
  readonly #uncount: () => void;
  #checkedAt = -Infinity;
  #isReady: boolean;
  #isClosed = false;

  /** Owns the open file from now on, and closes it. */
  constructor({ journal, file, now, scan, temporary = journal }: OpenFileJournalOptions) {
    this.journal = journal;
    this.#path = temporary;
    this.#file = file;
    this.inbox = new FileInbox(journal);
    this.#scan = scan ?? EMPTY_SCAN;
    this.#disk = fileDisk(file);
    this.#isReady = scan === undefined;
    this.isAtRest = scan !== undefined && isAtRest(this.#disk, scan);
    this.#info = file.statSync();
    this.distrust = scan && describeDistrust(journal, this.#info);
    const checkOwner = (options?: { readonly isDue: boolean }) => this.#checkOwner(options);
    this.#writer = new JournalFile(this.#disk, this.#scan, { journal, now, checkOwner });
    this.#uncount = countOpenJournal();
    this.#queue = new AppendQueue(this.#writer, isOnlyOpenJournal);
  }

  /** Makes room in a file that was just created. Like an append it does not block the process if other journals are open. */
  async prepare(): Promise<void> {
    await this.#writer.prepare({ later: !isOnlyOpenJournal() });
  }

  /** Instead of `prepare` and an append: for a file that does not have the journal's name yet. */
  async create(events: readonly Event[]): Promise<void> {
    checkEvents(events);
    await this.#writer.create(events, { later: !isOnlyOpenJournal() });
  }

  /** Gives a file that is whole the journal's name. Throws `JournalExists`, or `LinkRefused`. */
  publish(): void {
    try {
      // Unlike a rename, this never replaces another file.
      Deno.linkSync(this.#path, this.journal);
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists) throw new JournalExists(this.journal, { cause: error });
      throw new LinkRefused("No second name", { cause: error });
    }
    const temporary = this.#path;
    this.#path = this.journal;
    removeIfThere(temporary);
  }

  async checkRemovable(): Promise<void> {
    const reason = describeStaying(this.journal, this.#file.statSync());
    if (reason !== undefined) throw new JournalRefused(this.journal, reason);
  }

  async recover(): Promise<Recovered | undefined> {
    this.#checkOwner();
    // It is new, or was recovered already.
    if (this.#isReady) return undefined;
    const recovered = saveTornBytes(this.journal, this.#disk, this.#scan);
    this.#writer.repair(this.#scan);
    this.#isReady = true;
    return recovered;
  }

  append(events: readonly Event[], options: AppendOptions = {}): void | Promise<void> {
    if (this.#isClosed) throw new Fenced(this.journal, `Cannot write ${JSON.stringify(this.journal)}: it was closed`);
    if (!this.#isReady) throw new TypeError("Cannot append before recover() was called");
    checkEvents(events);
    return this.#queue.append(events, options);
  }

  async close(options: { readonly remove?: boolean } = {}): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#queue.settle();
    try {
      const found = this.#find();
      // Otherwise another process may own what is there now.
      if (found !== undefined && !this.lost.aborted) this.inbox.leave();
      if (found !== undefined) this.#checkContent(found);
      if (options.remove === true && found !== undefined && !this.lost.aborted) await this.#remove();
      else await this.#finish();
    } finally {
      this.inbox.stop();
      this.#uncount();
      this.#file.close();
      this.onClosed?.();
    }
  }

  async #finish(): Promise<void> {
    if (this.#isReady) await this.#writer.finish({ later: !isOnlyOpenJournal() });
  }

  async #remove(): Promise<void> {
    try {
      Deno.removeSync(this.#path);
    } catch (error) {
      await this.#finish();
      const what = `Cannot remove ${quote(this.journal)}, whose transaction has finished: ${safeText(error)}`;
      const message = `${what}. Nothing is left to run: you can delete it`;
      throw new JournalUnwritable(this.journal, message, { cause: error });
    }
  }

  #checkOwner({ isDue = false } = {}): void {
    const now = performance.now();
    if (!isDue && now - this.#checkedAt < OWNER_CHECK_MS) return;
    const found = this.#find();
    if (found === undefined) {
      throw this.#lose(`${quote(this.journal)} was moved, deleted or replaced while it was running`);
    }
    this.#checkContent(found);
    this.#checkedAt = now;
  }

  /** Looks at the file to which the path leads. Nothing if it is another one. */
  #find(): Deno.FileInfo | undefined {
    return findSameFile(this.#path, this.#info);
  }

  #checkContent({ size }: Deno.FileInfo): void {
    if (!this.#isReady || !this.#writer.hasChanged(size)) return;
    const how = `another program changed ${quote(this.journal)} while it was running`;
    const error = this.#lose(`${how}. Check shows what it holds now`);
    this.#writer.abandon(error);
    throw error;
  }

  #lose(how: string): Fenced {
    this.#lost.abort();
    return new Fenced(this.journal, `Cannot continue: ${how}`);
  }
}

const MAX_COPIES = 1000;

/** Keeps a copy of what is about to be cut off a journal in a file beside it, for a person to look at. */
function saveTornBytes(journal: string, disk: Disk, scan: Scan): Recovered | undefined {
  if (scan.tail.kind !== "torn") return undefined;
  const bytes = readFully(disk, scan.end, scan.tail.bytes);
  for (let copy = 1; copy <= MAX_COPIES; copy += 1) {
    const path = `${journal}.torn-${copy}`;
    try {
      Deno.writeFileSync(path, bytes, { createNew: true, mode: 0o600 });
      return { cutBytes: scan.tail.bytes, savedAs: basename(path) };
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) break;
    }
  }
  // Without a copy the transaction can still finish.
  return { cutBytes: scan.tail.bytes };
}
