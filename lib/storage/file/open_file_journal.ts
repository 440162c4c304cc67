// deno-lint-ignore-file require-await -- what one store does at once, others have to wait for
import { basename } from "@std/path/basename";
import { JournalRefused } from "../../errors/opening_errors.ts";
import { JournalExists } from "../../errors/planning_errors.ts";
import { Fenced, JournalUnwritable } from "../../errors/storage_errors.ts";
import { checkEvents, type Event } from "../../journal/event.ts";
import type { Recovered } from "../../journal/stored.ts";
import type { AppendOptions, Distrust, OpenJournal } from "../store.ts";
import { AppendQueue } from "./append_queue.ts";
import { type Disk, FileDisk, readFully } from "./disk.ts";
import { describeDistrust, describeStaying } from "./examine_file.ts";
import { JournalFile } from "./journal_file.ts";
import { countOpenJournal, isOnlyOpenJournal } from "./file_lock.ts";
import { hasSameFileIdentity } from "./open_file.ts";
import { isAtRest, type Scan } from "./scan_journal.ts";

/** A `stat` of the file before each append would cost more than half of the append. See docs/journal.md. */
const OWNER_CHECK_MS = 100;

interface OpenFileJournalOptions {
  readonly journal: string;
  readonly file: Deno.FsFile;
  readonly scan: Scan;
  readonly now: () => Date;
  /** This process has just created it, and it has no record. */
  readonly isNew: boolean;
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
  readonly #disk: FileDisk;
  readonly #scan: Scan;
  readonly #writer: JournalFile;
  readonly #queue: AppendQueue;
  readonly #lost = new AbortController();
  readonly #uncount: () => void;
  #checkedAt = -Infinity;
  #isReady: boolean;
  #isClosed = false;

  /** Owns the open file from now on, and closes it. */
  constructor(options: OpenFileJournalOptions) {
    this.journal = options.journal;
    this.#path = options.temporary ?? options.journal;
    this.#file = options.file;
    this.#scan = options.scan;
    this.#disk = new FileDisk(options.file);
    this.#isReady = options.isNew;
    this.isAtRest = !options.isNew && isAtRest(this.#disk, options.scan);
    this.distrust = options.isNew ? undefined : describeDistrust(options.journal, options.file.statSync());
    this.#writer = new JournalFile(this.#disk, options.scan, {
      journal: options.journal,
      now: options.now,
      checkOwner: (options) => this.#checkOwner(options),
    });
    this.#uncount = countOpenJournal();
    this.#queue = new AppendQueue(this.#writer, isOnlyOpenJournal);
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Makes room in a file that was just created. Like an append it does not block the process if other journals are open. */
  async prepare(): Promise<void> {
    await this.#writer.prepare({ later: !isOnlyOpenJournal() });
  }

  /**
   * Gives a file that is whole the journal's name.
   *
   * @throws {JournalExists} Another process was faster.
   * @throws {LinkRefused} The file system cannot do that.
   */
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
    try {
      Deno.removeSync(temporary);
    } catch (error) {
      // Another process may have removed it; otherwise the next one does.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  async checkRemovable(): Promise<void> {
    const reason = describeStaying(this.journal, this.#file.statSync());
    if (reason !== undefined) throw new JournalRefused(this.journal, reason);
  }

  async recover(): Promise<Recovered | undefined> {
    this.#checkOwner();
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
      const isMine = hasSameFileIdentity(this.#path, this.#file);
      if (isMine) this.#checkContent();
      if (options.remove === true && isMine && !this.lost.aborted) await this.#remove();
      else await this.#finish();
    } finally {
      this.#uncount();
      this.#file.close();
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
      const detail = error instanceof Error ? error.message : String(error);
      const name = JSON.stringify(this.journal);
      const message =
        `Cannot remove ${name}, whose transaction has finished: ${detail}. Nothing is left to run: you can ` +
        "delete it";
      throw new JournalUnwritable(this.journal, message, { cause: error });
    }
  }

  #checkOwner({ isDue = false } = {}): void {
    const now = performance.now();
    if (!isDue && now - this.#checkedAt < OWNER_CHECK_MS) return;
    if (!hasSameFileIdentity(this.#path, this.#file)) {
      this.#lost.abort();
      const name = JSON.stringify(this.journal);
      const message = `Cannot continue: ${name} was moved, deleted or replaced while it was running`;
      throw new Fenced(this.journal, message);
    }
    this.#checkContent();
    this.#checkedAt = now;
  }

  #checkContent(): void {
    if (!this.#isReady || !this.#writer.hasChanged()) return;
    this.#lost.abort();
    const name = JSON.stringify(this.journal);
    const message =
      `Cannot continue: another program changed ${name} while it was running. Check shows what it holds now`;
    const error = new Fenced(this.journal, message);
    this.#writer.abandon(error);
    throw error;
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
