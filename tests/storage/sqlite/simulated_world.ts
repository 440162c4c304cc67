import { DatabaseSync } from "node:sqlite";
import { DatabaseError, type SqlDatabase } from "../../../lib/storage/sql/database.ts";
import type { SqlClock } from "../../../lib/storage/sql/patience.ts";
import { LEASE_TIMES } from "../../../lib/storage/sql/sql_worker.ts";
import { SqlStore } from "../../../lib/storage/sql/sql_store.ts";
import { migrate } from "../../../lib/storage/sqlite/open_database.ts";
import { Tables } from "../../../lib/storage/sqlite/tables.ts";
import { WorkerLocks } from "../../../lib/storage/sqlite/worker_lock.ts";

/** Numbers from 0 to 1 that a seed repeats. */
type Random = () => number;

/** A process of the simulation. What it has asked for is answered only while it lives and is not stopped. */
export interface SimulatedProcess {
  readonly store: SqlStore;
  readonly clock: SqlClock;
  isDead: boolean;
  isStopped: boolean;
}

/** Something that is under way: a call that was sent or executed, or a pause. */
interface Pending {
  readonly process: SimulatedProcess;
  /** Not before this time. */
  readonly due: number;
  /** It is on its way to the database: it arrives even if its process is stopped or dead. */
  readonly isSent?: boolean;
  /** Does the next part. Returns what remains of it. */
  readonly proceed: () => Pending | undefined;
}

/** A flock tells that a process is dead; in half of the histories there are none. */
class SimulatedLocks extends WorkerLocks {
  readonly #isGone: (worker: string) => boolean;

  constructor(isGone: (worker: string) => boolean) {
    super("");
    this.#isGone = isGone;
  }

  override lock(): void {}
  override unlock(): void {}
  override forget(): void {}
  override isGone(worker: string): boolean {
    return this.#isGone(worker);
  }
}

/**
 * Machines that share a database, with the store's own code and SQLite's own statements, but in memory, on a virtual clock,
 * and with every delay, lost answer, stop and crash decided by a seed.
 */
export class SimulatedWorld implements Disposable {
  readonly database = new DatabaseSync(":memory:");
  /** One that nothing disturbs, to look at the tables. */
  readonly tables: Tables;
  now = 1_000_000;
  /** Appends that an owner of earlier times has made. */
  readonly faults: string[] = [];
  /** How often an answer or a call is lost. */
  lossRate = 0.05;
  readonly #random: Random;
  readonly #processes: SimulatedProcess[] = [];
  readonly #owners = new Map<string, SimulatedProcess>();
  #pending: Pending[] = [];

  constructor(random: Random) {
    this.#random = random;
    migrate(this.database, ":memory:");
    const hasLocks = random() < 0.5;
    const locks = new SimulatedLocks((worker) => hasLocks && this.#owners.get(worker)?.isDead === true);
    this.tables = new Tables(this.database, locks, () => this.now);
  }

  [Symbol.dispose](): void {
    this.database.close();
  }

  /** Begins a process. */
  start(): SimulatedProcess {
    const clock: SqlClock = {
      wall: () => this.now,
      elapsed: () => this.now,
      delay: (ms) => new Promise((resolve) => this.#add(process, ms, () => void resolve())),
      every: (ms, call) => this.#repeat(process, ms, call),
    };
    const database = this.#connect(() => process);
    const process: SimulatedProcess = {
      store: new SqlStore(database, { clock, maxInFlight: 2 }),
      clock,
      isDead: false,
      isStopped: false,
    };
    this.#processes.push(process);
    return process;
  }

  get living(): readonly SimulatedProcess[] {
    return this.#processes.filter(({ isDead }) => !isDead);
  }

  /** Lets one thing happen that can happen; if nothing can, time passes until something can. */
  async proceed(): Promise<void> {
    const ready = this.#ready();
    if (ready.length === 0) {
      const next = this.#pending.filter(canProceed).map(({ due }) => due);
      this.now = Math.max(this.now + 1, Math.min(...next, this.now + LEASE_TIMES.beatMs));
    } else {
      const chosen = ready[Math.floor(this.#random() * ready.length)];
      this.#pending = this.#pending.filter((pending) => pending !== chosen);
      const rest = chosen?.proceed();
      if (rest !== undefined) this.#pending.push(rest);
    }
    // What follows from it in the processes takes a few turns, of which none waits for anything.
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  #ready(): readonly Pending[] {
    return this.#pending.filter((pending) => pending.due <= this.now && canProceed(pending));
  }

  #add(process: SimulatedProcess, ms: number, call: () => void): void {
    const proceed = () => {
      call();
      return undefined;
    };
    this.#pending.push({ process, due: this.now + ms, proceed });
  }

  #repeat(process: SimulatedProcess, ms: number, call: () => void): () => void {
    let isOver = false;
    const again = () => {
      if (isOver) return;
      this.#add(process, ms, again);
      call();
    };
    this.#add(process, ms, again);
    return () => void (isOver = true);
  }

  #connect(owner: () => SimulatedProcess): SqlDatabase {
    const target: Partial<SqlDatabase> = {
      locator: "sqlite:/simulated.db",
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
    return new Proxy(target as SqlDatabase, {
      get: (known, name) => {
        if (name in known) return Reflect.get(known, name);
        const call: unknown = Reflect.get(this.tables, name);
        if (typeof call !== "function") return undefined;
        return (...args: readonly unknown[]) =>
          this.#send(owner(), () => call.apply(this.tables, args), String(name), args);
      },
    });
  }

  /** A call is executed some time after it was sent, and answered some time after that. */
  #send(process: SimulatedProcess, call: () => unknown, name: string, args: readonly unknown[]): Promise<unknown> {
    if (name === "addWorker") this.#owners.set(Reflect.get(Object(args[0]), "id"), process);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const away = () => reject(new DatabaseError("away", "the simulation says so"));
    const execute = () => {
      if (this.#random() < this.lossRate) return void away();
      const answer = this.#execute(call);
      if (name === "append" && "value" in answer) this.#checkAppend(String(args[0]), args[1], answer.value);
      const isLost = this.#random() < this.lossRate;
      const proceed = () => {
        if (isLost) away();
        else if ("error" in answer) reject(answer.error);
        else resolve(answer.value);
        return undefined;
      };
      return { process, due: this.now, proceed };
    };
    const delay = this.#random() < this.lossRate ? this.#random() * 2 * LEASE_TIMES.leaseMs : 0;
    this.#pending.push({ process, due: this.now + delay, proceed: execute, isSent: true });
    return promise;
  }

  #checkAppend(worker: string, rows: unknown, inserted: unknown): void {
    if (!Array.isArray(rows) || !Array.isArray(inserted)) return;
    const places = this.tables.look(worker, rows);
    for (const [index, { isOwner }] of places.entries()) {
      if (inserted[index] === true && !isOwner) this.faults.push(`${worker} has appended to what it does not own`);
    }
  }

  #execute(call: () => unknown): { readonly value: unknown } | { readonly error: unknown } {
    this.database.exec("begin");
    try {
      const value = call();
      this.database.exec("commit");
      return { value };
    } catch (error) {
      this.database.exec("rollback");
      return { error };
    }
  }
}

function canProceed({ process, isSent = false }: Pending): boolean {
  return isSent || !(process.isDead || process.isStopped);
}
