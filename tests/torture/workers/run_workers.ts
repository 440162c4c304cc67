import { fromFileUrl } from "@std/path/from-file-url";
import { Transaction } from "@x/resumable-tx";
import { CLI, CONFIG } from "../../support/run_deno.ts";
import { SeededRandom } from "../../support/seeded_random.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { checkJob, readEffects } from "./check_jobs.ts";
import { enqueueJob, KINDS, SIGNAL } from "./worker_plans.ts";
import { LIMITED, type Place, WorkerPlace } from "./worker_place.ts";

const PLANS = fromFileUrl(import.meta.resolve("./worker_plans.ts"));

/** What is tried. */
export interface WorkersOptions {
  readonly place: Place;
  readonly seed: number;
  /** How many transactions there are. */
  readonly jobs: number;
  /** Processes are killed for so long, or until all is done. */
  readonly seconds: number;
}

/** What was tried, and what broke, in words. */
export interface WorkersResult {
  readonly counts: ReadonlyMap<string, number>;
  readonly violations: readonly string[];
}

const WORKERS = 2;
const KILL_EVERY_MS = 900;
/** One in so many kills meets the process that watches the others. */
const SUPERVISOR_SHARE = 4;
const LOOK_MS = 150;
/** So long the rest may take when nothing is killed any more. */
const DRAIN_MS = 240_000;

/** Lets workers run transactions while they are killed, and compares what they did with what is stored. */
export async function runWorkers(options: WorkersOptions): Promise<WorkersResult> {
  await using folder = await makeTempFolder();
  await using place = await WorkerPlace.open(options.place, folder.path);
  return await new WorkerTrial(place, options, `${folder.path}/effects`).run();
}

interface Job {
  readonly name: string;
  readonly journal: string;
  readonly isWaiting: boolean;
}

class WorkerTrial {
  readonly #place: WorkerPlace;
  readonly #options: WorkersOptions;
  readonly #log: string;
  readonly #chance: SeededRandom;
  readonly #counts = new Map<string, number>();
  readonly #violations: string[] = [];
  readonly #workers = new Set<Deno.ChildProcess>();
  /** Transactions that have not finished. */
  readonly #open = new Set<string>();

  constructor(place: WorkerPlace, options: WorkersOptions, log: string) {
    this.#place = place;
    this.#options = options;
    this.#log = log;
    this.#chance = new SeededRandom(options.seed);
    Deno.writeTextFileSync(log, "");
  }

