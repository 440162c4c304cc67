import type { Fenced } from "../../errors/storage_errors.ts";
import { VERSION } from "../../version.ts";
import type { Creation, OverdueWorker, Owned, Pulse } from "./table_rows.ts";
import type { SqlDatabase } from "./database.ts";
import { type SqlClock, withPatience } from "./patience.ts";
import { identifyProcess } from "./process_identity.ts";
import { newId } from "../locator.ts";

export interface LeaseTimes {
  /** How long the database keeps a process for alive that says nothing. */
  readonly leaseMs: number;
  readonly beatMs: number;
  /** This long before the end of its lease a process stops by itself. */
  readonly marginMs: number;
}

export const LEASE_TIMES: LeaseTimes = { leaseMs: 30_000, beatMs: 10_000, marginMs: 4000 };

/** A look at the leases of others that takes no longer than this share of a heartbeat counts as one moment. */
const QUICK_SHARE = 0.1;

/** At most this many orphans are freed by one statement. */
const MAX_FREED = 1000;

/** The pause between two looks for requests to what this process runs. */
const REQUESTS_MS = 500;

/** What a worker holds, as the worker uses it. */
export interface Held {
  /** Notices that the lease is over. */
  readonly checkLease: () => void;
  readonly inbox: { readonly opening: Promise<unknown> };
}

/**
 * This process as the database knows it. The lease belongs to the process and not to its transactions: a heartbeat costs one
 * row, however many transactions run.
 */
export class SqlWorker {
  /** A new one for each start: the dead never revive. */
  readonly id = newId();
  /** By the id of the transaction. */
  readonly held = new Map<string, Held>();
  /** Called when there may be a request to a transaction. */
  readonly listeners = new Map<string, () => void>();
  readonly #database: SqlDatabase;
  readonly #clock: SqlClock;
  readonly #times: LeaseTimes;
  /** Overdue workers, and when each was first seen with that lease. */
  readonly #seen = new Map<string, { readonly lease: string; readonly at: number }>();
  #pulse: Pulse | undefined;
  #confirmed: Pulse["sent"] = { wall: -Infinity, elapsed: -Infinity };
  #isDead = false;
  /** How many takes have begun, and how many of them have no answer. */
  #takes = 0;
  #takesInFlight = 0;
  #stopBeating: (() => void) | undefined;
  #stopLooking: (() => void) | undefined;
  #work: Promise<unknown> = Promise.resolve();
  #added: Promise<void> | undefined;
  /** The answer to a statement that adds it was lost. */
  #isAddedLate = false;
  #batches = 0;
  #creating: Promise<unknown> = Promise.resolve();

  constructor(database: SqlDatabase, { clock, times }: { readonly clock: SqlClock; readonly times: LeaseTimes }) {
    this.#database = database;
    this.#clock = clock;
    this.#times = times;
  }

