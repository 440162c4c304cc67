import { basename } from "@std/path/basename";
import { JournalDamaged, JournalLocked, JournalNotFound } from "../../errors/opening_errors.ts";
import { JournalRefused, JournalTooNew } from "../../errors/opening_errors.ts";
import { JournalUnwritable } from "../../errors/storage_errors.ts";
import type { JournalRecord } from "../../journal/encode_record.ts";
import type { FolderSummary, FolderTools } from "../folder_summary.ts";
import type { OpenJournal } from "../open_journal.ts";
import type { Claimed, ClaimRequest, DueWork, Outlook, WorkStore } from "../work_store.ts";
import { BlockedNotes } from "./blocked_notes.ts";
import { FileStore } from "./file_store.ts";
import { type FolderEntry, FolderIndex } from "./folder_index.ts";
import { FolderNotices } from "./folder_notices.ts";
import { FolderSchedules } from "./folder_schedules.ts";
import { FolderWatch } from "./folder_watch.ts";
import { requireWritable } from "./open_file.ts";
import { OpenFileJournal } from "./open_file_journal.ts";

/** The folders of journals that workers run. Journals are locked as any other process locks them. */
export class FolderWork extends FileStore implements WorkStore {
  readonly due: FolderDue;
  readonly schedules: FolderSchedules;
  readonly notices: FolderNotices;

  constructor(folder: string, tools: FolderTools) {
    super();
    this.schedules = new FolderSchedules(folder, this, tools.now);
    const index = new FolderIndex(folder, tools);
    this.notices = new FolderNotices(this, index, tools.now);
    this.due = new FolderDue(folder, { ...tools, index }, (journal, apply) => super.open(journal, apply));
  }

  override open(journal: string, apply: (record: JournalRecord) => void): Promise<OpenJournal> {
    const claimed = this.due.handOut(journal);
    return claimed === undefined ? super.open(journal, apply) : replay(claimed, apply);
  }
}

/** A journal that is locked, and what was read of it. */
interface Held {
  readonly open: OpenJournal;
  readonly records: readonly JournalRecord[];
}

type OpenFile = (journal: string, apply: (record: JournalRecord) => void) => Promise<OpenJournal>;
type Selection = Omit<ClaimRequest, "limit">;

async function replay({ open, records }: Held, apply: (record: JournalRecord) => void): Promise<OpenJournal> {
  try {
    for (const record of records) apply(record);
    return open;
  } catch (error) {
    await open.close();
    throw error;
  }
}

class FolderDue implements DueWork {
  readonly #folder: string;
  readonly #index: FolderIndex;
  readonly #openFile: OpenFile;
  readonly #now: () => number;
  readonly #notes: BlockedNotes;
  readonly #held = new Map<string, Held>();
  readonly #watches = new Set<FolderWatch>();

  constructor(folder: string, tools: FolderTools & { readonly index: FolderIndex }, openFile: OpenFile) {
    this.#folder = folder;
    this.#index = tools.index;
    this.#openFile = openFile;
    this.#now = tools.now ?? (() => Date.now());
    this.#notes = new BlockedNotes(folder);
  }

  async claim(request: ClaimRequest): Promise<readonly Claimed[]> {
    await this.#index.refresh();
    for (const watch of this.#watches) watch.lookAgain();
    const due = this.#findDue(request, this.#now()).filter(({ journal }) => request.exclude?.has(journal) !== true);
    const claimed: Claimed[] = [];
    for (const entry of due.toSorted(compare)) {
      if (claimed.length >= request.limit) break;
      if (await this.#take(entry)) claimed.push({ journal: entry.journal });
    }
    return claimed;
  }

  #findDue(request: Selection, now: number): readonly KnownEntry[] {
    const due: KnownEntry[] = [];
    for (const { journal, summary, isAnswered } of this.#index.open) {
      if (summary === undefined || !isWanted(summary, request)) continue;
      const dueAt = isAnswered ? now : dueAtOf(summary, request);
      if (dueAt !== undefined && dueAt <= now) due.push({ journal, summary });
    }
    return due;
  }

  /** Locks it, and looks whether it is still what was read. */
  async #take({ journal }: KnownEntry): Promise<boolean> {
    const records: JournalRecord[] = [];
    let open: OpenJournal;
    try {
      open = await this.#openFile(journal, (record) => void records.push(record));
    } catch (error) {
      return this.#explain(journal, error);
    }
    if (open instanceof OpenFileJournal) open.onClosed = () => this.#index.noteFree(journal);
    if (this.#index.isCurrent(journal) && open.distrust === undefined) {
      this.#held.set(journal, { open, records });
      this.#index.noteOwn(journal);
      return true;
    }
    await open.close();
    if (open.distrust !== undefined) this.#index.noteTrouble(journal, open.distrust.reason);
    else this.#index.noteStale(journal);
    return false;
  }

