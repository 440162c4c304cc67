import type { Claimed, ClaimRequest, DueWork, Outlook } from "../../work_store.ts";
import type { SqlDatabase } from "../database.ts";
import type { ClaimedRow, DueFilter } from "./due_database.ts";
import type { SqlParts } from "../open_sql_journal.ts";
import { isProcessGone } from "../process_identity.ts";
import type { SqlClock } from "../patience.ts";
import type { Held } from "../sql_worker.ts";
import type { Owned } from "../table_rows.ts";

/** What the store does for this. */
interface DueParts {
  readonly database: SqlDatabase;
  readonly clock: SqlClock;
  /** This process as a worker, which is added to the database if it is not there. */
  readonly join: () => Promise<SqlParts>;
  /** The same without adding it. */
  readonly current: () => SqlParts;
  /** Repeats a call for a while if the database is away. Its errors are those of a store. */
  readonly reading: <T>(call: () => Promise<T>) => Promise<T>;
  readonly journalOf: (name: string) => string;
  readonly nameOf: (journal: string) => string | undefined;
  readonly findId: (journal: string) => Promise<string>;
}

/** A transaction that this process has claimed and not opened. */
interface Hold {
  readonly owned: Owned;
  /** Somebody may have sent a request that is not answered. Since it was claimed, nobody could. */
  readonly mayHaveRequests: boolean;
  readonly parts: SqlParts;
}

/** What is due later than this, a worker finds when it looks from time to time. */
const MAX_SOON_MS = 60_000;
/** As a worker holds what nobody has opened: its heartbeats do not take it for a stray. */
const UNOPENED: Held = { checkLease: () => {}, inbox: { opening: Promise.resolve() } };

/** Which transactions of a database are due, and which of them this process has claimed. */
export class SqlDue implements DueWork {
  readonly #parts: DueParts;
  /** By journal. */
  readonly #holds = new Map<string, Hold>();
  readonly #listeners = new Set<() => void>();
  #stopHearing: (() => void) | undefined;
  /** When something becomes due by the time alone, by the clock that nobody sets. */
  #alarm: { readonly at: number; readonly stop: () => void } | undefined;

  constructor(parts: DueParts) {
    this.#parts = parts;
  }

  async claim(request: ClaimRequest): Promise<readonly Claimed[]> {
    const { database, join, reading } = this.#parts;
    const { limit } = request;
    if (limit < 1) return [];
    const filter = this.#toFilter(request);
    const parts = await join();
    for (;;) {
      const look = await reading(() => database.findDue(filter));
      this.#ring(look.soonMs);
      const woken = look.wakes ? await reading(() => database.wake()) : [];
      const queues = new Set([...look.queues, ...woken].filter((queue) => filter.queues?.includes(queue) ?? true));
      if (queues.size === 0) return [];
      const claim = { ...filter, limit, queues: [...queues].sort() };
      const rows = await parts.worker.taking(async () => {
        const found = await reading(() => database.claim(parts.worker.id, claim));
        return found.map((row) => row.status === "running" ? this.#hold(parts, row) : undefined);
      });
      const claimed = rows.filter((row) => row !== undefined);
      // If all were aborted instead, others may come after them.
      if (claimed.length > 0 || rows.length === 0) return claimed;
    }
  }

  #toFilter({ queues, homes, exclude }: Omit<ClaimRequest, "limit">): DueFilter {
    const names = exclude && Array.from(exclude, (journal) => this.#parts.nameOf(journal) ?? "");
    return { queues, homes, exclude: names };
  }

  #hold(parts: SqlParts, { id, name, epoch, requests }: ClaimedRow): Claimed {
    const journal = this.#parts.journalOf(name ?? id);
    const owned = { tx: id, worker: parts.worker.id, epoch };
    this.#holds.set(journal, { parts, owned, mayHaveRequests: requests > 0 });
    parts.worker.held.set(id, UNOPENED);
    return { journal };
  }

  /** What this process has claimed and not opened: it is opened now. Nothing if it has lost it, or never had it. */
  takeHold(journal: string): Hold | undefined {
    const hold = this.#holds.get(journal);
    this.#holds.delete(journal);
    return hold?.parts.worker.isDead === false ? hold : undefined;
  }

  /** Whether nothing was ever sent to what this process has claimed and not opened. */
  isQuiet(journal: string): boolean {
    return this.#holds.get(journal)?.mayHaveRequests === false;
  }

  async giveBack(journal: string): Promise<void> {
    const hold = this.takeHold(journal);
    if (hold === undefined) return;
    const { owned, parts: { worker } } = hold;
    try {
      await this.#parts.reading(() => this.#parts.database.giveBack(owned));
    } finally {
      // If that failed, it is a stray, which the next heartbeat releases.
      worker.held.delete(owned.tx);
    }
  }

  async noteBlocked(journal: string, reason: string): Promise<void> {
    const id = await this.#parts.findId(journal);
    await this.#parts.reading(() => this.#parts.database.block(id, reason.replaceAll("\0", "").toWellFormed()));
  }

  async outlook(request: Omit<ClaimRequest, "limit">): Promise<Outlook> {
    const { database, reading } = this.#parts;
    const { aborted, ...counts } = await reading(() => database.countDue(this.#toFilter(request)));
    return { ...counts, failed: aborted };
  }

  listen(arrived: () => void): () => void {
    // The same function may listen twice.
    const listener = () => arrived();
    this.#listeners.add(listener);
    this.#stopHearing ??= this.#parts.database.onDue?.(() => this.#tell());
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#stopHearing?.();
      this.#stopHearing = undefined;
      this.#alarm?.stop();
      this.#alarm = undefined;
    };
  }

  #tell(): void {
    for (const arrived of this.#listeners) arrived();
  }

  /** Something is due now that this process has recorded. */
  announce(): void {
    this.#tell();
    this.#parts.database.announceDue?.();
  }

  /** Something that this process has recorded is due later. */
  expect(dueAt: number): void {
    this.#ring(dueAt - this.#parts.clock.wall());
  }

  /** Tells the listeners when something becomes due. */
  #ring(ms: number | undefined): void {
    const { clock } = this.#parts;
    if (ms === undefined || ms > MAX_SOON_MS || this.#listeners.size === 0) return;
    const waitMs = Math.max(1, Math.ceil(ms));
    const at = clock.elapsed() + waitMs;
    if (this.#alarm !== undefined && this.#alarm.at <= at) return;
    this.#alarm?.stop();
    const stop = clock.every(waitMs, () => {
      stop();
      this.#alarm = undefined;
      this.#tell();
    });
    this.#alarm = { at, stop };
  }

  async endDead(pid?: number): Promise<void> {
    const { database, reading, current } = this.#parts;
    const found = await reading(() => database.findProcesses(pid));
    if (found.length === 0) return;
    const { worker } = current();
    for (const { id, pid, process } of found) {
      if (isProcessGone(pid, process)) await reading(() => worker.bury(id));
    }
    // The database may know by itself that the process is gone.
    await reading(() => worker.sweep());
    this.announce();
  }

  /** Gives up what was claimed and is not going to be opened. */
  async close(): Promise<void> {
    this.#listeners.clear();
    this.#stopHearing?.();
    this.#alarm?.stop();
    await Promise.all([...this.#holds.keys()].map((journal) => this.giveBack(journal).catch(() => {})));
  }
}