  /** The process adds itself before it owns anything; one that only reads never does. */
  start(): Promise<void> {
    return this.#added ??= this.#start().catch((error) => {
      this.#added = undefined;
      this.#isAddedLate = true;
      throw error;
    });
  }

  async #start(): Promise<void> {
    const { leaseMs, beatMs } = this.#times;
    const sent = this.#read();
    const host = attemptHost();
    await this.#database.addWorker({
      id: this.id,
      leaseMs,
      host,
      pid: Deno.pid,
      process: identifyProcess(),
      library: VERSION,
    });
    this.#pulse = this.#database.pulse?.(this.id, leaseMs, beatMs) ?? { sent, isDead: false };
    this.#stopBeating = this.#clock.every(beatMs, () => void this.beat().catch(() => {}));
  }

  get leaseMs(): number {
    return this.#times.leaseMs;
  }

  /** Whether this process must not start anything: looks at both clocks, since each can stand still or be set. */
  get isOver(): boolean {
    return this.isDead || this.#ageMs() >= this.#times.leaseMs - this.#times.marginMs;
  }

  /** Nothing revives it: the process needs another id. */
  get isDead(): boolean {
    return this.#isDead || this.#pulse?.isDead === true;
  }

  /** Asks the table whether it is alive, sooner than the next heartbeat does. */
  async confirm(): Promise<void> {
    if (this.#pulse === undefined || this.isDead) return;
    const sent = this.#read();
    if (await this.#database.beat(this.id, this.#times.leaseMs)) this.#confirmed = sent;
    else this.#isDead = true;
  }

  #ageMs(): number {
    if (this.#pulse === undefined) return Infinity;
    const { wall, elapsed } = this.#read();
    const ages = [this.#pulse.sent, this.#confirmed].map((sent) => Math.max(wall - sent.wall, elapsed - sent.elapsed));
    return Math.max(0, Math.min(...ages));
  }

  #read(): Pulse["sent"] {
    return { wall: this.#clock.wall(), elapsed: this.#clock.elapsed() };
  }

  /** One heartbeat, and what goes with it. One at a time. */
  beat(): Promise<void> {
    const next = this.#work.then(() => this.#beat());
    this.#work = next.catch(() => {});
    return next;
  }

  async #beat(): Promise<void> {
    try {
      const sent = this.#read();
      if (this.#database.pulse === undefined && !this.isDead) {
        const isAlive = await this.#database.beat(this.id, this.#times.leaseMs);
        this.#pulse = isAlive ? { sent, isDead: false } : { sent, isDead: true };
      }
    } finally {
      for (const held of this.held.values()) held.checkLease();
    }
    await this.#sweep();
    await this.#releaseStrays();
  }

  /**
   * Gives up what this worker owns without knowing it: the answer to a take was lost. What was taken while the table was
   * read may be missing in either list. Each is given up by its epoch: a statement that arrives late frees nothing else.
   */
  async #releaseStrays(): Promise<void> {
    const takes = this.#takes;
    if (this.#takesInFlight > 0 || this.isDead) return;
    const owned = await this.#database.findOwned(this.id);
    if (this.#takes !== takes) return;
    const strays = owned.filter(({ tx }) => !this.held.has(tx));
    for (const stray of strays) await this.#database.leave(stray, { status: undefined });
  }

  /** Buries workers whose lease is over, and frees what dead ones own. Waits for a heartbeat that is under way. */
  sweep(): Promise<void> {
    const next = this.#work.then(() => this.#sweep());
    this.#work = next.catch(() => {});
    return next;
  }

  async #sweep(): Promise<void> {
    const asked = this.#clock.elapsed();
    const overdue = await this.#database.findOverdue(this.id, this.#times.leaseMs);
    // What was read is younger than the question, and may be as young as the answer.
    const seen = Math.max(asked, this.#clock.elapsed() - this.#times.beatMs * QUICK_SHARE);
    const gone = overdue.filter((worker) => worker.isGone || this.#hasWaited(worker, { asked, seen }));
    for (const id of this.#seen.keys()) if (!overdue.some((worker) => worker.id === id)) this.#seen.delete(id);
    if (gone.length > 0) await this.#database.bury(gone);
    while (await this.#database.freeOrphans(MAX_FREED) === MAX_FREED);
  }

  /** Frees at once what a worker owns whose process is known to be dead. */
  bury(id: string): Promise<void> {
    const next = this.#work.then(async () => {
      await this.#database.bury([{ id, lease: "0", isGone: true }]);
      await this.#sweep();
    });
    this.#work = next.catch(() => {});
    return next;
  }

  /** The clock of the database may have jumped: a lease must have been over, unchanged, for a heartbeat of this clock. */
  #hasWaited({ id, lease }: OverdueWorker, look: { readonly asked: number; readonly seen: number }): boolean {
    const seen = this.#seen.get(id);
    if (seen?.lease !== lease) this.#seen.set(id, { lease, at: look.seen });
    return seen?.lease === lease && look.asked - seen.at >= this.#times.beatMs;
  }

  /** Takes a transaction. Until it is held it is no stray, although the table says already whose it is. */
  async taking<T>(take: () => Promise<T>): Promise<T> {
    this.#takes += 1;
    this.#takesInFlight += 1;
    try {
      return await take();
    } finally {
      this.#takesInFlight -= 1;
    }
  }

  /** Repeats a write while the database is away, as long as this process owns what it writes to. */
  persist<T>(write: () => Promise<T>): Promise<T> {
    return withPatience(write, () => !this.isOver, this.#clock);
  }

  /** Adds transactions, and tries again while the database is away. One batch at a time: each one ends those before. */
  creating<T>(write: (creation: Creation) => Promise<T>): Promise<T> {
    const next = this.#creating.then(() => {
      this.#batches += 1;
      const creation = { worker: this.id, batch: this.#batches };
      return this.persist(() => write(creation));
    });
    this.#creating = next.catch(() => {});
    return next;
  }

  /** Who has a transaction now that this process has lost. Never fails. */
  async findOwner({ tx, worker, epoch }: Owned): Promise<Fenced["owner"]> {
    try {
      const row = await this.#database.find(tx);
      if (row === undefined || row === "ambiguous" || row.worker === undefined) return undefined;
      if (row.owner === worker && row.epoch === epoch) return undefined;
      const { pid, host } = row.worker;
      return { pid, host, since: new Date(row.takenAt).toISOString() };
    } catch {
      // The database is away: the run ends without knowing.
      return undefined;
    }
  }

  listen(tx: string, arrived: () => void): void {
    this.listeners.set(tx, arrived);
    if (this.#stopLooking !== undefined) return;
    this.#database.onRequest?.((requested) => this.listeners.get(requested)?.());
    this.#stopLooking = this.#clock.every(REQUESTS_MS, () => this.lookForRequests());
  }

  /** One look for all that this process runs. If it fails, the next one may not. */
  lookForRequests(): void {
    if (this.listeners.size === 0) {
      this.#stopLooking?.();
      this.#stopLooking = undefined;
      return;
    }
    this.#database.findRequested(this.id).then((found) => {
      for (const tx of found) this.listeners.get(tx)?.();
    }, () => {});
  }

  async stop(): Promise<void> {
    this.#stopBeating?.();
    this.#stopLooking?.();
    await this.#work;
    if (this.#added === undefined) return;
    // If this fails, the lease ends by itself.
    await this.#added.then(() => this.#database.removeWorker(this.id, this.#isAddedLate)).catch(() => {});
  }
}

function attemptHost(): string | undefined {
  const mayAsk = Deno.permissions.querySync({ name: "sys", kind: "hostname" }).state === "granted";
  return mayAsk ? Deno.hostname() : undefined;
}