  #explain(journal: string, error: unknown): false {
    if (error instanceof JournalLocked || error instanceof JournalNotFound) this.#index.noteStale(journal);
    else if (error instanceof JournalDamaged) this.#index.noteTrouble(journal, error.reason);
    else if (error instanceof JournalRefused || error instanceof JournalTooNew) {
      this.#index.noteTrouble(journal, error.message);
    } else if (error instanceof JournalUnwritable) {
      requireWritable(this.#folder);
      this.#index.noteTrouble(journal, error.message);
    } else throw error;
    return false;
  }

  /** Anything may have changed that no notice tells. */
  noteAll(): void {
    this.#index.noteAll();
  }

  /** What was claimed, once. */
  handOut(journal: string): Held | undefined {
    const held = this.#held.get(journal);
    this.#held.delete(journal);
    return held;
  }

  async giveBack(journal: string): Promise<void> {
    await this.handOut(journal)?.open.close();
  }

  /** What is claimed and was not opened. */
  get held(): readonly string[] {
    return [...this.#held.keys()];
  }

  async noteBlocked(journal: string, reason: string): Promise<void> {
    await this.#notes.add(basename(journal), reason);
  }

  async outlook(request: Selection): Promise<Outlook> {
    await this.#index.refresh();
    const now = this.#now();
    const count = { due: 0, running: 0, asking: 0, failed: 0, untrusted: 0 };
    let nextDueAt: number | undefined;
    let oldestDueAt: number | undefined;
    for (const { journal, summary, isAnswered } of this.#index.entries) {
      if (summary === undefined) count.running += 1;
      if (summary === undefined || request.exclude?.has(journal) === true) continue;
      const isTrusted = isWanted(summary, request);
      if (!isTrusted && !isWanted(summary, { ...request, homes: undefined })) continue;
      const dueAt = isAnswered ? now : dueAtOf(summary, request);
      if (dueAt !== undefined && dueAt <= now) {
        count[isTrusted ? "due" : "untrusted"] += 1;
        if (isTrusted) oldestDueAt = Math.min(oldestDueAt ?? now, summary.dueAt);
      } else if (dueAt !== undefined) nextDueAt = isTrusted ? Math.min(nextDueAt ?? Infinity, dueAt) : nextDueAt;
      else if (summary.status === "asking") count.asking += 1;
      else if (summary.status === "aborted") count.failed += 1;
    }
    return { ...count, nextDueAt, oldestDueAt };
  }

  listen(arrived: () => void): () => void {
    const watch = new FolderWatch(this.#folder, this.#index, arrived);
    this.#watches.add(watch);
    return () => {
      this.#watches.delete(watch);
      watch.close();
    };
  }

  /** The system has freed what a process that died had locked. */
  async endDead(_pid?: number): Promise<void> {}
}

interface KnownEntry extends Pick<FolderEntry, "journal"> {
  readonly summary: FolderSummary;
}

function isWanted({ queue, home }: FolderSummary, { queues, homes }: Selection): boolean {
  return queues?.includes(queue) !== false && homes?.some((prefix) => home.startsWith(prefix)) !== false;
}

/** When workers may run it; nothing if they may not. */
function dueAtOf({ status, dueAt, retry }: FolderSummary, { retryFailed = 0 }: Selection): number | undefined {
  // The clock may have been set back since.
  if (status === "ready") return -Infinity;
  if (status === "sleeping") return dueAt;
  if (status === "aborted" && retry !== undefined && retry.number <= retryFailed) return retry.at;
  return undefined;
}

/** By priority, then by the time since which they are due. Names are unique. */
function compare(a: KnownEntry, b: KnownEntry): number {
  const order = a.summary.priority - b.summary.priority || a.summary.dueAt - b.summary.dueAt;
  return order || (a.summary.id + a.journal < b.summary.id + b.journal ? -1 : 1);
}
