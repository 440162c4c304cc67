import { join } from "@std/path/join";
import { JournalError } from "../../errors/journal_error.ts";
import { safeText } from "../../text/escape.ts";
import { attempt } from "../../values/shape.ts";
import type { FolderSummary, FolderTools } from "../folder_summary.ts";
import { startsLikeJournal } from "./classify_tail.ts";
import { describeDistrust } from "./examine_file.ts";
import { isLocked } from "./file_lock.ts";
import { describeLinks, folderError, openError, requireWritable } from "./open_file.ts";
import { pendingRequests, REQUESTS_ENDING } from "./request_folder.ts";

/** What is known of a journal in a folder. */
export interface FolderEntry {
  readonly journal: string;
  /** How its file, and the folder of its requests, were when it was read. */
  readonly stamp: string;
  /** Nothing while another process, or another run in this one, has it. */
  readonly summary: FolderSummary | undefined;
  /** A signal for which it waits lies beside it. */
  readonly isAnswered: boolean;
}

/** The rest after a look at all files of a folder is at least this many times as long as the look. */
const REST_PER_LOOK = 400;
const LEAST_REST_MS = 1000;
/** Whether another process still has a journal is not asked for each record that it writes. One that enqueues is done soon. */
const FIRST_HELD_MS = 20;
const LONGEST_HELD_MS = 1000;
/** So few are looked at whenever somebody asks what is due. */
const FEW_HELD = 32;
/** After this number of files, others get a turn. */
const FILES_AT_ONCE = 200;
/** Enough to tell a journal from another file. */
const BEGINNING_BYTES = 16;
/** What nothing can be run of any more is not worth a warning. */
const OVER: ReadonlySet<string> = new Set(["finished", "cancelled", "undone"]);

/**
 * Knows what is due in a folder. All files are looked at from time to time, and read when they have changed; those that
 * {@linkcode FolderIndex.noteChange} names are looked at sooner.
 */
export class FolderIndex {
  readonly #folder: string;
  readonly #tools: FolderTools;
  readonly #entries = new Map<string, FolderEntry>();
  readonly #changed = new Set<string>();
  /** Those of which something may be due now or later. */
  readonly #open = new Map<string, FolderEntry>();
  /** This process has them, and says when it gives them up. */
  readonly #own = new Set<string>();
  /** When to look again at each that is held. The pause grows with each look. */
  readonly #pauses = new Map<string, { readonly until: number; readonly ms: number }>();
  /** Why no worker may run each, as far as it was told. */
  readonly #told = new Map<string, string>();
  #folderStamp = "";
  #restUntil = -Infinity;
  #refreshing: Promise<void> | undefined;

  constructor(folder: string, tools: FolderTools) {
    this.#folder = folder;
    this.#tools = tools;
  }

  get entries(): Iterable<FolderEntry> {
    return this.#entries.values();
  }

  /** Those of which something may be due now or later. */
  get open(): Iterable<FolderEntry> {
    return this.#open.values();
  }

  /** Whether a journal that this process has just locked is what was read. */
  isCurrent(journal: string): boolean {
    const info = attempt(() => Deno.lstatSync(journal));
    return info !== undefined && this.#entries.get(journal)?.stamp === stampOf(journal, info);
  }

