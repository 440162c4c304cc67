import { LEASE_TIMES } from "../../../lib/storage/sql/sql_worker.ts";
import { SeededRandom } from "../../support/seeded_random.ts";
import { checkHistory } from "../../support/sql/check_history.ts";
import { foldCommits } from "../../support/sql/commit_log.ts";
import type { SentRequest, Violation } from "../../support/sql/history.ts";
import type { SimulatedDatabase } from "./simulated_database.ts";
import { Operator, QueueWorker, type RoleParts, Runner } from "./simulated_roles.ts";
import type { Observed } from "./simulated_run.ts";
import { CALM, type Random, type Trouble } from "./simulated_calls.ts";
import { SimulatedWorld } from "./simulated_world.ts";

/** Names of transactions, and queues in which some of them are. */
const NAMES = ["a", "b", "c", "d"];
const QUEUES = ["default", "limited"];
/** So long the processes are disturbed. */
const CHAOS_ACTIONS = 300;
/** When nothing is disturbed any more, what the dead own must be free after this time: a lease, what comes late, and beats. */
const MOST_OWNED_MS = 5 * LEASE_TIMES.leaseMs;
const MOST_ACTIONS = 8000;
const ENDED: ReadonlySet<string> = new Set(["finished", "cancelled"]);
/** Looking whether all has ended takes longer than an action. */
const LOOK_EVERY = 16;

/** How a history went. */
export interface HistoryResult {
  readonly violations: readonly Violation[];
  readonly actions: number;
  readonly commits: number;
  readonly calls: number;
  readonly requests: number;
  readonly deaths: number;
}

/** Runs one history, which follows from its seed alone, and checks it. */
export async function simulateHistory(
  database: SimulatedDatabase,
  seed: number,
  tell?: (what: string) => void,
): Promise<HistoryResult> {
  const source = new SeededRandom(seed);
  const history = new History(database, () => source.below(1_000_000) / 1_000_000, tell);
  return await history.run();
}

