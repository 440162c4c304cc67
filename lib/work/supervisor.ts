import type { Clock } from "../run/session/clock.ts";
import { attempt } from "../values/shape.ts";
import type { Report } from "./work_report.ts";

/** A process that runs what is due. */
export interface Child {
  readonly pid: number;
  readonly ended: Promise<{ readonly code: number; readonly signal: string | null }>;
  readonly kill: (signal: "SIGTERM" | "SIGKILL") => void;
}

export interface SupervisorOptions {
  readonly processes: number;
  readonly start: () => Child;
  /** How long a child may take to end after it was asked to, in milliseconds. */
  readonly graceMs: number;
  /** What a process that has ended had is freed. */
  readonly afterDeath: (pid: number) => Promise<void>;
  readonly clock: Clock;
  readonly report: Report;
}

/** A child that has found nothing more to do ends with its exit code plus this. Any other end is a death. */
export const DRAINED = 100;

/** A child that lived for a shorter time has not worked: the next one starts after a pause, which grows with each. */
const SHORT_MS = 10_000;
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [500, 30_000];
/** Between two replacements of all children. */
const REPLACE_MS = 1000;

/** Keeps a number of children running. A step that ends its process, never yields or needs all memory costs one of them. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  /** Those that are to work; others are about to end. */
  readonly #working = new Map<number, Child>();
  readonly #lives = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  readonly #codes: number[] = [];
  #replacing: Promise<void> | undefined;
  #quick = 0;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** Resolves when no child is left: after {@linkcode Supervisor.stop}, or when all have drained. Returns the exit codes of these. */
  async run(): Promise<readonly number[]> {
    for (let slot = 0; slot < this.#options.processes; slot += 1) this.#start(slot);
    while (this.#lives.size > 0) await Promise.race(this.#lives);
    return this.#codes;
  }

  get pids(): readonly number[] {
    return Array.from(this.#working.values(), ({ pid }) => pid);
  }

  /** Asks all children to end, and ends them after the grace time; a second call ends them at once. */
  stop(): void {
    if (this.#stop.signal.aborted) {
      for (const child of this.#working.values()) child.kill("SIGKILL");
      return;
    }
    this.#stop.abort();
    for (const child of this.#working.values()) this.#retire(child);
  }

  /** Puts a new process into the place of each child, one after the other. */
  replace(): Promise<void> {
    return this.#replacing ??= this.#replaceAll().finally(() => this.#replacing = undefined);
  }

  async #replaceAll(): Promise<void> {
    for (const [slot, child] of [...this.#working]) {
      if (this.#stop.signal.aborted) return;
      this.#start(slot);
      this.#retire(child);
      await child.ended;
    }
    await this.#options.clock.delay(REPLACE_MS, this.#stop.signal);
  }

  #start(slot: number): void {
    const child = this.#options.start();
    this.#working.set(slot, child);
    const life = this.#watch(slot, child).finally(() => this.#lives.delete(life));
    this.#lives.add(life);
  }

  #retire(child: Child): void {
    const { clock, graceMs } = this.#options;
    const ended = new AbortController();
    child.ended.finally(() => ended.abort());
    child.kill("SIGTERM");
    clock.delay(graceMs, ended.signal).then(() => {
      if (!ended.signal.aborted) child.kill("SIGKILL");
    });
  }

  async #watch(slot: number, child: Child): Promise<void> {
    const { clock, report, afterDeath } = this.#options;
    const begin = clock.elapsed();
    const { code, signal } = await child.ended;
    const isWorking = this.#working.get(slot) === child;
    try {
      await afterDeath(child.pid);
    } catch (error) {
      report({ kind: "notice", reason: error instanceof Error ? error.message : String(error) });
    }
    // Another one has its place.
    if (!isWorking || this.#working.get(slot) !== child) return;
    const isDrained = signal === null && code >= DRAINED;
    if (isDrained) this.#codes.push(code - DRAINED);
    if (isDrained || this.#stop.signal.aborted) return void this.#working.delete(slot);
    this.#quick = clock.elapsed() - begin < SHORT_MS ? this.#quick + 1 : 0;
    const pause = this.#quick === 0 ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.#quick - 1));
    const how = signal === null ? `exit code ${code}` : signal;
    const when = pause === 0 ? "now" : `in ${pause / 1000} s`;
    report({ kind: "notice", reason: `process ${child.pid} ended with ${how}. Another one starts ${when}` });
    await clock.delay(pause, this.#stop.signal);
    if (this.#stop.signal.aborted) this.#working.delete(slot);
    else if (this.#working.get(slot) === child) this.#start(slot);
  }
}

/** Starts a program as a child that signals of this process' terminal do not reach. */
export function spawnChild(command: string, args: readonly string[]): Child {
  const process = new Deno.Command(command, {
    args: [...args],
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
    detached: Deno.build.os !== "windows",
  }).spawn();
  return {
    pid: process.pid,
    ended: process.status,
    // It may have ended meanwhile.
    kill: (signal) => void attempt(() => process.kill(signal)),
  };
}
