import type { SeededRandom } from "../../support/seeded_random.ts";
import type { ChaosCounts } from "./chaos_counts.ts";
import type { Job, JobContent } from "./chaos_log.ts";
import { ChaosProcess, type Stop, wait } from "./chaos_process.ts";
import type { JobEnd } from "./chaos_program.ts";
import type { ChaosWorld } from "./chaos_world.ts";

const TICK_MS = 40;
const LOOK_EVERY_MS = 250;
/** One that waits is tried again after a while. */
const AGAIN_AFTER_MS = 600;
/** So many processes are enough for what is left at the end. */
const LEAST_ENDING = 2;
/** In leases: what a silent process has sent arrives within this time after its transactions were freed, more often than not. */
const LEAST_IDLE = 1;
const MOST_IDLE = 3;

/** How a job may end. Anything else is a fault. */
const ENDS: ReadonlySet<string> = new Set([
  ...["finished", "held", "applied", "recorded", "refused", "missed", "idle"],
  // It waits for a signal, or another process has it, or has taken it over.
  ...["TransactionPaused", "JournalLocked", "Fenced", "JournalExists", "JournalNotFound", "TransactionClosed"],
  // Somebody else has answered already.
  "DecisionRefused",
  // The database cannot be reached, or is full: for the store, or for a step that has used up its attempts.
  ...["JournalUnwritable", "StorageFull", "TransactionAborted"],
]);
const LEASE_IS_OVER = /the lease of this process is over/;

interface CrewOptions {
  readonly world: ChaosWorld;
  readonly processes: number;
  /** So many transactions run side by side in each process. */
  readonly lanes: number;
  readonly folder: string;
  readonly chance: SeededRandom;
  readonly counts: ChaosCounts;
  readonly seed: number;
}

interface Wanted {
  readonly content: JobContent;
  readonly tx: string;
  /** Not by this one. */
  readonly without?: ChaosProcess;
}

/** The processes, and what they are told to do. */
export class ChaosCrew {
  /** What must not happen to a process or a job. */
  readonly faults: string[] = [];
  readonly stops: Stop[] = [];
  /** No transaction is started any more, and no process has a wrong clock. */
  isEnding = false;
  readonly #options: CrewOptions;
  readonly #processes: (ChaosProcess | undefined)[];
  readonly #wanted: Wanted[] = [];
  /** Who looks after a transaction: answers of two people could contradict each other. */
  readonly #repairing = new Map<string, ChaosProcess>();
  readonly #stopping = new Set<Promise<void>>();
  readonly #notBefore = new Map<string, number>();
  /** Given to a process, which has not given it back since. */
  readonly #given = new Set<string>();
  #idle: readonly string[] = [];
  #open: number | undefined;
  #lookAt = 0;
  #started = 0;
  #names = 0;
  #jobs = 0;
  #signals = 0;

  constructor(options: CrewOptions) {
    this.#options = options;
    this.#processes = Array.from({ length: options.processes }, () => undefined);
  }

  /** Gives out jobs until the condition is met. */
  async direct(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      this.#refill();
      await this.#look();
      for (const process of this.#processes) if (process?.isRunning === true) this.#assign(process);
      await wait(TICK_MS);
    }
  }

  /** Every transaction has ended, as far as the last look has shown. */
  get isDone(): boolean {
    return this.#open === 0 && this.#wanted.length === 0;
  }

  /** How many transactions have not ended; nothing if nobody knows. */
  get open(): number | undefined {
    return this.#open;
  }