  /** In how many milliseconds something that was named is to be looked at; nothing if there is nothing. */
  get nextLookMs(): number | undefined {
    if (this.#changed.size === 0) return undefined;
    return Math.min(...this.#changed.values().map((journal) => this.#pauseOf(journal)));
  }

  /** Any file may have changed. */
  noteAll(): void {
    this.#restUntil = -Infinity;
  }

  /** A file of the folder may have changed. Returns in how many milliseconds it can be looked at; nothing if that is not needed. */
  noteChange(path: string): number | undefined {
    const journal = path.endsWith(REQUESTS_ENDING) ? path.slice(0, -REQUESTS_ENDING.length) : path;
    if (!journal.endsWith(".json") || this.#own.has(journal)) return undefined;
    this.#changed.add(journal);
    return this.#pauseOf(journal);
  }

  /** This process has it from now on. */
  noteOwn(journal: string): void {
    this.#own.add(journal);
    const entry = this.#entries.get(journal);
    if (entry !== undefined) this.#keep({ ...entry, stamp: "", summary: undefined });
  }

  noteFree(journal: string): void {
    this.#own.delete(journal);
    this.#pauses.delete(journal);
    this.#changed.add(journal);
  }

  /** What was read of it is out of date. */
  noteStale(journal: string): void {
    const entry = this.#entries.get(journal);
    if (entry !== undefined) this.#keep({ ...entry, stamp: "", summary: undefined });
    this.#changed.add(journal);
  }

  #pauseOf(journal: string): number {
    return Math.max(0, (this.#pauses.get(journal)?.until ?? 0) - performance.now());
  }

  /** No worker may run it before its file changes. */
  noteTrouble(journal: string, reason: string): void {
    const entry = this.#entries.get(journal);
    const summary = entry?.summary;
    if (summary !== undefined) {
      this.#keep(this.#troubled({ ...entry, journal, stamp: entry?.stamp ?? "", summary, isAnswered: false }, reason));
    }
  }

  /**
   * Looks at what has changed.
   *
   * @throws {JournalNotFound} {@linkcode JournalRefused} The folder is not there, or may not be read.
   */
  refresh(): Promise<void> {
    return this.#refreshing ??= this.#refresh().finally(() => this.#refreshing = undefined);
  }

  async #refresh(): Promise<void> {
    const begin = performance.now();
    if (begin >= this.#restUntil) {
      await this.#lookAtAll();
      const took = performance.now() - begin;
      this.#restUntil = begin + took + Math.max(LEAST_REST_MS, REST_PER_LOOK * took);
      return;
    }
    const mayLook = (journal: string) => this.#pauses.size <= FEW_HELD || this.#pauseOf(journal) === 0;
    for (const journal of [...this.#changed]) if (mayLook(journal)) await this.#look(journal);
  }

  async #lookAtAll(): Promise<void> {
    let names: ReadonlySet<string>;
    try {
      names = new Set(Array.from(Deno.readDirSync(this.#folder), ({ name }) => name));
      this.#checkFolder(Deno.statSync(this.#folder));
    } catch (error) {
      this.#folderStamp = "";
      this.#clear();
      throw folderError(this.#folder, error);
    }
    const found = new Map(
      names.values().filter((name) => name.endsWith(".json")).map((name) => [join(this.#folder, name), name]),
    );
    for (const journal of this.#entries.keys()) if (!found.has(journal)) this.#forget(journal);
    let looked = 0;
    for (const [journal, name] of found) {
      await this.#look(journal, names.has(`${name}${REQUESTS_ENDING}`));
      looked += 1;
      if (looked % FILES_AT_ONCE === 0) await new Promise((resolve) => setTimeout(resolve));
    }
  }

  /** Who may replace the files of a folder depends on the folder. A run has to make files in it. */
  #checkFolder({ dev, ino, mode, uid }: Deno.FileInfo): void {
    const stamp = `${dev} ${ino} ${mode} ${uid}`;
    if (stamp === this.#folderStamp) return;
    this.#clear();
    requireWritable(this.#folder);
    this.#folderStamp = stamp;
  }

  #clear(): void {
    this.#entries.clear();
    this.#open.clear();
  }

  /** @param mayHaveRequests To look for what is not there takes as long as to look at a file. */
  async #look(journal: string, mayHaveRequests = true): Promise<void> {
    this.#changed.delete(journal);
    if (this.#own.has(journal)) return;
    const info = attempt(() => Deno.lstatSync(journal));
    if (info?.isFile !== true) return this.#forget(journal);
    const stamp = stampOf(journal, info, mayHaveRequests);
    const known = this.#entries.get(journal);
    if (known?.stamp === stamp && known.summary !== undefined) return;
    const entry = await this.#read(journal, info, stamp);
    if (entry === undefined) this.#forget(journal);
    else this.#keep(entry);
  }

  #keep(entry: FolderEntry): void {
    const { journal, summary } = entry;
    this.#entries.set(journal, entry);
    if (mayBecomeDue(entry)) this.#open.set(journal, entry);
    else this.#open.delete(journal);
    if (summary !== undefined || this.#own.has(journal)) return void this.#pauses.delete(journal);
    const ms = Math.min(LONGEST_HELD_MS, 2 * (this.#pauses.get(journal)?.ms ?? FIRST_HELD_MS / 2));
    this.#pauses.set(journal, { until: performance.now() + ms, ms });
    // The end of a process that has created it brings no notice with this name.
    this.#changed.add(journal);
  }

  #forget(journal: string): void {
    this.#entries.delete(journal);
    this.#open.delete(journal);
    this.#pauses.delete(journal);
    this.#told.delete(journal);
  }

  /** Nothing for what is no journal. */
  async #read(journal: string, info: Deno.FileInfo, stamp: string): Promise<FolderEntry | undefined> {
    try {
      const kind = peek(journal);
      if (kind === "foreign") return undefined;
      if (kind === "held") return { journal, stamp, summary: undefined, isAnswered: false };
      const summary = await this.#tools.summarize(journal);
      if (summary === undefined) return undefined;
      if (summary.isHeld) return { journal, stamp, summary: undefined, isAnswered: false };
      const isOver = OVER.has(summary.status);
      const trouble = summary.trouble ?? (isOver ? undefined : describeLinks(journal, info) ?? distrust(journal, info));
      if (trouble !== undefined) return this.#troubled({ journal, stamp, summary, isAnswered: false }, trouble);
      this.#told.delete(journal);
      return { journal, stamp, summary, isAnswered: isAnswered(journal, summary) };
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      const problem = openError(journal, error, "read");
      if (!(problem instanceof JournalError)) throw problem;
      this.#tell(journal, safeText(problem.message));
      return { journal, stamp, summary: { ...UNREAD, trouble: problem.message }, isAnswered: false };
    }
  }

  #troubled(entry: FolderEntry & { readonly summary: FolderSummary }, trouble: string): FolderEntry {
    this.#tell(entry.journal, trouble);
    return { ...entry, summary: { ...entry.summary, status: "unusable", trouble } };
  }

  #tell(journal: string, reason: string): void {
    if (this.#told.get(journal) === reason) return;
    this.#told.set(journal, reason);
    this.#tools.report?.(journal, reason);
  }
}

const UNREAD: FolderSummary = {
  id: "",
  isHeld: false,
  status: "unusable",
  dueAt: 0,
  home: "",
  queue: "",
  priority: 0,
  awaits: [],
};

function mayBecomeDue({ summary, isAnswered }: FolderEntry): boolean {
  if (summary === undefined) return false;
  return summary.status === "ready" || summary.status === "sleeping" || isAnswered || summary.retry !== undefined;
}

function stampOf(
  journal: string,
  { ino, size, mtime, mode, uid, nlink }: Deno.FileInfo,
  mayHaveRequests = true,
): string {
  const folder = mayHaveRequests ? attempt(() => Deno.lstatSync(`${journal}${REQUESTS_ENDING}`)) : undefined;
  return [ino, size, mtime?.getTime(), mode, uid, nlink, folder?.mtime?.getTime()].join(" ");
}

/** Long journals that another process is writing are not worth to be read. */
function peek(journal: string): "foreign" | "held" | "free" {
  using file = Deno.openSync(journal, { read: true });
  const bytes = new Uint8Array(BEGINNING_BYTES);
  if (!startsLikeJournal(bytes.subarray(0, file.readSync(bytes) ?? 0))) return "foreign";
  return isLocked(file) ? "held" : "free";
}

function distrust(journal: string, info: Deno.FileInfo): string | undefined {
  return describeDistrust(journal, info, { isDry: true })?.reason;
}

/** Its owner has died before it answered the request. */
function isAnswered(journal: string, { awaits, id }: FolderSummary): boolean {
  if (awaits.length === 0) return false;
  return pendingRequests(journal).some((request) =>
    "id" in request && request.request === "signal" && request.transaction === id &&
    awaits.includes(request.signal.normalize())
  );
}
