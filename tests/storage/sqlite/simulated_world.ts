import { DatabaseError, type SqlDatabase } from "../../../lib/storage/sql/database.ts";
import type { SqlClock } from "../../../lib/storage/sql/patience.ts";
import type { NewWorker } from "../../../lib/storage/sql/table_rows.ts";
import { LEASE_TIMES } from "../../../lib/storage/sql/sql_worker.ts";
import type { Tables } from "../../../lib/storage/sqlite/tables.ts";
import {
  CALM,
  IS_SURE,
  MAY_REPEAT,
  MEMBERS,
  type Random,
  senderOf,
  tellJson,
  type Trouble,
} from "./simulated_calls.ts";
import type { Answer, SimulatedDatabase } from "./simulated_database.ts";
import { drawStrangeCall } from "./simulated_stranger.ts";

/** A process. What it has asked for is answered only while it lives and is not stopped. */
export interface SimulatedProcess {
  readonly name: string;
  readonly clock: SqlClock;
  readonly database: SqlDatabase;
  readonly isDead: boolean;
  readonly isStopped: boolean;
}

/** A process as the world knows it. */
interface Known extends SimulatedProcess {
  isDead: boolean;
  isStopped: boolean;
  /** Since when its machine sleeps: until it wakes, no clock of it goes on. */
  asleepSince: number | undefined;
  asleepMs: number;
  /** How far its wall clock is set wrong. */
  skewMs: number;
}

/** Something that is about to happen: a call that was sent or executed, or a pause. */
interface Pending {
  readonly process: Known;
  /** Not before this time. */
  readonly due: number;
  /** It is on its way to the database: it arrives even if its process is stopped or dead. */
  readonly isSent?: boolean;
  /** Does the next part. Returns what remains of it. */
  readonly proceed: () => Pending | undefined;
}

/**
 * Machines that share a database, with the store's own code and SQLite's own statements, but in memory, on virtual clocks,
 * and with every delay, lost answer, stop, crash and jump of a clock decided by a seed.
 */
export class SimulatedWorld {
  /** Milliseconds by a clock that nobody sets. */
  now = 1_000_000;
  /** How far the clock of the database is set wrong. */
  skewMs = 0;
  isClockSteady = true;
  /** Nothing is disturbed any more. */
  isCalm = false;
  trouble: Trouble = CALM;
  /** The worker ids of each process. */
  readonly owners = new Map<string, SimulatedProcess>();
  readonly deaths = new Map<string, number>();
  /** What has happened, if that is wanted. */
  readonly #tell: ((what: string) => void) | undefined;
  readonly #database: SimulatedDatabase;
  readonly #random: Random;
  readonly #processes: Known[] = [];
  /** What was sent, so that it can come again, or after all. */
  readonly #written: (() => void)[] = [];
  #pending: Pending[] = [];

  /** @param database Used by this world alone until its history has ended. */
  constructor(database: SimulatedDatabase, random: Random, tell?: (what: string) => void) {
    this.#database = database;
    this.#random = random;
    this.#tell = tell;
    const hasLocks = random() < 0.5;
    database.begin({
      now: () => this.now + this.skewMs,
      isGone: (worker) => hasLocks && this.owners.get(worker)?.isDead === true,
    });
  }

  get tables(): Tables {
    return this.#database.tables;
  }

  tell(what: string): void {
    this.#tell?.(`${(this.now / 1000).toFixed(3)} ${what}`);
  }