  async run(): Promise<WorkersResult> {
    await this.#place.work.queues?.set(LIMITED.queue, { maxRunning: LIMITED.maxRunning });
    try {
      for (let worker = 0; worker < WORKERS; worker += 1) this.#startWorker();
      const jobs = await this.#enqueueAll();
      const ended = jobs.map((job) => this.#waitFor(job));
      await Promise.all([this.#killSome(), this.#sendSignals(jobs), this.#watchLimit()]);
      await this.#drain();
      await Promise.all(ended);
      await this.#check();
    } finally {
      await this.#stopWorkers();
    }
    return { counts: this.#counts, violations: this.#violations };
  }

  #count(what: string, times = 1): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + times);
  }

  #startWorker(): void {
    const work = ["work", this.#place.scope, `--modules=${PLANS}`, "--processes=2", "--concurrency=20"];
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--quiet", "--config", CONFIG, CLI, ...work],
      stdin: "null",
      stdout: "null",
      stderr: "null",
      env: { NO_COLOR: "1" },
    }).spawn();
    this.#workers.add(child);
    void child.status.then(() => this.#workers.delete(child));
  }

  async #enqueueAll(): Promise<readonly Job[]> {
    const jobs: Job[] = [];
    for (let index = 0; index < this.#options.jobs; index += 1) {
      const kind = KINDS[this.#chance.below(KINDS.length)] ?? "sleeps";
      const name = `job-${index}`;
      const journal = this.#place.journal(name);
      const isLimited = this.#place.work.queues !== undefined && this.#chance.below(4) === 0;
      const queue = isLimited ? LIMITED.queue : undefined;
      await enqueueJob(journal, { kind, log: this.#log, name, queue });
      jobs.push({ name, journal, isWaiting: kind === "waits" });
      this.#open.add(name);
      this.#count(`transactions: ${kind}`);
    }
    return jobs;
  }

  async #waitFor(job: Job): Promise<void> {
    await Transaction.wait(job.journal).catch((error) => this.#violations.push(`${job.name}: ${error}`));
    this.#open.delete(job.name);
  }

  get #isOver(): boolean {
    return this.#open.size === 0;
  }

  async #killSome(): Promise<void> {
    const end = performance.now() + this.#options.seconds * 1000;
    while (performance.now() < end && !this.#isOver) {
      await wait(KILL_EVERY_MS / 2 + this.#chance.below(KILL_EVERY_MS));
      const workers = [...this.#workers];
      const worker = workers[this.#chance.below(workers.length)];
      if (worker !== undefined && this.#chance.below(SUPERVISOR_SHARE) > 0) {
        const children = childrenOf(worker.pid);
        const child = children[this.#chance.below(children.length)];
        if (child !== undefined && kill(child)) this.#count("SIGKILLs of children");
      } else if (worker !== undefined && kill(worker.pid)) {
        this.#count("SIGKILLs of supervisors");
        this.#startWorker();
      }
    }
    while (this.#workers.size < WORKERS) this.#startWorker();
  }

  /** Sends each signal once, at some time, whatever the transaction does then. */
  async #sendSignals(jobs: readonly Job[]): Promise<void> {
    for (const { journal, name } of jobs.filter(({ isWaiting }) => isWaiting)) {
      await wait(this.#chance.below(2 * LOOK_MS));
      for (let attempt = 1;; attempt += 1) {
        try {
          await Transaction.signal(journal, SIGNAL, attempt, { by: "the trial" });
          break;
        } catch (error) {
          // It has just been claimed, or its owner has died.
          if (attempt === 100) return void this.#violations.push(`${name} took no signal: ${error}`);
          await wait(LOOK_MS);
        }
      }
      this.#count("signals");
    }
  }

  async #watchLimit(): Promise<void> {
    const { queues } = this.#place.work;
    while (queues !== undefined && !this.#isOver) {
      const queue = (await queues.list()).find(({ name }) => name === LIMITED.queue);
      this.#count("looks at the limit");
      const running = queue?.running ?? 0;
      if (running > LIMITED.maxRunning) this.#violations.push(`${running} of ${LIMITED.maxRunning} ran at a time`);
      await wait(LOOK_MS);
    }
  }

  /** What was interrupted too often asks, as it must: the trial answers that it may be repeated. */
  async #drain(): Promise<void> {
    const end = performance.now() + DRAIN_MS;
    while (!this.#isOver) {
      if (performance.now() > end) throw new Error(`${[...this.#open].slice(0, 20)} never ended`);
      await wait(LOOK_MS * 4);
      for (const name of [...this.#open].slice(0, 50)) await this.#answer(this.#place.journal(name));
    }
  }

  async #check(): Promise<void> {
    const effects = readEffects(this.#log);
    const { work } = this.#place;
    for (let index = 0; index < this.#options.jobs; index += 1) {
      const name = `job-${index}`;
      this.#violations.push(...await checkJob(work, { name, journal: this.#place.journal(name) }, effects));
    }
    this.#count("steps with an effect", effects.size);
    this.#count("effects", [...effects.values()].reduce((sum, attempts) => sum + attempts.length, 0));
  }

  async #answer(journal: string): Promise<void> {
    try {
      const { status, waits } = await Transaction.inspect(journal);
      const asked = waits.find((one) => one.for === "decision");
      if (status !== "waiting" || asked === undefined) return;
      await Transaction.resume(journal, { decisions: [{ step: asked.step, decision: "retry", by: "the trial" }] });
      this.#count("answers");
    } catch {
      // A worker was quicker, or the run waits for something else by now.
    }
  }

  async #stopWorkers(): Promise<void> {
    const workers = [...this.#workers];
    const children = workers.flatMap(({ pid }) => childrenOf(pid));
    for (const { pid } of workers) kill(pid);
    for (const pid of children) kill(pid);
    await Promise.all(workers.map(({ status }) => status));
  }
}

/** The processes that a supervisor has started, as the system names them. */
function childrenOf(supervisor: number): readonly number[] {
  const pids: number[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const words = Deno.readTextFileSync(`/proc/${name}/cmdline`).split("\0");
      if (words.includes(`--child=${supervisor}`)) pids.push(Number(name));
    } catch {
      // It has ended meanwhile.
    }
  }
  return pids;
}

function kill(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGKILL");
    return true;
  } catch {
    return false;
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