  get #living(): number {
    return this.#processes.filter((process) => process?.isEnding === false).length;
  }

  #refill(): void {
    const { world, folder, chance } = this.#options;
    for (const [slot, process] of this.#processes.entries()) {
      if (process !== undefined || (this.isEnding && this.#living >= LEAST_ENDING)) continue;
      this.#names += 1;
      const isWrong = world.hasClocks && !this.isEnding && chance.below(3) === 0;
      const spec = {
        name: `p${this.#names}`,
        database: world.databaseOf(slot),
        folder,
        leaseMs: world.leaseMs,
        clockOffsetMs: isWrong ? chance.below(8000) - 4000 : 0,
      };
      const started = new ChaosProcess(spec, (job, end) => this.#note(started, job, end));
      this.#processes[slot] = started;
      this.#options.counts.add("processes");
      started.ended.then((fault) => {
        if (fault !== undefined) this.faults.push(fault);
        if (this.#processes[slot] === started) this.#processes[slot] = undefined;
        for (const [tx, by] of this.#repairing) if (by === started) this.#repairing.delete(tx);
      });
    }
  }

  async #look(): Promise<void> {
    const now = performance.now();
    if (now < this.#lookAt) return;
    this.#lookAt = now + LOOK_EVERY_MS;
    this.#idle = await this.#options.world.findIdle(60);
    for (const tx of this.#idle) {
      if (this.#given.delete(tx) && !this.isEnding) this.#leaveAlone(tx);
    }
    this.#open = this.isEnding ? await this.#options.world.countOpen() : undefined;
  }

  #assign(process: ChaosProcess): void {
    const { chance, lanes } = this.#options;
    while (process.jobs.size < lanes) {
      const wanted = this.#wanted.find(({ without }) => without !== process);
      if (wanted !== undefined) {
        this.#wanted.splice(this.#wanted.indexOf(wanted), 1);
        this.#give(process, wanted.tx, wanted.content);
        continue;
      }
      const tx = this.#idle.find((name) => !this.#repairing.has(name) && this.#isDue(name));
      if (tx !== undefined) {
        this.#repairing.set(tx, process);
        this.#give(process, tx, { kind: "repair" });
        // Two at once: one of them is refused.
        if (chance.below(6) === 0) this.#wanted.push({ tx, content: { kind: "resume" }, without: process });
        continue;
      }
      if (this.isEnding) return;
      this.#start(process);
    }
  }

  #start(process: ChaosProcess): void {
    const { chance, seed } = this.#options;
    this.#started += 1;
    const tx = `t${this.#started}`;
    this.#give(process, tx, { kind: "start", seed: seed * 1_000_003 + this.#started });
    if (chance.below(3) === 0) this.#wantSignal(tx, process);
  }

  #isDue(tx: string): boolean {
    return (this.#notBefore.get(tx) ?? 0) <= performance.now();
  }

  /** Of those that a process has lost, some are left alone for a while: what it has sent before may still arrive. */
  #leaveAlone(tx: string): void {
    const { chance, world: { leaseMs } } = this.#options;
    if (chance.below(2) === 0) return;
    const ms = LEAST_IDLE * leaseMs + chance.below((MOST_IDLE - LEAST_IDLE) * leaseMs);
    this.#notBefore.set(tx, performance.now() + ms);
  }

  #wantSignal(tx: string, without?: ChaosProcess): void {
    this.#signals += 1;
    const content = { kind: "signal", value: `signal ${this.#signals}` } as const;
    this.#wanted.push({ tx, content, ...(without === undefined ? {} : { without }) });
  }

  #give(process: ChaosProcess, tx: string, content: JobContent): void {
    this.#jobs += 1;
    if (content.kind !== "signal") {
      this.#notBefore.set(tx, performance.now() + AGAIN_AFTER_MS);
      this.#given.add(tx);
    }
    process.give({ id: this.#jobs, tx, ...content });
  }

  #note(process: ChaosProcess, job: Job, { end, message = "" }: JobEnd): void {
    this.#options.counts.add(`jobs: ${job.kind}: ${end}`);
    if (job.kind === "repair" && this.#repairing.get(job.tx) === process) this.#repairing.delete(job.tx);
    if (end === "TransactionPaused") this.#given.delete(job.tx);
    if (end === "TransactionPaused" && /waits for the signal/.test(message)) this.#wantSignal(job.tx);
    const isKnown = ENDS.has(end) || (end === "JournalRefused" && LEASE_IS_OVER.test(message));
    if (!isKnown) this.faults.push(`${job.kind} of ${job.tx} by ${process.name}: ${end} ${message.slice(0, 1500)}`);
  }

  /** Kills a process without a warning, as soon as enough others run. */
  async kill(isOver: () => boolean): Promise<void> {
    const { counts, chance } = this.#options;
    const mayBeStopped = chance.below(5) === 0;
    const process = await this.#draw((one) => one.isReady && (one.isRunning || mayBeStopped), isOver);
    if (process === undefined) return;
    counts.add("SIGKILLs");
    if (process.isStopped) counts.add("SIGKILLs of a stopped process");
    counts.add("transactions under way at a SIGKILL", process.jobs.size);
    await process.kill();
  }

  /** Stops a process for longer than its lease. Resolves when it is stopped. */
  async stop(isOver: () => boolean): Promise<void> {
    const { world, chance } = this.#options;
    const process = await this.#draw((one) => one.isRunning, isOver);
    if (process === undefined) return;
    const stopping = this.#hold(process, world.leaseMs * 1.1 + chance.below(1200)).finally(() => {
      this.#stopping.delete(stopping);
    });
    this.#stopping.add(stopping);
  }

  async #hold(process: ChaosProcess, ms: number): Promise<void> {
    const stop = await process.stop(ms);
    if (stop === undefined) return;
    this.stops.push(stop);
    this.#options.counts.add("SIGSTOPs beyond the lease");
  }

  /** What is stopped goes on. */
  async settle(): Promise<void> {
    await Promise.all(this.#stopping);
  }

  /** Waits for a suitable process, and for another one that runs. */
  async #draw(
    isSuitable: (process: ChaosProcess) => boolean,
    isOver: () => boolean,
  ): Promise<ChaosProcess | undefined> {
    while (!isOver()) {
      const all = this.#processes.flatMap((process) => process === undefined || process.isEnding ? [] : [process]);
      const suitable = all.filter(isSuitable);
      const others = all.filter((process) => process.isRunning).length;
      if (suitable.length > 0 && others > 1) return suitable[this.#options.chance.below(suitable.length)];
      await wait(TICK_MS);
    }
    return undefined;
  }

  /** What the processes do, for a person. */
  describe(): string {
    return this.#processes.map((process) => {
      if (process === undefined) return "none";
      const { name, isReady, isStopped, isEnding, jobs } = process;
      return `${name} ${
        JSON.stringify({ isReady, isStopped, isEnding, jobs: [...jobs.values()].map(({ kind }) => kind) })
      }`;
    }).join(", ");
  }

  /** From now on all clocks are right, and nothing new is started. */
  async calm(): Promise<void> {
    this.isEnding = true;
    this.#notBefore.clear();
    await Promise.all(this.#processes.map((process) => process?.hasWrongClock === true ? process.kill() : undefined));
  }

  async killAll(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process?.kill()));
  }

  /** All end by themselves, and say why not, if not. */
  async finish(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process?.finish()));
  }
}