  start(): SimulatedProcess {
    const elapsed = () => this.now - process.asleepMs;
    const clock: SqlClock = {
      wall: () => this.now + process.skewMs,
      elapsed,
      delay: (ms) => new Promise((resolve) => this.#add(process, ms, resolve)),
      every: (ms, call) => this.#repeat(process, ms, call),
      soon: (call) => this.#add(process, 0, call),
    };
    const process: Known = {
      name: `p${this.#processes.length}`,
      clock,
      database: this.#connect(() => process),
      isDead: false,
      isStopped: false,
      asleepSince: undefined,
      asleepMs: 0,
      skewMs: 0,
    };
    this.#processes.push(process);
    this.tell(`${process.name} starts`);
    return process;
  }

  #pick(): Known | undefined {
    const living = this.#processes.filter(({ isDead }) => !isDead);
    return living[Math.floor(this.#random() * living.length)];
  }

  kill(): void {
    const process = this.#pick();
    if (process === undefined) return;
    process.isDead = true;
    for (const [worker, owner] of this.owners) if (owner === process) this.deaths.set(worker, this.now);
    this.#pending = this.#pending.filter((pending) => pending.process !== process || pending.isSent === true);
    this.tell(`${process.name} dies`);
  }

  /** Stops a process, as SIGSTOP or the sleep of its machine does; or lets it go on. */
  stopOrContinue(): void {
    const process = this.#pick();
    if (process === undefined) return;
    if (process.isStopped) return this.#continue(process);
    process.isStopped = true;
    // No clock shows that a machine has slept if its wall clock was set back meanwhile.
    const isAsleep = this.#random() < 0.3 && process.skewMs === 0;
    process.asleepSince = isAsleep ? this.now : undefined;
    this.tell(`${process.name} ${isAsleep ? "sleeps" : "stops"}`);
  }

  #continue(process: Known): void {
    process.isStopped = false;
    process.asleepMs += this.now - (process.asleepSince ?? this.now);
    process.asleepSince = undefined;
    this.tell(`${process.name} continues`);
  }

  continueAll(): void {
    for (const process of this.#processes) if (process.isStopped) this.#continue(process);
  }

  /** Sets the clock of the database, or that of a process. */
  setClock(isOfDatabase: boolean): void {
    const jumpMs = Math.floor((this.#random() - 0.5) * 2 * (this.#random() < 0.5 ? 60_000 : 7_200_000));
    if (isOfDatabase) {
      this.skewMs += jumpMs;
      this.isClockSteady = false;
      return this.tell(`the clock of the database jumps by ${jumpMs}`);
    }
    const process = this.#pick();
    if (process === undefined || process.asleepMs > 0 || process.asleepSince !== undefined) return;
    process.skewMs += jumpMs;
    this.tell(`the clock of ${process.name} jumps by ${jumpMs}`);
  }

  setQueue(name: string, maxRunning: number, isPaused: boolean): void {
    this.#database.setQueue(name, maxRunning, isPaused, this.#head("setQueue", []));
    this.tell(`queue ${name} runs ${maxRunning}${isPaused ? ", paused" : ""}`);
  }

  /** Lets one thing happen that can happen; if nothing can, time passes until something can. */
  async proceed(): Promise<void> {
    const ready: number[] = [];
    let next = this.now + LEASE_TIMES.beatMs;
    for (const [index, { process, isSent, due }] of this.#pending.entries()) {
      if (isSent !== true && (process.isDead || process.isStopped)) continue;
      if (due <= this.now) ready.push(index);
      else if (due < next) next = due;
    }
    const chosen = ready[Math.floor(this.#random() * ready.length)];
    if (chosen === undefined) {
      this.now = next;
      return;
    }
    const [pending] = this.#pending.splice(chosen, 1);
    const rest = pending?.proceed();
    if (rest !== undefined) this.#pending.push(rest);
    // What follows from it in the processes are promises alone, which are all settled in the next turn.
    await new Promise((resolve) => setImmediate(resolve));
  }

  #add(process: Known, ms: number, call: () => void): void {
    const proceed = () => {
      call();
      return undefined;
    };
    this.#pending.push({ process, due: this.now + ms, proceed });
  }

  #repeat(process: Known, ms: number, call: () => void): () => void {
    let isOver = false;
    const again = () => {
      if (isOver) return;
      this.#add(process, ms, again);
      call();
    };
    this.#add(process, ms, again);
    return () => void (isOver = true);
  }

  #connect(sender: () => Known): SqlDatabase {
    const database: Partial<SqlDatabase> = {
      locator: "sqlite:/simulated.db",
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
    for (const member of MEMBERS) {
      const call = (...args: readonly unknown[]) => this.#send(sender(), member, args);
      Object.defineProperty(database, member, { value: call });
    }
    // All members that must be there are calls of the tables.
    return database as SqlDatabase;
  }

  /** A call is executed some time after it was sent, and answered some time after that. */
  #send(process: Known, member: string, args: readonly unknown[]): Promise<unknown> {
    if (process.isDead) return new Promise(() => {});
    if (member === "addWorker") this.owners.set((args[0] as NewWorker).id, process);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const away = () => reject(new DatabaseError("away", "the simulation says so"));
    const { lost, unanswered, late, slow } = this.trouble;
    const chance = this.#random();
    const kind = chance < lost ? "lost" : chance < lost + unanswered ? "unanswered" : "answered";
    const delayed = (share: number) => this.#random() < share ? this.#random() * 2 * LEASE_TIMES.leaseMs : 0;
    const settle = (answer: Answer | undefined) => {
      if (answer === undefined) away();
      else if ("error" in answer) reject(answer.error);
      else resolve(answer.value);
      return undefined;
    };
    const answerIn = (ms: number, answer: Answer | undefined): Pending => (
      { process, due: this.now + ms, proceed: () => settle(answer) }
    );
    const isLate = this.#random() < late;
    const mayRepeat = MAY_REPEAT.test(member) && (isLate || kind !== "answered" || !IS_SURE.test(member));
    if (mayRepeat) this.#written.push(() => void this.#execute(process, member, args));
    const arrive = () => {
      const answer = kind === "lost" ? undefined : this.#execute(process, member, args);
      // Nothing can come between any more, which makes half of the actions.
      if (this.isCalm && !process.isDead) return settle(answer);
      return answerIn(delayed(slow), kind === "answered" ? answer : undefined);
    };
    if (isLate) {
      this.#pending.push(answerIn(0, undefined));
      const proceed = () => {
        this.#execute(process, member, args);
        return undefined;
      };
      this.#pending.push({ process, due: this.now + this.#random() * 2 * LEASE_TIMES.leaseMs, proceed, isSent: true });
    } else this.#pending.push({ process, due: this.now + delayed(slow), proceed: arrive, isSent: true });
    return promise;
  }

  /** Executes a write that was sent some time ago: again, if it has arrived. */
  repeat(): void {
    const last = Math.floor(this.#random() ** 2 * this.#written.length);
    this.#written[this.#written.length - 1 - last]?.();
  }

  /** Executes what a process sends that does not know what it has lost. */
  intrude(names: readonly string[], newId: () => string): void {
    const isOver = (worker: string) => this.#database.isOver(worker);
    const parts = { tables: this.tables, random: this.#random, workers: [...this.owners.keys()] };
    const call = drawStrangeCall({ ...parts, names, isOver, newId });
    if (call === undefined) return;
    const [member, args] = call;
    const answer = this.#database.run(this.#head(member, args), args);
    this.tell(`a stranger ${member} ${tellJson(args)} -> ${tellJson(answer)}`);
  }

  #execute(process: Known, member: string, args: readonly unknown[]): Answer {
    const answer = this.#database.run(this.#head(member, args), args);
    if (this.#tell !== undefined) {
      const told = tellJson("error" in answer ? `${answer.error}` : answer.value);
      this.tell(`${process.name} ${member} ${tellJson(args)} -> ${told}`);
    }
    return answer;
  }

  #head(member: string, args: readonly unknown[]) {
    return { at: this.now + this.skewMs, elapsed: this.now, member, ...senderOf(member, args) };
  }
}
