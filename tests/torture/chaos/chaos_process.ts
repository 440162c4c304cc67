import { fromFileUrl } from "@std/path/from-file-url";
import { denoCommand } from "../../support/run_deno.ts";
import { type Job, logPath, type ProcessSpec, realTime } from "./chaos_log.ts";
import type { JobEnd } from "./chaos_program.ts";

const PROGRAM = fromFileUrl(import.meta.resolve("./chaos_program.ts"));
const CLOCK = fromFileUrl(import.meta.resolve("./chaos_clock.ts"));
/** As the system says it of a process that a signal has stopped. */
const STOPPED = "T";

/** What a stop leaves to be judged: the length of the process's log when it went on. */
export interface Stop {
  readonly process: string;
  readonly logLength: number;
}

/** A process that runs transactions, until it is killed or told to end. */
export class ChaosProcess {
  readonly name: string;
  /** Jobs that it was told to do, and of which it has said nothing yet. */
  readonly jobs = new Map<number, Job>();
  /** It has a store, and does jobs. */
  isReady = false;
  isStopped = false;
  /** It was told to end, or killed. */
  isEnding = false;
  readonly #spec: ProcessSpec;
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #ended: Promise<string | undefined>;

  /** @param ended Called with the end of each job. */
  constructor(spec: ProcessSpec, ended: (job: Job, end: JobEnd) => void) {
    this.#spec = spec;
    this.name = spec.name;
    const { clockOffsetMs: offset } = spec;
    this.#child = denoCommand(PROGRAM, [JSON.stringify(spec)], {
      flags: offset === 0 ? ["-A"] : ["-A", "--preload", CLOCK],
      env: {
        CHAOS_PROCESS: spec.name,
        CHAOS_DATABASE: spec.database,
        CHAOS_CLOCK_OFFSET: String(offset),
        CHAOS_STARTED_AT: String(realTime()),
      },
      stdin: "piped",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#ended = this.#follow(ended);
  }

  get hasWrongClock(): boolean {
    return this.#spec.clockOffsetMs !== 0;
  }

  get isRunning(): boolean {
    return this.isReady && !this.isStopped && !this.isEnding;
  }

  give(job: Job): void {
    this.jobs.set(job.id, job);
    // One that has just died does not do it.
    this.#input.write(new TextEncoder().encode(`${JSON.stringify(job)}\n`)).catch(() => {});
  }

  /** Returns why it ended, if it did by itself. */
  async #follow(ended: (job: Job, end: JobEnd) => void): Promise<string | undefined> {
    const stderr = new Response(this.#child.stderr).text();
    let rest = "";
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.#hear(line, ended);
    }
    const { code, signal } = await this.#child.status;
    const isExpected = signal === "SIGKILL" ? this.isEnding : code === 0 && this.isEnding;
    this.isEnding = true;
    await this.#input.close().catch(() => {});
    const said = await stderr;
    if (isExpected) return undefined;
    return `process ${this.name} ended with code ${code}: ${said.slice(-3000)}`;
  }

  #hear(line: string, ended: (job: Job, end: JobEnd) => void): void {
    if (!line.startsWith("{")) {
      this.isReady = true;
      return;
    }
    const end: JobEnd = JSON.parse(line);
    const job = this.jobs.get(end.id);
    this.jobs.delete(end.id);
    if (job !== undefined) ended(job, end);
  }

  /** Stops it for a while. Returns nothing if it was killed meanwhile. */
  async stop(ms: number): Promise<Stop | undefined> {
    this.isStopped = true;
    this.#signal("SIGSTOP");
    // A thread may be in a call that it ends first.
    while (!this.isEnding && !this.#isStill()) await wait(1);
    await wait(ms);
    if (this.isEnding) return undefined;
    const stop = { process: this.name, logLength: lengthOf(logPath(this.#spec.folder, this.name)) };
    this.#signal("SIGCONT");
    this.isStopped = false;
    return stop;
  }

  #isStill(): boolean {
    try {
      const tasks = [...Deno.readDirSync(`/proc/${this.#child.pid}/task`)];
      return tasks.every(({ name }) => {
        const text = Deno.readTextFileSync(`/proc/${this.#child.pid}/task/${name}/stat`);
        return text.slice(text.lastIndexOf(")") + 2).startsWith(STOPPED);
      });
    } catch {
      // A thread has just ended, or the process has.
      return false;
    }
  }

  /** Returns when it is gone. */
  async kill(): Promise<string | undefined> {
    this.isEnding = true;
    this.#signal("SIGKILL");
    return await this.#ended;
  }

  /** It ends by itself when its jobs have. Returns why it could not, if so. */
  async finish(): Promise<string | undefined> {
    this.isEnding = true;
    await this.#input.close().catch(() => {});
    return await this.#ended;
  }

  /** Why it has ended, when it has, although nobody wanted it to. */
  get ended(): Promise<string | undefined> {
    return this.#ended;
  }

  #signal(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch {
      // It has ended.
    }
  }
}

function lengthOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0;
  }
}

export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