class History {
  readonly #random: Random;
  readonly #database: SimulatedDatabase;
  readonly #world: SimulatedWorld;
  readonly #observed: Observed & { readonly requests: Map<string, SentRequest> } = {
    acknowledged: [],
    calls: [],
    requests: new Map(),
  };
  #lastId: number;
  #isDone = false;
  readonly #violations: Violation[] = [];
  readonly #jumps: { readonly ofDatabase: boolean; readonly ofProcesses: boolean };
  #actions = 0;

  constructor(database: SimulatedDatabase, random: Random, tell?: (what: string) => void) {
    this.#random = random;
    this.#database = database;
    this.#world = new SimulatedWorld(database, random, tell);
    this.#lastId = Math.floor(random() * 200);
    this.#jumps = { ofDatabase: random() < 0.2, ofProcesses: random() < 0.3 };
  }

  async run(): Promise<HistoryResult> {
    const world = this.#world;
    world.setQueue("limited", 1 + Math.floor(this.#random() * 2), false);
    world.trouble = this.#drawTrouble();
    for (let count = 0; count < 3; count += 1) this.#start();
    await this.#disturb();
    await this.#settle();
    return this.#check();
  }

  /** Some histories know one kind of trouble, others several, and some none. */
  #drawTrouble(): Trouble {
    const draw = () => [0, 0, 0.02, 0.1, 0.3][Math.floor(this.#random() * 5)] ?? 0;
    return { lost: draw(), unanswered: draw(), late: draw(), slow: draw() };
  }

  #start(): void {
    const process = this.#world.start();
    const parts: RoleParts = {
      world: this.#world,
      process,
      random: this.#random,
      observed: this.#observed,
      chooseName: () => this.#chooseName(),
      newId: this.#newId,
      isOver: () => this.#isDone,
    };
    const runner = new Runner(parts);
    const roles = [runner.work(), runner.work(), new Operator(parts, runner.store).work(QUEUES)];
    if (this.#random() < 0.7) roles.push(new QueueWorker(parts, runner.store, QUEUES).work());
    for (const role of roles) role.catch((error) => this.#fail("nothing unexpected is thrown", describe(error)));
  }

  readonly #newId = () => `00000000-0000-7000-8000-${(this.#lastId += 1).toString(16).padStart(12, "0")}`;

  #fail(rule: string, detail: string): void {
    this.#violations.push({ rule, detail });
  }

  async #disturb(): Promise<void> {
    const [random, world] = [this.#random, this.#world];
    for (let action = 0; action < CHAOS_ACTIONS && this.#violations.length === 0; action += 1) {
      const chance = random();
      if (chance < 0.01) {
        world.kill();
        this.#start();
      } else if (chance < 0.03) world.stopOrContinue();
      else if (chance < 0.05) world.now += Math.floor(random() * 40_000);
      else if (chance < 0.07 && this.#jumps.ofDatabase) world.setClock(true);
      else if (chance < 0.09 && this.#jumps.ofProcesses) world.setClock(false);
      else if (chance < 0.2) world.repeat();
      else if (chance < 0.3) world.intrude(NAMES, this.#newId);
      else if (chance < 0.31) world.setQueue("limited", 1 + Math.floor(random() * 2), random() < 0.3);
      this.#actions += 1;
      await world.proceed();
    }
  }

  /** Nothing is disturbed any more: all that was begun must end. */
  async #settle(): Promise<void> {
    const world = this.#world;
    world.trouble = CALM;
    world.isCalm = true;
    world.continueAll();
    world.setQueue("limited", 1, false);
    const end = world.now + MOST_OWNED_MS;
    let isLate = false;
    for (
      let actions = 0;
      (actions % LOOK_EVERY !== 0 || !this.#isOver()) && this.#violations.length === 0;
      actions += 1
    ) {
      if (actions > MOST_ACTIONS) return this.#fail("everything ends", this.#describeLeft());
      if (!isLate && world.now > end) {
        isLate = true;
        this.#checkDead();
      }
      this.#actions += 1;
      await world.proceed();
    }
  }

  /** Take-over is bounded. */
  #checkDead(): void {
    for (const name of NAMES) {
      const row = this.#world.tables.find(name);
      if (typeof row !== "object" || row.owner === undefined) continue;
      if (this.#world.owners.get(row.owner)?.isDead !== false) {
        this.#fail("what the dead own is freed", `${name} is owned by ${row.owner}`);
      }
    }
  }

  #chooseName(): string | undefined {
    const left = this.#world.isCalm ? NAMES.filter((name) => !this.#hasEnded(name)) : NAMES;
    return left[Math.floor(this.#random() * left.length)];
  }

  /** All have ended, and nobody runs one. */
  #isOver(): boolean {
    return this.#isDone ||= NAMES.every((name) => this.#hasEnded(name));
  }

  #hasEnded(name: string): boolean {
    const row = this.#world.tables.find(name);
    if (typeof row !== "object" || row.owner !== undefined || !ENDED.has(row.status)) return false;
    return this.#world.tables.readRequests(row.id).requests.length === 0;
  }

  #describeLeft(): string {
    const rows = NAMES.map((name) => this.#world.tables.find(name));
    return JSON.stringify(rows.filter((row) => typeof row === "object" && !ENDED.has(row.status)));
  }

  #check(): HistoryResult {
    const { commits } = this.#database;
    const { acknowledged, calls, requests } = this.#observed;
    const { deaths, isClockSteady } = this.#world;
    const violations = this.#violations.length > 0 ? this.#violations : checkHistory({
      tables: foldCommits(commits),
      commits,
      acknowledged,
      calls,
      requests: [...requests.values()],
      times: LEASE_TIMES,
      isClockSteady,
      deaths,
      isAtRest: true,
    });
    return {
      violations,
      actions: this.#actions,
      commits: commits.length,
      calls: calls.length,
      requests: requests.size,
      deaths: deaths.size,
    };
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
